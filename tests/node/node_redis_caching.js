/**
 * Client-side caching of node-redis: what was read is kept by the client, until the server says
 * that it is no longer true (CLIENT TRACKING, with pushes of RESP3).
 *
 *   node --test-reporter=spec node_redis_caching.js PORT
 *
 * Each scenario begins with an empty server.
 */
"use strict";

const assert = require("node:assert/strict");
const { afterEach, beforeEach, test } = require("node:test");
const { BasicClientSideCache, createClient } = require("redis");
const { Inbox, until, upTo } = require("./inbox.js");

const address = { host: "127.0.0.1", port: Number(process.argv[2]) };
const limit = { timeout: 10_000 };

let clients = [];

async function connect(options = {}) {
  const socket = { ...address, reconnectStrategy: false };
  const client = createClient({ socket, RESP: 3, ...options });
  client.on("error", () => {}); // what is asked for later rejects as well
  clients.push(client);
  return client.connect();
}

/** A client that caches, and the keys of which the server says that they have changed. */
async function connectCaching(options = {}) {
  const cache = new BasicClientSideCache();
  const invalidated = new Inbox();
  cache.on("invalidate", (key) => invalidated.put(key === null ? null : key.toString()));
  const reader = await connect({ clientSideCache: cache, ...options });
  return { cache, invalidated, reader };
}

beforeEach(async () => {
  const client = await connect();
  await client.flushAll();
});

afterEach(() => {
  for (const client of clients) if (client.isOpen) client.destroy();
  clients = [];
});

test("what was read once is not asked for again", limit, async () => {
  const { cache, reader } = await connectCaching();
  const writer = await connect();
  await writer.set("k", "v");
  await writer.configResetStat();
  for (const _ of upTo(10)) assert.equal(await reader.get("k"), "v");
  assert.deepEqual([cache.stats().missCount, cache.stats().hitCount], [1, 9]);
  assert.match(await writer.info("commandstats"), /cmdstat_get:calls=1,/);
});

test("another client's write is noticed", limit, async () => {
  const { cache, invalidated, reader } = await connectCaching();
  const writer = await connect();
  for (const number of upTo(50)) {
    await writer.set("k", `${number}`);
    if (number > 0) assert.equal(await invalidated.take(), "k");
    assert.equal(await reader.get("k"), `${number}`);
    assert.equal(await reader.get("k"), `${number}`);
  }
  assert.equal(cache.stats().hitCount, 50);
});

test("one's own write is noticed", limit, async () => {
  const { invalidated, reader } = await connectCaching();
  await reader.set("k", "before");
  assert.equal(await reader.get("k"), "before");
  await reader.set("k", "after");
  assert.equal(await invalidated.take(), "k");
  assert.equal(await reader.get("k"), "after");
});

test("a key that was not there is noticed when it comes", limit, async () => {
  const { invalidated, reader } = await connectCaching();
  const writer = await connect();
  assert.equal(await reader.get("k"), null);
  await writer.incr("k");
  assert.equal(await invalidated.take(), "k");
  assert.equal(await reader.get("k"), "1");
});

test("every way of changing a value is noticed", limit, async () => {
  const { invalidated, reader } = await connectCaching();
  const writer = await connect();
  const ways = [
    (key) => writer.append(key, "x"),
    (key) => writer.setRange(key, 1, "y"),
    (key) => writer.del(key),
    (key) => writer.unlink(key),
    (key) => writer.getDel(key),
    (key) => writer.rename(key, "elsewhere"),
    (key) => writer.mSet({ [key]: "many" }),
    (key) => writer.copy("elsewhere", key, { REPLACE: true }),
    (key) => writer.expire(key, 1000),
    (key) => writer.move(key, 1),
  ];
  for (const [number, change] of ways.entries()) {
    const key = `k${number}`;
    await writer.set(key, "v");
    assert.equal(await reader.get(key), "v");
    await change(key);
    assert.equal(await invalidated.take(), key);
    assert.equal(await reader.get(key), await writer.get(key));
  }
});

test("a key whose time has come is noticed", limit, async () => {
  const { invalidated, reader } = await connectCaching();
  const writer = await connect();
  await writer.set("k", "v", { PX: 50 });
  assert.equal(await reader.get("k"), "v");
  assert.equal(await invalidated.take(), "k");
  assert.equal(await reader.get("k"), null);
});

test("values of all types are kept and noticed", limit, async () => {
  const { cache, invalidated, reader } = await connectCaching();
  const writer = await connect();
  const kinds = [
    [() => writer.hSet("hash", "a", "1"), () => reader.hGetAll("hash"), "hash"],
    [() => writer.rPush("list", "a"), () => reader.lRange("list", 0, -1), "list"],
    [() => writer.sAdd("set", "a"), () => reader.sMembers("set"), "set"],
    [() => writer.zIncrBy("ranks", 1, "a"), () => reader.zScore("ranks", "a"), "ranks"],
    [() => writer.xAdd("log", "*", { a: "1" }), () => reader.xRange("log", "-", "+"), "log"],
    [() => writer.setBit("bits", 7, 1), () => reader.bitCount("bits"), "bits"],
  ];
  for (const [write, read, key] of kinds) {
    await write();
    const hits = cache.stats().hitCount;
    assert.deepEqual(await read(), await read());
    assert.equal(cache.stats().hitCount, hits + 1);
    await writer.del(key);
    assert.equal(await invalidated.take(), key);
    await read();
    assert.equal(cache.stats().hitCount, hits + 1);
  }
});

test("of many keys that were read together each one counts", limit, async () => {
  const { cache, invalidated, reader } = await connectCaching();
  const writer = await connect();
  const keys = upTo(100).map((number) => `k${number}`);
  for (const key of keys.slice(0, 20)) {
    await reader.mGet(keys);
    await writer.set(key, "new");
    assert.equal(await invalidated.take(), key);
    assert.equal((await reader.mGet(keys)).filter((value) => value === "new").length,
      keys.indexOf(key) + 1);
  }
  assert.equal(cache.stats().hitCount, 19);
});

test("FLUSHALL and FLUSHDB empty the cache", limit, async () => {
  const { cache, invalidated, reader } = await connectCaching();
  const writer = await connect();
  for (const flush of [() => writer.flushAll(), () => writer.flushDb()]) {
    await writer.set("k", "v");
    assert.equal(await reader.get("k"), "v");
    assert.equal(cache.size(), 1);
    await flush();
    assert.equal(await invalidated.take(), null);
    assert.equal(cache.size(), 0);
    assert.equal(await reader.get("k"), null);
    await writer.set("k", "again");
    assert.equal(await invalidated.take(), "k");
  }
});

test("who has not read a key hears nothing of it", limit, async () => {
  const { invalidated, reader } = await connectCaching();
  const writer = await connect();
  await writer.mSet({ read: "1", other: "1" });
  await reader.get("read");
  for (const number of upTo(100)) await writer.set("other", `${number}`);
  await writer.set("read", "2");
  assert.equal(await invalidated.take(), "read");
  for (const number of upTo(100)) await writer.set("read", `${number}`);
  assert.equal(await reader.ping(), "PONG");
  assert.ok(invalidated.isEmpty);
});

test("many readers end with what was written last", limit, async () => {
  const readers = await Promise.all(upTo(10).map(() => connectCaching()));
  const writer = await connect();
  const keys = upTo(50).map((number) => `k${number}`);
  const reading = readers.map(async ({ reader }) => {
    for (const _ of upTo(20)) await Promise.all(keys.map((key) => reader.get(key)));
  });
  for (const number of upTo(20)) {
    await Promise.all(keys.map((key) => writer.set(key, `${number}`)));
  }
  await Promise.all(reading);
  for (const { reader } of readers) {
    await until(async () => {
      const values = await Promise.all(keys.map((key) => reader.get(key)));
      return values.every((value) => value === "19");
    });
  }
});

test("a connection that is cut takes the cache with it", limit, async () => {
  const socket = { ...address, reconnectStrategy: () => 5 };
  const { cache, invalidated, reader } = await connectCaching({ socket });
  const writer = await connect();
  await writer.set("k", "before");
  assert.equal(await reader.get("k"), "before");
  const id = await reader.clientId();
  await writer.sendCommand(["CLIENT", "KILL", "ID", `${id}`]);
  await until(() => cache.size() === 0);
  await writer.set("k", "meanwhile");
  assert.equal(await reader.get("k"), "meanwhile");
  await writer.set("k", "after");
  assert.equal(await invalidated.take(), "k");
  assert.equal(await reader.get("k"), "after");
});

test("the server knows who caches", limit, async () => {
  const { reader } = await connectCaching();
  const other = await connect();
  await reader.get("k");
  assert.deepEqual((await reader.clientTrackingInfo()).flags, ["on"]);
  assert.deepEqual((await other.clientTrackingInfo()).flags, ["off"]);
  assert.match(await other.info("clients"), /^tracking_clients:1\r$/m);
  assert.match(await other.info("stats"), /^tracking_total_keys:1\r$/m);
});
