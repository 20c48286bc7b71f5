/**
 * What the scenarios of BullMQ share: queues, workers and readers of events that end with the
 * scenario. To be started with the server's port; after it may stand the library by which BullMQ
 * talks to the server, ioredis or redis.
 *
 * No scenario looks at a clock: what has to wait for the time does so for a moment, and what may
 * not happen meanwhile has an hour.
 */
"use strict";

const { afterEach, beforeEach } = require("node:test");
const {
  FlowProducer, Queue, QueueEvents, QueueEventsProducer, RedisConnection, Worker,
  createNodeRedisClient,
} = require("bullmq");
const Redis = require("ioredis");
const { createClient } = require("redis");
const inbox = require("./inbox.js");

const port = Number(process.argv[2]);
const limit = { timeout: 20_000 };
const anHour = 3_600_000;
const fromTheBeginning = "0-0";

let parts = [];
let raw;
let scenario = 0;

/** A client for requests that are not BullMQ's. */
function connectRaw() {
  return new Redis({ host: "127.0.0.1", port, retryStrategy: () => null });
}

/** The `connection` of BullMQ's parts, each of which has one of its own. */
const connection = { host: "127.0.0.1", port };
if (process.argv[3] === "redis") {
  const socket = { host: "127.0.0.1", port, reconnectStrategy: () => 5 };
  RedisConnection.clientFactory = (options) =>
    createNodeRedisClient(createClient({ socket, name: options.connectionName }));
}

function keep(part) {
  part.on("error", () => {}); // what is asked for rejects as well
  parts.push(part);
  return part;
}

const openQueue = (name, options) => keep(new Queue(name, { connection, ...options }));
const openFlows = (options) => keep(new FlowProducer({ connection, ...options }));

/** A worker, with inboxes of what it has completed ([job, result]) and failed ([job, error]). */
function openWorker(name, work, options) {
  const worker = keep(new Worker(name, work, { connection, drainDelay: 1, ...options }));
  worker.done = new inbox.Inbox();
  worker.lost = new inbox.Inbox();
  worker.on("completed", (job, result) => worker.done.put(job, result));
  worker.on("failed", (job, error) => worker.lost.put(job, error));
  return worker;
}

/** A worker that takes jobs only when it is told to, by getNextJob. */
const openHand = (name, options) => openWorker(name, null, { autorun: false, ...options });

/** All events of a queue from the first on, as [event, what it says]. */
function openEvents(name, ...events) {
  const reader = keep(new QueueEvents(name, { connection, lastEventId: fromTheBeginning }));
  reader.seen = new inbox.Inbox();
  for (const event of events) reader.on(event, (said) => reader.seen.put(event, said));
  return reader;
}

const openSpeaker = (name) => keep(new QueueEventsProducer(name, { connection }));

/** A promise that is kept by calling its `open`. */
function gate() {
  let open;
  const passed = new Promise((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

/** Asks again and again until the answer is true, or the scenario has ended without it. */
function until(isTrue) {
  const mine = scenario;
  return inbox.until(async () => mine !== scenario || isTrue());
}

beforeEach(async () => {
  raw = connectRaw();
  await raw.flushall();
});

afterEach(async () => {
  scenario += 1;
  await Promise.all(parts.map((part) => part.close(true)));
  parts = [];
  raw.disconnect();
}, limit);

module.exports = {
  anHour,
  client: () => raw,
  gate,
  limit,
  openEvents,
  openFlows,
  openHand,
  openQueue,
  openSpeaker,
  openWorker,
  until,
};
