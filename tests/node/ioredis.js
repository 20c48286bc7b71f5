/**
 * ioredis as its users write it: pub/sub, streams with groups, pipelines.
 *
 *   node --test-reporter=spec ioredis.js PORT
 *
 * Each scenario begins with an empty server.
 */
"use strict";

const assert = require("node:assert/strict");
const { afterEach, beforeEach, test } = require("node:test");
const Redis = require("ioredis");
const { Inbox, until, upTo } = require("./inbox.js");

const address = { host: "127.0.0.1", port: Number(process.argv[2]) };
const limit = { timeout: 10_000 };

let clients = [];

function connect(options = {}) {
  const client = new Redis({ ...address, retryStrategy: () => null, ...options });
  client.on("error", () => {}); // what is asked for later rejects as well
  clients.push(client);
  return client;
}

beforeEach(() => connect().flushall());

afterEach(() => {
  for (const client of clients) client.disconnect();
  clients = [];
});

test("messages of a channel arrive in order", limit, async () => {
  const [publisher, subscriber, inbox] = [connect(), connect(), new Inbox()];
  subscriber.on("message", inbox.put);
  assert.equal(await subscriber.subscribe("news", "sport"), 2);
  for (const number of upTo(100)) assert.equal(await publisher.publish("news", number), 1);
  assert.deepEqual(await inbox.take(100), upTo(100).map((number) => ["news", `${number}`]));
  assert.equal(await subscriber.unsubscribe("news"), 1);
  assert.equal(await publisher.publish("news", "too late"), 0);
});

test("a channel and the patterns that fit it", limit, async () => {
  const [publisher, subscriber] = [connect(), connect()];
  const [plain, matched] = [new Inbox(), new Inbox()];
  subscriber.on("message", plain.put);
  subscriber.on("pmessage", matched.put);
  assert.equal(await subscriber.subscribe("news"), 1);
  assert.equal(await subscriber.psubscribe("n*", "*s"), 3);
  assert.equal(await publisher.publish("news", "a"), 3);
  assert.equal(await publisher.publish("night", "b"), 1);
  assert.deepEqual(await plain.take(), ["news", "a"]);
  const found = await matched.take(3);
  assert.deepEqual(found.sort(), [["*s", "news", "a"], ["n*", "news", "a"], ["n*", "night", "b"]]);
  assert.equal(await subscriber.punsubscribe("n*", "*s"), 1);
  assert.equal(await publisher.publish("night", "c"), 0);
});

test("shard channels are apart from the others", limit, async () => {
  const [publisher, subscriber] = [connect(), connect()];
  const [shard, plain] = [new Inbox(), new Inbox()];
  subscriber.on("smessage", shard.put);
  subscriber.on("message", plain.put);
  assert.equal(await subscriber.ssubscribe("news"), 1);
  assert.equal(await publisher.publish("news", "for all"), 0);
  assert.equal(await publisher.spublish("news", "for the shard"), 1);
  assert.deepEqual(await shard.take(), ["news", "for the shard"]);
  assert.ok(plain.isEmpty);
  assert.deepEqual(await publisher.pubsub("SHARDCHANNELS"), ["news"]);
  assert.deepEqual(await publisher.pubsub("SHARDNUMSUB", "news", "x"), ["news", 1, "x", 0]);
  assert.equal(await subscriber.sunsubscribe("news"), 0);
  assert.equal(await publisher.spublish("news", "too late"), 0);
});

test("messages of bytes come as they were sent", limit, async () => {
  const [publisher, subscriber, inbox] = [connect(), connect(), new Inbox()];
  const bytes = Buffer.from(upTo(256));
  subscriber.on("messageBuffer", inbox.put);
  await subscriber.subscribe("news");
  await publisher.publish("news", bytes);
  const [channel, message] = await inbox.take();
  assert.equal(channel.toString(), "news");
  assert.ok(bytes.equals(message));
});

test("a subscriber that leaves everything may ask for other things again", limit, async () => {
  const client = connect();
  await client.subscribe("news");
  await client.psubscribe("n*");
  await assert.rejects(client.get("k"), /subscriber mode/);
  await client.unsubscribe("news");
  await client.punsubscribe("n*");
  assert.equal(await client.get("k"), null);
});

test("a subscriber whose connection is cut subscribes again", limit, async () => {
  const [publisher, inbox] = [connect(), new Inbox()];
  const subscriber = connect({ retryStrategy: () => 5 });
  subscriber.on("message", inbox.put);
  await subscriber.subscribe("news");
  assert.equal(await publisher.client("KILL", "TYPE", "pubsub"), 1);
  await until(async () => {
    await publisher.publish("news", "again");
    return !inbox.isEmpty;
  });
  assert.deepEqual(await inbox.take(), ["news", "again"]);
});

test("a pipeline is answered in order and keeps errors in their places", limit, async () => {
  const client = connect();
  const pipeline = client.pipeline();
  for (const number of upTo(1000)) pipeline.set(`k${number}`, number).get(`k${number}`);
  pipeline.set("text", "x").incr("text").get("text");
  const replies = await pipeline.exec();
  assert.deepEqual(
    replies.slice(0, 2000),
    upTo(1000).flatMap((number) => [[null, "OK"], [null, `${number}`]]),
  );
  const [set, [failure], got] = replies.slice(2000);
  assert.deepEqual([set, got], [[null, "OK"], [null, "x"]]);
  assert.equal(failure.message, "ERR value is not an integer or out of range");
});

test("commands over many keys, sent by themselves in one go", limit, async () => {
  const client = connect({ enableAutoPipelining: true });
  await client.mset(Object.fromEntries(upTo(1000).map((number) => [`k${number}`, number])));
  const keys = upTo(1000).map((number) => `k${number}`);
  assert.deepEqual(await client.mget(keys), upTo(1000).map(String));
  assert.deepEqual(await Promise.all(keys.map((key) => client.get(key))), upTo(1000).map(String));
  await client.hset("hash", { field: "value", number: 7 });
  assert.deepEqual(await client.hgetall("hash"), { field: "value", number: "7" });
  assert.equal(await client.del(...keys, "hash"), 1001);
  assert.equal(await client.dbsize(), 0);
});

test("a stream of keys finds all of them", limit, async () => {
  const client = connect();
  await client.mset(Object.fromEntries(upTo(3000).map((number) => [`key:${number}`, number])));
  const found = new Set();
  for await (const keys of client.scanStream({ match: "key:*", count: 100 })) {
    for (const key of keys) found.add(key);
  }
  assert.equal(found.size, 3000);
});

test("a group's entries go to one consumer each", limit, async () => {
  const client = connect();
  assert.equal(await client.xgroup("CREATE", "jobs", "workers", "0", "MKSTREAM"), "OK");
  const ids = [];
  for (const number of upTo(5)) ids.push(await client.xadd("jobs", "*", "number", number));
  const entries = ids.map((id, number) => [id, ["number", `${number}`]]);
  const read = (consumer, ...options) =>
    client.xreadgroup("GROUP", "workers", consumer, ...options, "STREAMS", "jobs", ">");
  assert.deepEqual(await read("a", "COUNT", 2), [["jobs", entries.slice(0, 2)]]);
  assert.deepEqual(await read("b"), [["jobs", entries.slice(2)]]);
  assert.equal(await read("a"), null);
  assert.equal(await client.xack("jobs", "workers", ids[0], ids[2], ids[2]), 2);
  assert.deepEqual(
    await client.xpending("jobs", "workers"),
    [3, ids[1], ids[4], [["a", "1"], ["b", "2"]]],
  );
  const pending = await client.xpending("jobs", "workers", "-", "+", 10, "b");
  assert.deepEqual(pending.map(([id, consumer]) => [id, consumer]), [[ids[3], "b"], [ids[4], "b"]]);
});

test("what one consumer left is claimed by another", limit, async () => {
  const client = connect();
  await client.xgroup("CREATE", "jobs", "workers", "0", "MKSTREAM");
  const ids = [];
  for (const number of upTo(4)) ids.push(await client.xadd("jobs", "*", "number", number));
  await client.xreadgroup("GROUP", "workers", "lost", "STREAMS", "jobs", ">");
  await client.xdel("jobs", ids[1]);
  assert.deepEqual(await client.xautoclaim("jobs", "workers", "finder", 0, "-", "COUNT", 3), [
    ids[3],
    [[ids[0], ["number", "0"]], [ids[2], ["number", "2"]]],
    [ids[1]],
  ]);
  assert.deepEqual(
    await client.xclaim("jobs", "workers", "third", 0, ids[3], "JUSTID"),
    [ids[3]],
  );
});

for (const wait of [0, 60_000]) {
  test(`readers that wait (BLOCK ${wait}) are woken by what is added`, limit, async () => {
    const [writer, reader, worker] = [connect(), connect(), connect()];
    await writer.xgroup("CREATE", "jobs", "workers", "$", "MKSTREAM");
    const read = reader.xread("BLOCK", wait, "STREAMS", "jobs", "other", "$", "$");
    const worked = worker.xreadgroup(
      ...["GROUP", "workers", "a", "BLOCK", wait, "STREAMS", "jobs", ">"],
    );
    await until(async () => /^blocked_clients:2\r$/m.test(await writer.info("clients")));
    const id = await writer.xadd("jobs", "*", "n", 1);
    assert.deepEqual(await read, [["jobs", [[id, ["n", "1"]]]]]);
    assert.deepEqual(await worked, [["jobs", [[id, ["n", "1"]]]]]);
  });
}

test("readers that wait in vain get nothing", limit, async () => {
  const client = connect();
  await client.xgroup("CREATE", "jobs", "workers", "$", "MKSTREAM");
  assert.equal(await client.xread("BLOCK", 20, "STREAMS", "jobs", "$"), null);
  const words = ["GROUP", "workers", "a", "BLOCK", 20, "STREAMS", "jobs", ">"];
  assert.equal(await client.xreadgroup(...words), null);
});
