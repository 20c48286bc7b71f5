/**
 * node-redis (the package `redis`) as its users write it: pub/sub, streams with groups, pipelines.
 *
 *   node --test-reporter=spec node_redis.js PORT
 *
 * Each scenario begins with an empty server. Where the protocol makes a difference to the library,
 * a scenario runs in both.
 */
"use strict";

const assert = require("node:assert/strict");
const { afterEach, beforeEach, test } = require("node:test");
const { createClient } = require("redis");
const { Inbox, until, upTo } = require("./inbox.js");

const address = { host: "127.0.0.1", port: Number(process.argv[2]) };
const limit = { timeout: 10_000 };

let clients = [];

async function connect(options = {}) {
  const client = createClient({ socket: { ...address, reconnectStrategy: false }, ...options });
  client.on("error", () => {}); // what is asked for later rejects as well
  clients.push(client);
  return client.connect();
}

beforeEach(async () => {
  const client = await connect();
  await client.flushAll();
});

afterEach(() => {
  for (const client of clients) if (client.isOpen) client.destroy();
  clients = [];
});

for (const RESP of [2, 3]) {
  test(`RESP${RESP}: messages of a channel arrive in order`, limit, async () => {
    const [publisher, subscriber] = [await connect({ RESP }), await connect({ RESP })];
    const inbox = new Inbox();
    await subscriber.subscribe("news", inbox.put);
    for (const number of upTo(100)) {
      assert.equal(await publisher.publish("news", `${number}`), 1);
    }
    assert.deepEqual(await inbox.take(100), upTo(100).map((number) => [`${number}`, "news"]));
  });

  test(`RESP${RESP}: a channel and the patterns that fit it`, limit, async () => {
    const [publisher, subscriber] = [await connect({ RESP }), await connect({ RESP })];
    const [news, starting, ending] = [new Inbox(), new Inbox(), new Inbox()];
    await subscriber.subscribe("news", news.put);
    await subscriber.pSubscribe("n*", starting.put);
    await subscriber.pSubscribe("*s", ending.put);
    assert.equal(await publisher.publish("news", "a"), 3);
    assert.equal(await publisher.publish("night", "b"), 1);
    assert.deepEqual(await news.take(), ["a", "news"]);
    assert.deepEqual(await starting.take(2), [["a", "news"], ["b", "night"]]);
    assert.deepEqual(await ending.take(), ["a", "news"]);
    await subscriber.pUnsubscribe("n*");
    assert.equal(await publisher.publish("night", "c"), 0);
    await subscriber.pUnsubscribe("*s");
    await subscriber.unsubscribe("news");
    assert.equal(await publisher.publish("news", "d"), 0);
    assert.ok(news.isEmpty && starting.isEmpty && ending.isEmpty);
  });

  test(`RESP${RESP}: shard channels are apart from the others`, limit, async () => {
    const [publisher, subscriber] = [await connect({ RESP }), await connect({ RESP })];
    const [shard, plain] = [new Inbox(), new Inbox()];
    await subscriber.sSubscribe("news", shard.put);
    await subscriber.subscribe("news", plain.put);
    assert.equal(await publisher.sPublish("news", "for the shard"), 1);
    assert.equal(await publisher.publish("news", "for all"), 1);
    assert.deepEqual(await shard.take(), ["for the shard", "news"]);
    assert.deepEqual(await plain.take(), ["for all", "news"]);
    assert.deepEqual(await publisher.pubSubShardChannels(), ["news"]);
    assert.deepEqual({ ...(await publisher.pubSubShardNumSub(["news", "x"])) }, { news: 1, x: 0 });
    await subscriber.sUnsubscribe("news");
    assert.equal(await publisher.sPublish("news", "too late"), 0);
  });

  test(`RESP${RESP}: messages of bytes come as they were sent`, limit, async () => {
    const [publisher, subscriber] = [await connect({ RESP }), await connect({ RESP })];
    const inbox = new Inbox();
    const bytes = Buffer.from(upTo(256));
    await subscriber.subscribe("news", inbox.put, true);
    await publisher.publish("news", bytes);
    const [message] = await inbox.take();
    assert.ok(bytes.equals(message));
  });

  test(`RESP${RESP}: what is sent in one go is answered in order`, limit, async () => {
    const client = await connect({ RESP });
    const replies = await Promise.all(
      upTo(1000).flatMap((number) => [
        client.set(`k${number}`, `${number}`),
        client.get(`k${number}`),
      ]),
    );
    assert.deepEqual(replies, upTo(1000).flatMap((number) => ["OK", `${number}`]));
    const keys = upTo(1000).map((number) => `k${number}`);
    assert.deepEqual(await client.mGet(keys), upTo(1000).map(String));
    await client.mSet({ a: "1", b: "2" });
    await client.hSet("hash", { field: "value", number: 7 });
    await client.zAdd("ranks", [{ value: "x", score: 1.5 }, { value: "y", score: 2 }]);
    const answers = await client.multi().get("a").incr("b").hGetAll("hash").execAsPipeline();
    assert.deepEqual(
      answers.map((answer) => (typeof answer === "object" ? { ...answer } : answer)),
      ["1", 3, { field: "value", number: "7" }],
    );
    assert.deepEqual(await client.zRangeWithScores("ranks", 0, -1), [
      { value: "x", score: 1.5 },
      { value: "y", score: 2 },
    ]);
    assert.equal(await client.del([...keys, "a", "b", "hash", "ranks"]), 1004);
    assert.equal(await client.dbSize(), 0);
  });

  test(`RESP${RESP}: errors reject only what they belong to`, limit, async () => {
    const client = await connect({ RESP });
    const [set, incremented, got] = await Promise.allSettled([
      client.set("k", "text"),
      client.incr("k"),
      client.get("k"),
    ]);
    assert.equal(set.value, "OK");
    assert.equal(incremented.reason.message, "ERR value is not an integer or out of range");
    assert.equal(got.value, "text");
    await assert.rejects(client.sendCommand(["NOSUCH"]), { message: /^ERR unknown command/ });
  });
}

test("RESP3: a subscriber may ask for other things as well", limit, async () => {
  const client = await connect({ RESP: 3 });
  const inbox = new Inbox();
  await client.subscribe("news", inbox.put);
  const replies = await Promise.all(
    upTo(100).flatMap((number) => [client.incr("n"), client.publish("news", `${number}`)]),
  );
  assert.deepEqual(replies, upTo(100).flatMap((number) => [number + 1, 1]));
  assert.deepEqual(await inbox.take(100), upTo(100).map((number) => [`${number}`, "news"]));
});

test("a subscriber whose connection is cut subscribes again", limit, async () => {
  const publisher = await connect();
  const subscriber = await connect({ socket: { ...address, reconnectStrategy: () => 5 } });
  const [channel, pattern, shard] = [new Inbox(), new Inbox(), new Inbox()];
  await subscriber.subscribe("news", channel.put);
  await subscriber.pSubscribe("n?ws", pattern.put);
  await subscriber.sSubscribe("shard", shard.put);
  assert.equal(await publisher.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]), 1);
  const isHeard = async (publish, ...inboxes) => {
    await publish();
    return inboxes.every((inbox) => !inbox.isEmpty);
  };
  await until(() => isHeard(() => publisher.publish("news", "again"), channel, pattern));
  await until(() => isHeard(() => publisher.sPublish("shard", "again"), shard));
  assert.deepEqual(await channel.take(), ["again", "news"]);
  assert.deepEqual(await pattern.take(), ["again", "news"]);
  assert.deepEqual(await shard.take(), ["again", "shard"]);
});

test("a group's entries go to one consumer each", limit, async () => {
  const client = await connect();
  await client.xGroupCreate("jobs", "workers", "0", { MKSTREAM: true });
  const ids = [];
  for (const number of upTo(5)) ids.push(await client.xAdd("jobs", "*", { number: `${number}` }));
  const news = { key: "jobs", id: ">" };
  const ofA = await client.xReadGroup("workers", "a", news, { COUNT: 2 });
  const ofB = await client.xReadGroup("workers", "b", news);
  assert.deepEqual(
    [...ofA[0].messages, ...ofB[0].messages].map(({ id, message }) => [id, message.number]),
    ids.map((id, number) => [id, `${number}`]),
  );
  assert.equal(await client.xReadGroup("workers", "a", news), null);
  assert.equal(await client.xAck("jobs", "workers", [ids[0], ids[2], ids[2]]), 2);
  assert.deepEqual(await client.xPending("jobs", "workers"), {
    pending: 3,
    firstId: ids[1],
    lastId: ids[4],
    consumers: [
      { name: "a", deliveriesCounter: 1 },
      { name: "b", deliveriesCounter: 2 },
    ],
  });
  const pending = await client.xPendingRange("jobs", "workers", "-", "+", 10);
  assert.deepEqual(
    pending.map((entry) => [entry.id, entry.consumer, entry.deliveriesCounter]),
    [[ids[1], "a", 1], [ids[3], "b", 1], [ids[4], "b", 1]],
  );
});

test("what one consumer left is claimed by another", limit, async () => {
  const client = await connect();
  await client.xGroupCreate("jobs", "workers", "0", { MKSTREAM: true });
  const ids = [];
  for (const number of upTo(4)) ids.push(await client.xAdd("jobs", "*", { number: `${number}` }));
  await client.xReadGroup("workers", "lost", { key: "jobs", id: ">" });
  await client.xDel("jobs", ids[1]);
  const claimed = await client.xAutoClaim("jobs", "workers", "finder", 0, "-", { COUNT: 3 });
  assert.equal(claimed.nextId, ids[3]);
  assert.deepEqual(claimed.messages.map(({ id }) => id), [ids[0], ids[2]]);
  assert.deepEqual(claimed.deletedMessages, [ids[1]]);
  assert.deepEqual(
    await client.xClaimJustId("jobs", "workers", "third", 0, ids[3]),
    [ids[3]],
  );
});

test("RESP3: a group's entries come as a map", limit, async () => {
  const client = await connect({ RESP: 3 });
  await client.xGroupCreate("jobs", "workers", "0", { MKSTREAM: true });
  const id = await client.xAdd("jobs", "*", { number: "0" });
  const reply = await client.xReadGroup("workers", "a", { key: "jobs", id: ">" });
  assert.deepEqual({ ...reply }, { jobs: [[id, ["number", "0"]]] });
});

for (const BLOCK of [0, 60_000]) {
  test(`readers that wait (BLOCK ${BLOCK}) are woken by what is added`, limit, async () => {
    const [writer, reader, worker] = [await connect(), await connect(), await connect()];
    await writer.xGroupCreate("jobs", "workers", "$", { MKSTREAM: true });
    const read = reader.xRead([{ key: "jobs", id: "$" }, { key: "other", id: "$" }], { BLOCK });
    const worked = worker.xReadGroup("workers", "a", { key: "jobs", id: ">" }, { BLOCK });
    await until(async () => /^blocked_clients:2\r$/m.test(await writer.info("clients")));
    const id = await writer.xAdd("jobs", "*", { n: "1" });
    for (const reply of [await read, await worked]) {
      assert.equal(reply[0].name, "jobs");
      assert.equal(reply[0].messages[0].id, id);
      assert.deepEqual({ ...reply[0].messages[0].message }, { n: "1" });
    }
  });
}

test("readers that wait in vain get nothing", limit, async () => {
  const client = await connect();
  await client.xGroupCreate("jobs", "workers", "$", { MKSTREAM: true });
  assert.equal(await client.xRead({ key: "jobs", id: "$" }, { BLOCK: 20 }), null);
  const news = { key: "jobs", id: ">" };
  assert.equal(await client.xReadGroup("workers", "a", news, { BLOCK: 20 }), null);
});
