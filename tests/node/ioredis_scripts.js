/**
 * ioredis as its users write it where it leans on scripts: defineCommand, EVAL and EVALSHA.
 *
 *   node --test-reporter=spec ioredis_scripts.js PORT
 *
 * A defined command is sent as EVAL once a connection (once a pipeline), as EVALSHA after that, and
 * again as EVAL when the server does not know it. Each scenario begins with an empty server.
 */
"use strict";

const assert = require("node:assert/strict");
const { createHash } = require("node:crypto");
const { afterEach, beforeEach, test } = require("node:test");
const Redis = require("ioredis");
const { upTo } = require("./inbox.js");

const address = { host: "127.0.0.1", port: Number(process.argv[2]) };
const limit = { timeout: 10_000 };

const sha1 = (text) => createHash("sha1").update(text).digest("hex");

const echo = { numberOfKeys: 2, lua: "return {KEYS[1], KEYS[2], ARGV[1], ARGV[2]}" };
const add = { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])" };
const get = { numberOfKeys: 1, lua: "return redis.call('GET', KEYS[1])", readOnly: true };
const count = { lua: "return {#KEYS, #ARGV}" };
const fail = { numberOfKeys: 0, lua: "return redis.error_reply('MINE ' .. ARGV[1])" };

let clients = [];

function connect(options = {}) {
  const client = new Redis({ ...address, retryStrategy: () => null, ...options });
  client.on("error", () => {}); // what is asked for later rejects as well
  clients.push(client);
  return client;
}

const connectWithScripts = (options) =>
  connect({ scripts: { echo, add, value: get, count, fail }, ...options });

/** How often the server was asked for a command, and how often it refused. */
async function calls(client, command) {
  const text = await client.info("commandstats");
  const row = new RegExp(`^cmdstat_${command}:calls=(\\d+).*failed_calls=(\\d+)`, "m").exec(text);
  return row ? [Number(row[1]), Number(row[2])] : [0, 0];
}

beforeEach(async () => {
  const client = connect();
  await client.flushall();
  await client.script("FLUSH");
  await client.config("RESETSTAT");
});

afterEach(() => {
  for (const client of clients) client.disconnect();
  clients = [];
});

test("a defined command has keys and arguments", limit, async () => {
  const client = connect();
  client.defineCommand("echo", echo);
  client.defineCommand("add", add);
  assert.deepEqual(await client.echo("k1", "k2", "a1", "a2"), ["k1", "k2", "a1", "a2"]);
  assert.deepEqual(await client.echo("k1", "k2", "a1"), ["k1", "k2", "a1"]);
  assert.deepEqual(await client.echo(["k1", "k2", "a1", "a2"]), ["k1", "k2", "a1", "a2"]);
  assert.equal(await client.add("k", 40), 40);
  assert.equal(await client.add("k", "2"), 42);
  assert.equal(await client.get("k"), "42");
});

test("commands can be defined with the connection", limit, async () => {
  const client = connectWithScripts();
  assert.equal(await client.add("k", 1), 1);
  assert.equal(await client.value("k"), "1");
});

test("the number of keys can come with each call", limit, async () => {
  const client = connectWithScripts();
  assert.deepEqual(await client.count(0), [0, 0]);
  assert.deepEqual(await client.count(2, "a", "b", "c"), [2, 1]);
  assert.deepEqual(await client.count(...[3, ...upTo(1000)]), [3, 997]);
  await assert.rejects(client.count(2, "a"), /Number of keys can't be greater than number of args/);
  await assert.rejects(client.count(-1), /Number of keys can't be negative/);
  await assert.rejects(client.count("many", "a"), /value is not an integer or out of range/);
});

test("the text is sent once, its digest after that", limit, async () => {
  const client = connectWithScripts();
  for (const number of upTo(10)) assert.equal(await client.add("k", 1), number + 1);
  assert.deepEqual(await calls(client, "eval"), [1, 0]);
  assert.deepEqual(await calls(client, "evalsha"), [9, 0]);
  assert.deepEqual(await client.script("EXISTS", sha1(add.lua), sha1(get.lua)), [1, 0]);
});

test("after SCRIPT FLUSH the text is sent again", limit, async () => {
  const client = connectWithScripts();
  assert.equal(await client.add("k", 1), 1);
  for (const number of upTo(5)) {
    await client.script("FLUSH", number % 2 === 0 ? "SYNC" : "ASYNC");
    assert.equal(await client.add("k", 1), number + 2);
  }
  assert.deepEqual(await calls(client, "eval"), [6, 0]);
  assert.deepEqual(await calls(client, "evalsha"), [5, 5]);
  await client.script("FLUSH");
  assert.deepEqual(await Promise.all(upTo(100).map(() => client.add("k", 0))),
    upTo(100).map(() => 6));
});

test("a script of bytes, and replies as bytes", limit, async () => {
  const client = connectWithScripts();
  const bytes = Buffer.from(upTo(256));
  await client.set(bytes, bytes);
  assert.ok(bytes.equals(await client.valueBuffer(bytes)));
  assert.deepEqual(await client.echoBuffer(bytes, "k", bytes), [bytes, Buffer.from("k"), bytes]);
});

test("a pipeline of defined commands", limit, async () => {
  const client = connectWithScripts();
  for (const round of upTo(3)) {
    const replies = await client
      .pipeline()
      .set("k", 1)
      .add("k", 10)
      .value("k")
      .add("k", 100)
      .echo("a", "b", "c", "d")
      .fail("on purpose")
      .value("k")
      .exec();
    assert.deepEqual(replies.slice(0, 5),
      ["OK", 11, "11", 111, ["a", "b", "c", "d"]].map((reply) => [null, reply]));
    assert.equal(replies[5][0].message, "MINE on purpose");
    assert.deepEqual(replies[6], [null, "111"]);
    if (round === 1) await client.script("FLUSH");
  }
});

test("a pipeline in whose midst the scripts are flushed", limit, async () => {
  const client = connectWithScripts();
  const pipeline = client.pipeline();
  pipeline.add("k", 1).script("FLUSH").value("k").script("FLUSH").add("k", 1).value("k");
  const replies = await pipeline.exec();
  assert.deepEqual([replies[0], replies[2]], [[null, 1], [null, "1"]]);
  // What was not known by its digest is sent again as a text, after all others.
  assert.deepEqual([replies[4], replies[5]], [[null, 2], [null, "2"]]);
});

test("many defined commands in one go", limit, async () => {
  const client = connectWithScripts();
  const pipeline = client.pipeline();
  for (const number of upTo(2000)) pipeline.add(`k${number % 100}`, 1);
  const replies = await pipeline.exec();
  assert.deepEqual(replies, upTo(2000).map((number) => [null, Math.floor(number / 100) + 1]));
  const values = await Promise.all(upTo(100).map((number) => client.value(`k${number}`)));
  assert.deepEqual(values, upTo(100).map(() => "20"));
});

test("a transaction of defined commands", limit, async () => {
  const client = connectWithScripts();
  for (const _ of upTo(3)) {
    const replies = await client
      .multi()
      .set("k", 1)
      .add("k", 10)
      .add("k", 100)
      .fail("on purpose")
      .value("k")
      .set("other", "x")
      .exec();
    assert.deepEqual([...replies.slice(0, 3), ...replies.slice(4)],
      ["OK", 11, 111, "111", "OK"].map((reply) => [null, reply]));
    assert.equal(replies[3][0].message, "MINE on purpose");
  }
});

test("a transaction after SCRIPT FLUSH", limit, async () => {
  const client = connectWithScripts();
  await client.add("k", 1);
  await client.script("FLUSH");
  // That the digest is unknown is found while the transaction runs, too late for the library.
  const replies = await client.multi().set("a", 1).add("k", 1).set("b", 1).exec();
  const [before, [failure], after] = replies;
  assert.deepEqual([before, after], [[null, "OK"], [null, "OK"]]);
  assert.equal(failure.message, "NOSCRIPT No matching script. Please use EVAL.");
  assert.equal(await client.add("k", 1), 2);
  assert.deepEqual(await client.multi().add("k", 1).exec(), [[null, 3]]);
});

test("a transaction without a pipeline, command by command", limit, async () => {
  const client = connectWithScripts();
  assert.equal(await client.multi({ pipeline: false }), "OK");
  assert.equal(await client.add("k", 1), "QUEUED");
  assert.equal(await client.add("k", 2), "QUEUED");
  assert.deepEqual(await client.exec(), [[null, 1], [null, 3]]);
});

test("what a script writes ends the watch of a transaction", limit, async () => {
  const [client, other] = [connectWithScripts(), connectWithScripts()];
  await client.watch("k");
  await other.value("k");
  assert.deepEqual(await client.multi().set("k", "1").exec(), [[null, "OK"]]);
  await client.watch("k");
  await other.add("k", 1);
  assert.equal(await client.multi().set("k", "mine").exec(), null);
  assert.equal(await client.get("k"), "2");
});

test("a transaction of which one command is wrong does nothing", limit, async () => {
  const client = connectWithScripts();
  const transaction = client.multi().add("k", 1).call("EVALSHA", "x");
  await assert.rejects(transaction.exec(), /^ReplyError: EXECABORT/);
  assert.equal(await client.get("k"), null);
});

test("a command that is only to read", limit, async () => {
  const client = connectWithScripts();
  await client.set("k", "v");
  assert.equal(await client.value("k"), "v");
  assert.equal(await client.call("EVAL_RO", get.lua, 1, "k"), "v");
  assert.equal(await client.call("EVALSHA_RO", sha1(get.lua), 1, "k"), "v");
  await assert.rejects(
    client.call("EVAL_RO", add.lua, 1, "n", 1),
    /Write commands are not allowed from read-only scripts/,
  );
});

test("the keys have the prefix of the connection", limit, async () => {
  const [client, plain] = [connectWithScripts({ keyPrefix: "mine:" }), connect()];
  assert.deepEqual(await client.echo("a", "b", "c"), ["mine:a", "mine:b", "c"]);
  await client.pipeline().add("n", 5).add("n", 5).exec();
  assert.equal(await plain.get("mine:n"), "10");
});

test("scripts that are sent by themselves in one go", limit, async () => {
  const client = connectWithScripts({ enableAutoPipelining: true });
  const replies = await Promise.all(upTo(500).map((number) => client.add(`k${number % 7}`, 1)));
  assert.equal(replies.reduce((sum, reply) => sum + reply, 0),
    upTo(500).reduce((sum, number) => sum + Math.floor(number / 7) + 1, 0));
});

test("EVAL, SCRIPT LOAD and EVALSHA by hand", limit, async () => {
  const client = connect();
  assert.deepEqual(await client.eval("return {KEYS[1], ARGV[1], 3.9}", 1, "k", "a"), ["k", "a", 3]);
  assert.equal(await client.script("LOAD", get.lua), sha1(get.lua));
  assert.equal(await client.evalsha(sha1(get.lua), 1, "k"), null);
  await assert.rejects(client.evalsha("0".repeat(40), 0), /^ReplyError: NOSCRIPT No matching/);
  await assert.rejects(client.eval("return (", 0), /^ReplyError: ERR Error compiling script/);
  await assert.rejects(client.eval("return redis.call('NO')", 0), /Unknown Redis command called/);
  await assert.rejects(client.eval("return nothing + 1", 0), /nonexistent global variable 'noth/);
});

test("a connection that is made again is sent the text again", limit, async () => {
  const client = connectWithScripts({ retryStrategy: () => 5 });
  const other = connect();
  assert.equal(await client.add("k", 1), 1);
  await other.client("KILL", "ID", await client.client("ID"));
  await other.script("FLUSH");
  assert.equal(await client.add("k", 1), 2);
  assert.equal(await client.add("k", 1), 3);
});
