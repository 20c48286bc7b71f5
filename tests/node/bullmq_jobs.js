/**
 * BullMQ, a queue of jobs whose every step is a script: jobs and those who work on them.
 *
 *   node --test-reporter=spec bullmq_jobs.js PORT [ioredis|redis]
 *
 * Each scenario begins with an empty server.
 */
"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { upTo } = require("./inbox.js");
const {
  anHour, client, gate, limit, openEvents, openHand, openQueue, openWorker, until,
} = require("./bullmq_parts.js");

const ids = (jobs) => jobs.map((job) => job.id);
const names = (jobs) => jobs.map((job) => job.name);

test("a job is done and its result is kept", limit, async () => {
  const queue = openQueue("work");
  const data = { text: "ä\u0000\n\"€😀", list: [1, [2.5, null, true]], nested: { a: {} } };
  const job = await queue.add("greet", data, { jobId: "mine", attempts: 2 });
  assert.equal(await job.getState(), "waiting");
  const worker = openWorker("work", async ({ name, data }) => ({ name, got: data }));
  const [done, result] = await worker.done.take();
  assert.deepEqual(result, { name: "greet", got: data });
  assert.deepEqual([done.id, done.attemptsMade], ["mine", 1]);
  const kept = await queue.getJob("mine");
  assert.deepEqual([kept.data, kept.returnvalue, kept.opts.attempts], [data, result, 2]);
  assert.equal(await kept.getState(), "completed");
  assert.ok(kept.processedOn >= kept.timestamp && kept.finishedOn >= kept.processedOn);
});

test("one worker does jobs in the order in which they came", limit, async () => {
  const queue = openQueue("work");
  await queue.addBulk(upTo(100).map((number) => ({ name: "square", data: { number } })));
  const worker = openWorker("work", async ({ data }) => data.number ** 2);
  const results = await worker.done.take(100);
  assert.deepEqual(results.map(([job]) => job.id), upTo(100).map((number) => `${number + 1}`));
  assert.deepEqual(results.map(([, result]) => result), upTo(100).map((number) => number ** 2));
  assert.equal(await queue.getCompletedCount(), 100);
});

test("workers with concurrency do every job once", limit, async () => {
  const queue = openQueue("work");
  const times = new Map();
  const work = async ({ data }) => times.set(data, (times.get(data) ?? 0) + 1);
  for (const _ of upTo(3)) openWorker("work", work, { concurrency: 10 });
  await Promise.all(upTo(6).map((part) =>
    queue.addBulk(upTo(50).map((number) => ({ name: "job", data: part * 50 + number })))));
  await until(async () => (await queue.getCompletedCount()) === 300);
  assert.deepEqual([...times.keys()].sort((a, b) => a - b), upTo(300));
  assert.deepEqual(new Set(times.values()), new Set([1]));
  assert.deepEqual(
    await queue.getJobCounts("active", "completed", "failed", "wait"),
    { active: 0, completed: 300, failed: 0, wait: 0 },
  );
});

test("as many jobs run at a time as the workers may have", limit, async () => {
  const queue = openQueue("work");
  const { open, passed } = gate();
  const worker = openWorker("work", () => passed, { concurrency: 5 });
  await queue.addBulk(upTo(8).map(() => ({ name: "wait", data: {} })));
  await until(async () => (await queue.getActiveCount()) === 5);
  assert.equal(await queue.getWaitingCount(), 3);
  assert.deepEqual(ids(await queue.getActive()).sort(), ["1", "2", "3", "4", "5"]);
  open("done");
  await worker.done.take(8);
  assert.equal(await queue.getActiveCount(), 0);
});

test("all workers together may have one job at a time", limit, async () => {
  const queue = openQueue("work");
  await queue.setGlobalConcurrency(1);
  assert.equal(await queue.getGlobalConcurrency(), 1);
  let [running, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++running);
    await client().ping();
    running -= 1;
  };
  for (const _ of upTo(3)) openWorker("work", work, { concurrency: 3 });
  await queue.addBulk(upTo(30).map(() => ({ name: "job", data: {} })));
  await until(async () => (await queue.getCompletedCount()) === 30);
  assert.equal(most, 1);
});

test("who added a job waits until it is finished", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work")];
  openWorker("work", async ({ data }) => {
    if (data.fails) throw new Error("on purpose");
    return data.number + 1;
  }, { concurrency: 10 });
  const jobs = await Promise.all(upTo(5).map((number) => queue.add("next", { number })));
  const results = await Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
  assert.deepEqual(results, upTo(5).map((number) => number + 1));
  const failing = await queue.add("next", { fails: true });
  await assert.rejects(failing.waitUntilFinished(events), /on purpose/);
  await assert.rejects(failing.waitUntilFinished(events), /on purpose/);
});

test("the last job that came can be the first", limit, async () => {
  const queue = openQueue("work");
  for (const name of ["a", "b", "c"]) await queue.add(name, {}, { lifo: true });
  await queue.add("d", {});
  assert.deepEqual(names(await queue.getWaiting()), ["c", "b", "a", "d"]);
  const worker = openWorker("work", async ({ name }) => name);
  const results = await worker.done.take(4);
  assert.deepEqual(results.map(([, name]) => name), ["c", "b", "a", "d"]);
});

test("jobs without a priority come first, then the lower numbers", limit, async () => {
  const queue = openQueue("work");
  const priorities = [5, 1, 2_097_151, 3, 1, 0, 5];
  for (const [number, priority] of priorities.entries()) {
    await queue.add(`${number}`, {}, { priority });
  }
  assert.equal(await queue.getPrioritizedCount(), 6);
  assert.deepEqual(await queue.getCountsPerPriority([0, 1, 5, 7]), { 0: 1, 1: 2, 5: 2, 7: 0 });
  await (await queue.getJob("4")).changePriority({ priority: 6 });
  await (await queue.getJob("1")).changePriority({ priority: 0 });
  assert.deepEqual(await queue.getCountsPerPriority([0, 3, 5, 6]), { 0: 2, 3: 0, 5: 1, 6: 1 });
  const worker = openWorker("work", async () => {});
  const done = (await worker.done.take(7)).map(([job]) => job.name);
  assert.deepEqual(done, ["5", "0", "1", "4", "6", "3", "2"]);
});

test("a job whose id is there already is not added", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "duplicated")];
  await queue.add("first", { n: 1 }, { jobId: "same" });
  await queue.add("second", { n: 2 }, { jobId: "same" });
  await queue.add("third", { n: 3 }, { jobId: "same", delay: 1000 });
  await queue.add("fourth", { n: 4 }, { jobId: "same", priority: 3 });
  assert.deepEqual(names(await queue.getJobs()), ["first"]);
  assert.deepEqual(await events.seen.take(3), upTo(3).map(() => ["duplicated", { jobId: "same" }]));
});

test("jobs that mean the same are added once", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "deduplicated")];
  const deduplication = { id: "same" };
  const first = await queue.add("first", {}, { deduplication });
  const second = await queue.add("second", {}, { deduplication });
  assert.deepEqual([first.id, second.id], ["1", "1"]);
  assert.equal(await queue.getDeduplicationJobId("same"), "1");
  const [, said] = await events.seen.take();
  assert.deepEqual(said, { jobId: "1", deduplicationId: "same", deduplicatedJobId: "2" });
  const worker = openWorker("work", async () => {});
  await worker.done.take();
  assert.equal(await queue.getDeduplicationJobId("same"), null);
  const third = await queue.add("third", {}, { deduplication });
  assert.notEqual(third.id, "1");
  assert.equal((await worker.done.take())[0].name, "third");
});

test("of delayed jobs that mean the same the last one counts", limit, async () => {
  const queue = openQueue("work");
  const deduplication = { id: "same", ttl: anHour, extend: true, replace: true };
  for (const n of upTo(5)) await queue.add("job", { n }, { deduplication, delay: anHour });
  const delayed = await queue.getDelayed();
  assert.deepEqual(delayed.map((job) => job.data), [{ n: 4 }]);
  assert.equal(await queue.removeDeduplicationKey("same"), 1);
  await queue.add("job", { n: 5 }, { deduplication, delay: anHour });
  assert.equal(await queue.getDelayedCount(), 2);
});

test("a queue that is paused gives no jobs", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "paused", "resumed")];
  await queue.add("before", {});
  await queue.pause();
  await queue.add("meanwhile", {});
  await queue.add("meanwhile", {}, { priority: 2 });
  assert.equal(await queue.isPaused(), true);
  const hand = openHand("work");
  assert.equal(await hand.getNextJob("token", { block: false }), undefined);
  assert.equal(await queue.getJobCountByTypes("wait", "paused", "prioritized"), 3);
  const worker = openWorker("work", async () => {});
  await worker.waitUntilReady();
  await queue.resume();
  const done = (await worker.done.take(3)).map(([job]) => job.name);
  assert.deepEqual(done, ["before", "meanwhile", "meanwhile"]);
  assert.deepEqual(await events.seen.take(2), [["paused", {}], ["resumed", {}]]);
});

test("a worker that is paused finishes what it has", limit, async () => {
  const queue = openQueue("work");
  const { open, passed } = gate();
  const worker = openWorker("work", () => passed);
  await queue.add("first", {});
  await until(async () => (await queue.getActiveCount()) === 1);
  await queue.add("second", {});
  const paused = worker.pause();
  open();
  await paused;
  assert.equal(worker.isPaused(), true);
  assert.deepEqual(await queue.getJobCounts("completed", "wait"), { completed: 1, wait: 1 });
  worker.resume();
  await worker.done.take(2);
});

test("a job tells of its progress, writes a log and changes its data", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "progress")];
  const worker = openWorker("work", async (job) => {
    await job.updateProgress(50);
    await job.updateProgress({ part: "ä", of: 2 });
    for (const number of upTo(10)) await job.log(`line ${number}`);
    await job.updateData({ ...job.data, changed: true });
  });
  const added = await queue.add("long", { kept: 1 }, { keepLogs: 4 });
  await worker.done.take();
  assert.deepEqual((await events.seen.take(2)).map(([, said]) => said), [
    { jobId: added.id, data: 50 },
    { jobId: added.id, data: { part: "ä", of: 2 } },
  ]);
  const job = await queue.getJob(added.id);
  assert.deepEqual([job.data, job.progress], [{ kept: 1, changed: true }, { part: "ä", of: 2 }]);
  const expected = { logs: ["line 6", "line 7", "line 8", "line 9"], count: 4 };
  assert.deepEqual(await queue.getJobLogs(added.id), expected);
  assert.deepEqual((await queue.getJobLogs(added.id, 0, 1, false)).logs, ["line 9", "line 8"]);
  await job.clearLogs(1);
  assert.deepEqual(await queue.getJobLogs(added.id), { logs: ["line 9"], count: 1 });
});

test("jobs taken by hand", limit, async () => {
  const [queue, hand] = [openQueue("work"), openHand("work")];
  for (const name of ["a", "b", "c"]) await queue.add(name, {}, { attempts: 1 });
  const [a, b] = [await hand.getNextJob("mine"), await hand.getNextJob("mine")];
  assert.deepEqual(names([a, b]), ["a", "b"]);
  assert.equal(await a.isActive(), true);
  assert.equal(await a.extendLock("mine", 60_000), 1);
  assert.equal(await a.extendLock("another's", 60_000), 0);
  await assert.rejects(a.moveToCompleted("x", "another's"), /lock/i);
  const [next, nextId] = await a.moveToCompleted("result", "mine", true);
  assert.deepEqual([next.name, nextId], ["c", "3"]);
  await b.moveToFailed(new Error("by hand"), "mine", false);
  await assert.rejects(a.moveToCompleted("again", "mine"), /Missing lock|not in the active state/);
  assert.deepEqual(await queue.getJobCounts("active", "completed", "failed", "wait"),
    { active: 1, completed: 1, failed: 1, wait: 0 });
  assert.equal((await queue.getJob("2")).failedReason, "by hand");
  await assert.rejects(queue.getJob("3").then((job) => job.remove()), /locked/);
});

test("finished jobs are kept as long as there are not too many", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async ({ name }) => {
    if (name === "fails") throw new Error("on purpose");
  });
  const kept = { removeOnComplete: 5, removeOnFail: { count: 2 } };
  await queue.addBulk(upTo(20).map(() => ({ name: "works", data: {}, opts: kept })));
  await worker.done.take(20);
  assert.deepEqual(ids(await queue.getCompleted()), ["20", "19", "18", "17", "16"]);
  await queue.addBulk(upTo(6).map(() => ({ name: "fails", data: {}, opts: kept })));
  await worker.lost.take(6);
  assert.deepEqual(ids(await queue.getFailed()), ["26", "25"]);
  await queue.add("works", {}, { removeOnComplete: true });
  await worker.done.take();
  assert.equal(await queue.getCompletedCount(), 5);
  assert.equal(await queue.getJob("27"), undefined);
  assert.equal(await client().exists("bull:work:1", "bull:work:27", "bull:work:20"), 1);
});

test("jobs of all states are counted and listed", limit, async () => {
  const [queue, hand] = [openQueue("work"), openHand("work")];
  for (const number of upTo(12)) await queue.add(`${number}`, {});
  for (const number of upTo(3)) await queue.add("delayed", {}, { delay: anHour + number });
  for (const priority of [3, 1, 2]) await queue.add("ranked", {}, { priority });
  for (const _ of upTo(2)) await (await hand.getNextJob("t")).moveToCompleted(1, "t", false);
  await (await hand.getNextJob("t")).moveToFailed(new Error("x"), "t", false);
  await hand.getNextJob("t");
  assert.deepEqual(await queue.getJobCounts(), {
    active: 1, completed: 2, delayed: 3, failed: 1, prioritized: 3, waiting: 8,
    "waiting-children": 0,
  });
  assert.equal(await queue.count(), 14);
  assert.equal(await queue.getJobCountByTypes("completed", "failed"), 3);
  assert.deepEqual(ids(await queue.getWaiting(2, 4)), ["7", "8", "9"]);
  assert.deepEqual(ids(await queue.getJobs(["wait"], 0, 1, true)), ["5", "6"]);
  assert.deepEqual(ids(await queue.getJobs(["wait"], 0, 1)), ["12", "11"]);
  assert.deepEqual(ids(await queue.getDelayed()), ["13", "14", "15"]);
  assert.deepEqual(ids(await queue.getPrioritized()), ["17", "18", "16"]);
  const states = await Promise.all(["1", "3", "4", "5", "13", "16", "none"].map(
    (id) => queue.getJobState(id),
  ));
  assert.deepEqual(states,
    ["completed", "failed", "active", "waiting", "delayed", "prioritized", "unknown"]);
});

test("failed and finished jobs are tried again", limit, async () => {
  const queue = openQueue("work");
  let fails = true;
  const worker = openWorker("work", async () => {
    if (fails) throw new Error("not yet");
  });
  await queue.addBulk(upTo(10).map(() => ({ name: "job", data: {} })));
  await worker.lost.take(10);
  fails = false;
  await (await queue.getJob("3")).retry();
  assert.equal((await worker.done.take())[0].id, "3");
  await queue.retryJobs({ count: 4 });
  await worker.done.take(9);
  assert.equal(await queue.getFailedCount(), 0);
  await (await queue.getJob("5")).retry("completed");
  assert.equal((await worker.done.take())[0].id, "5");
  await queue.retryJobs({ state: "completed" });
  await worker.done.take(10);
  await assert.rejects((await queue.getJob("5")).retry("failed"), /not in the failed state/);
});

test("jobs are removed one by one", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "removed")];
  await queue.add("waits", {});
  await queue.add("ranked", {}, { priority: 1 });
  await queue.add("delayed", {}, { delay: anHour });
  assert.equal(await queue.remove("1"), 1);
  await (await queue.getJob("2")).remove();
  assert.equal(await queue.remove("3"), 1);
  assert.deepEqual((await events.seen.take(3)).map(([, said]) => said), [
    { jobId: "1", prev: "wait" },
    { jobId: "2", prev: "prioritized" },
    { jobId: "3", prev: "delayed" },
  ]);
  assert.equal(await queue.count(), 0);
  assert.equal(await client().exists("bull:work:1", "bull:work:2", "bull:work:3"), 0);
});

test("old jobs are cleaned away", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async ({ data }) => {
    if (data.number % 2 === 1) throw new Error("odd");
  });
  await queue.addBulk(upTo(40).map((number) => ({ name: "job", data: { number } })));
  await Promise.all([worker.done.take(20), worker.lost.take(20)]);
  await worker.close();
  assert.deepEqual(await queue.clean(anHour, 100, "completed"), []);
  assert.equal((await queue.clean(0, 5, "completed")).length, 5);
  assert.equal((await queue.clean(0, 0, "completed")).length, 15);
  assert.equal((await queue.clean(0, 1000, "failed")).length, 20);
  await queue.addBulk(upTo(3).map(() => ({ name: "job", data: {}, opts: { delay: anHour } })));
  await queue.addBulk(upTo(3).map(() => ({ name: "job", data: {} })));
  assert.equal((await queue.clean(0, 100, "delayed")).length, 3);
  assert.equal((await queue.clean(0, 100, "wait")).length, 3);
  assert.equal(await queue.getJobCountByTypes(), 0);
  assert.deepEqual(await client().keys("bull:work:[0-9]*"), []);
});

test("what waits is drained, the rest stays", limit, async () => {
  const [queue, hand] = [openQueue("work"), openHand("work")];
  await queue.addBulk(upTo(1000).map(() => ({ name: "job", data: {} })));
  await queue.add("ranked", {}, { priority: 1 });
  await queue.add("delayed", {}, { delay: anHour });
  const taken = await hand.getNextJob("token");
  await queue.drain();
  assert.deepEqual(await queue.getJobCounts("active", "delayed", "prioritized", "wait"),
    { active: 1, delayed: 1, prioritized: 0, wait: 0 });
  await queue.drain(true);
  assert.equal(await queue.getDelayedCount(), 0);
  await taken.moveToCompleted("done", "token", false);
  assert.equal(await queue.getCompletedCount(), 1);
});

test("a queue is obliterated", limit, async () => {
  const [queue, hand] = [openQueue("work"), openHand("work")];
  await queue.addBulk(upTo(500).map((n) => ({ name: "job", data: {}, opts: { priority: n % 3 } })));
  await queue.add("delayed", {}, { delay: anHour });
  await hand.getNextJob("token");
  await assert.rejects(queue.obliterate(), /Cannot obliterate queue with active jobs/);
  await queue.obliterate({ force: true, count: 100 });
  await hand.close();
  await queue.close();
  assert.deepEqual(await client().keys("*"), []);
});

test("queues with names and prefixes of their own", limit, async () => {
  const queues = [
    openQueue("a"), openQueue("b"), openQueue("a", { prefix: "{mine}" }), openQueue("a b/ä"),
  ];
  for (const [number, queue] of queues.entries()) await queue.add("job", { number });
  const workers = [
    openWorker("b", async ({ data }) => data.number),
    openWorker("a", async ({ data }) => data.number, { prefix: "{mine}" }),
    openWorker("a b/ä", async ({ data }) => data.number),
  ];
  const results = await Promise.all(workers.map((worker) => worker.done.take()));
  assert.deepEqual(results.map(([, number]) => number), [1, 2, 3]);
  assert.equal(await queues[0].getWaitingCount(), 1);
});

test("a job with much to say", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async ({ data }) => data);
  const text = "ä".repeat(1 << 20);
  const numbers = upTo(20_000).map((number) => number / 3);
  await queue.add("big", { text, numbers });
  const [, result] = await worker.done.take();
  assert.ok(result.text === text);
  assert.deepEqual(result.numbers, numbers);
  const job = await queue.getJob("1");
  assert.ok(job.data.text === text && job.returnvalue.text === text);
});

test("many jobs in one transaction", limit, async () => {
  const queue = openQueue("work");
  const jobs = await queue.addBulk(upTo(2000).map((number) => ({
    name: `${number % 10}`,
    data: { number },
    opts: [{}, { priority: 1 + (number % 100) }, { delay: anHour }][number % 3],
  })));
  assert.deepEqual(ids(jobs), upTo(2000).map((number) => `${number + 1}`));
  assert.deepEqual(await queue.getJobCounts("wait", "prioritized", "delayed"),
    { wait: 667, prioritized: 667, delayed: 666 });
});

test("workers and readers of events are known by name", limit, async () => {
  const queue = openQueue("work");
  const workers = upTo(3).map((n) => openWorker("work", async () => {}, { name: `w${n}` }));
  openEvents("work");
  openWorker("other", async () => {});
  await until(async () => (await queue.getWorkersCount()) === 3);
  assert.deepEqual((await queue.getWorkers()).map(({ rawname }) => rawname).sort(),
    upTo(3).map((number) => `bull:${Buffer.from("work").toString("base64")}:w:w${number}`));
  await until(async () => (await queue.getQueueEvents()).length === 1);
  await workers[0].close();
  await until(async () => (await queue.getWorkersCount()) === 2);
});

test("a worker counts by the minute what it has done", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async ({ data }) => {
    if (data.fails) throw new Error("on purpose");
  }, { metrics: { maxDataPoints: 10 } });
  await queue.addBulk(upTo(15).map((n) => ({ name: "job", data: { fails: n % 3 === 0 } })));
  await Promise.all([worker.done.take(10), worker.lost.take(5)]);
  assert.equal((await queue.getMetrics("completed")).meta.count, 10);
  assert.equal((await queue.getMetrics("failed")).meta.count, 5);
  assert.match(await queue.exportPrometheusMetrics(), /bullmq_job_count\{.*state="completed"\} 10/);
});

test("scripts that were flushed are sent again", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async ({ data }) => data, { concurrency: 5 });
  // One flush a round: ioredis gives a request up that meets with two.
  for (const round of upTo(10)) {
    await client().script("FLUSH");
    const numbers = upTo(10).map((number) => round * 10 + number);
    await Promise.all(numbers.map((number) => queue.add("job", number)));
    const results = (await worker.done.take(10)).map(([, result]) => result);
    assert.deepEqual(results.sort((a, b) => a - b), numbers);
  }
});
