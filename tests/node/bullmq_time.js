/**
 * BullMQ, a queue of jobs whose every step is a script: what has to wait. Delays, retries, jobs by
 * a schedule, limits of how many, and jobs whose worker was lost.
 *
 *   node --test-reporter=spec bullmq_time.js PORT [ioredis|redis]
 *
 * Each scenario begins with an empty server.
 */
"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { DelayedError, RateLimitError, UnrecoverableError, WaitingError } = require("bullmq");
const { upTo } = require("./inbox.js");
const {
  anHour, client, limit, openEvents, openHand, openQueue, openWorker, until,
} = require("./bullmq_parts.js");

const names = (jobs) => jobs.map((job) => job.name);

test("delayed jobs are done when their time has come", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "delayed", "completed")];
  const worker = openWorker("work", async ({ name }) => name);
  await queue.add("never", {}, { delay: anHour });
  await queue.add("last", {}, { delay: 60 });
  await queue.add("first", {}, { delay: 5 });
  await queue.add("at once", {});
  const done = (await worker.done.take(3)).map(([, name]) => name);
  assert.deepEqual(done.sort(), ["at once", "first", "last"]);
  assert.deepEqual(await queue.getJobCounts("completed", "delayed"), { completed: 3, delayed: 1 });
  const delayed = (await events.seen.take(6)).filter(([event]) => event === "delayed");
  assert.deepEqual(delayed.map(([, { jobId }]) => jobId), ["1", "2", "3"]);
});

test("jobs that were delayed until the same moment keep their order", limit, async () => {
  const queue = openQueue("work");
  const timestamp = Date.now();
  const opts = { delay: 30, timestamp };
  await queue.addBulk(upTo(100).map((number) => ({ name: `${number}`, data: {}, opts })));
  const worker = openWorker("work", async () => {});
  const done = (await worker.done.take(100)).map(([job]) => job.name);
  assert.deepEqual(done, upTo(100).map(String));
});

test("delayed jobs can be hurried", limit, async () => {
  const queue = openQueue("work");
  for (const name of ["a", "b", "c", "d"]) await queue.add(name, {}, { delay: anHour });
  const worker = openWorker("work", async () => {});
  await (await queue.getJob("3")).promote();
  assert.equal((await worker.done.take())[0].name, "c");
  await (await queue.getJob("2")).changeDelay(1);
  assert.equal((await worker.done.take())[0].name, "b");
  await (await queue.getJob("1")).changeDelay(2 * anHour);
  assert.deepEqual(names(await queue.getDelayed()), ["d", "a"]);
  await queue.promoteJobs();
  assert.deepEqual((await worker.done.take(2)).map(([job]) => job.name).sort(), ["a", "d"]);
  await assert.rejects((await queue.getJob("1")).promote(), /not in the delayed state/);
});

test("a delayed job with a priority is ranked when its time has come", limit, async () => {
  const [queue, hand] = [openQueue("work"), openHand("work")];
  await queue.add("low", {}, { priority: 10 });
  await queue.add("high", {}, { priority: 1, delay: anHour });
  await (await queue.getJob("2")).promote();
  assert.deepEqual(names(await queue.getPrioritized()), ["high", "low"]);
  assert.equal((await hand.getNextJob("token")).name, "high");
});

for (const backoff of [{ type: "fixed", delay: 5 }, { type: "exponential", delay: 2 }, 3]) {
  test(`a job is tried again, backoff ${JSON.stringify(backoff)}`, limit, async () => {
    const [queue, events] = [openQueue("work"), openEvents("work", "failed", "retries-exhausted")];
    const worker = openWorker("work", async ({ attemptsMade, data }) => {
      if (attemptsMade < data.works) throw new Error(`attempt ${attemptsMade}`);
      return attemptsMade;
    });
    await queue.add("works", { works: 2 }, { attempts: 4, backoff });
    const [job, result] = await worker.done.take();
    assert.deepEqual([result, job.attemptsMade, job.attemptsStarted], [2, 3, 3]);
    await queue.add("never works", { works: 9 }, { attempts: 3, backoff });
    await until(async () => (await queue.getFailedCount()) === 1);
    const lost = await queue.getJob("2");
    assert.deepEqual([lost.attemptsMade, lost.failedReason], [3, "attempt 2"]);
    assert.deepEqual(lost.stacktrace.map((text) => text.split("\n")[0]),
      upTo(3).map((number) => `Error: attempt ${number}`));
    const seen = await events.seen.take(2);
    assert.deepEqual(seen.map(([event]) => event).sort(), ["failed", "retries-exhausted"]);
  });
}

test("a job is tried again at once, without backoff", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async ({ attemptsMade, name }) => {
    if (attemptsMade < 2) throw new Error("not yet");
    return name;
  });
  for (const name of ["a", "b"]) await queue.add(name, {}, { attempts: 3 });
  await queue.add("ranked", {}, { attempts: 3, priority: 1 });
  const done = (await worker.done.take(3)).map(([, name]) => name);
  assert.deepEqual(done.sort(), ["a", "b", "ranked"]);
  assert.equal((await queue.getJob("1")).attemptsMade, 3);
});

test("a backoff of one's own, and an error that allows no more attempts", limit, async () => {
  const queue = openQueue("work");
  const asked = [];
  const backoffStrategy = (attempts, type, error) => {
    asked.push([attempts, type, error.message]);
    return 1;
  };
  const worker = openWorker("work", async ({ attemptsMade }) => {
    if (attemptsMade === 2) throw new UnrecoverableError("no more");
    throw new Error("not yet");
  }, { settings: { backoffStrategy } });
  await queue.add("job", {}, { attempts: 9, backoff: { type: "mine" } });
  await until(async () => (await queue.getFailedCount()) === 1);
  assert.deepEqual(asked, [[1, "mine", "not yet"], [2, "mine", "not yet"]]);
  const job = await queue.getJob("1");
  assert.deepEqual([job.attemptsMade, job.failedReason], [3, "no more"]);
  assert.equal((await worker.lost.take(3)).length, 3);
});

test("a job steps back by itself", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async (job, token) => {
    const step = job.data.step ?? 0;
    await job.updateData({ step: step + 1 });
    if (step === 0) {
      await job.moveToDelayed(Date.now() + 5, token);
      throw new DelayedError();
    }
    if (step === 1) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    return step;
  });
  await queue.add("job", {});
  const [job, result] = await worker.done.take();
  assert.equal(result, 2);
  assert.deepEqual([job.attemptsMade, job.attemptsStarted], [1, 3]);
});

test("a scheduler makes a job again and again", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async ({ data }) => data);
  const template = { name: "tick", data: { of: "clock" }, opts: { removeOnComplete: 2 } };
  await queue.upsertJobScheduler("clock", { every: 10, limit: 4 }, template);
  const done = await worker.done.take(4);
  for (const [job, result] of done) {
    assert.deepEqual([job.name, result, job.repeatJobKey], ["tick", { of: "clock" }, "clock"]);
  }
  assert.equal(new Set(done.map(([job]) => job.id)).size, 4);
  await until(async () => (await queue.count()) === 0);
  assert.equal(await queue.getCompletedCount(), 2);
});

test("schedulers are listed, changed and removed", limit, async () => {
  const queue = openQueue("work");
  await queue.upsertJobScheduler("hourly", { every: anHour }, { name: "a", data: { n: 1 } });
  await queue.upsertJobScheduler("yearly", { pattern: "0 0 1 1 *", tz: "Etc/UTC" }, { name: "b" });
  assert.equal(await queue.getJobSchedulersCount(), 2);
  const listed = await queue.getJobSchedulers(0, -1, true);
  assert.deepEqual(listed.map(({ key, name }) => [key, name]), [["hourly", "a"], ["yearly", "b"]]);
  const yearly = await queue.getJobScheduler("yearly");
  assert.deepEqual([yearly.pattern, yearly.tz], ["0 0 1 1 *", "Etc/UTC"]);
  assert.equal(new Date(yearly.next).toISOString().slice(4), "-01-01T00:00:00.000Z");
  await queue.upsertJobScheduler("hourly", { every: 2 * anHour }, { name: "c", data: { n: 2 } });
  const { every, template } = await queue.getJobScheduler("hourly");
  assert.deepEqual([every, template.data], [2 * anHour, { n: 2 }]);
  assert.equal(await queue.getJobSchedulersCount(), 2);
  assert.equal(await queue.removeJobScheduler("hourly"), true);
  assert.equal(await queue.removeJobScheduler("hourly"), false);
  assert.equal(await queue.getJobScheduler("hourly"), undefined);
  assert.deepEqual(names(await queue.getDelayed()), ["b"]);
  const [next] = await queue.getDelayed();
  await assert.rejects(next.remove(), /scheduler/i);
});

test("a scheduler goes on when its job fails", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async () => {
    throw new Error("on purpose");
  });
  await queue.upsertJobScheduler("clock", { every: 5 }, { name: "tick" });
  await worker.lost.take(3);
  assert.equal(await queue.removeJobScheduler("clock"), true);
  await until(async () => (await queue.getJobCountByTypes("active", "delayed", "wait")) === 0);
});

test("a worker takes no more jobs than its limit allows", limit, async () => {
  const [queue, limiter] = [openQueue("work"), { max: 3, duration: anHour }];
  const worker = openWorker("work", async () => {}, { limiter, maximumRateLimitDelay: 5 });
  await queue.addBulk(upTo(5).map(() => ({ name: "job", data: {} })));
  await worker.done.take(3);
  await until(async () => (await queue.getRateLimitTtl(3)) > 0);
  await until(async () => (await queue.getActiveCount()) === 0);
  assert.deepEqual(await queue.getJobCounts("completed", "wait"), { completed: 3, wait: 2 });
  await queue.removeRateLimitKey();
  await worker.done.take(2);
  assert.ok((await queue.getRateLimitTtl()) > 0);
});

test("within a short time more may come", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async () => {}, { limiter: { max: 2, duration: 20 } });
  await queue.addBulk(upTo(9).map(() => ({ name: "job", data: {} })));
  assert.equal((await worker.done.take(9)).length, 9);
});

test("all workers together take no more jobs than the queue allows", limit, async () => {
  const queue = openQueue("work");
  await queue.setGlobalRateLimit(4, anHour);
  assert.deepEqual(await queue.getGlobalRateLimit(), { max: 4, duration: anHour });
  for (const _ of upTo(3)) openWorker("work", async () => {}, { maximumRateLimitDelay: 5 });
  await queue.addBulk(upTo(10).map(() => ({ name: "job", data: {} })));
  await until(async () => (await queue.getCompletedCount()) === 4);
  await until(async () => (await queue.getActiveCount()) === 0);
  assert.equal(await queue.isMaxed(), false);
  await queue.removeGlobalRateLimit();
  await queue.removeRateLimitKey();
  await until(async () => (await queue.getCompletedCount()) === 10);
});

test("a job finds that there are too many", limit, async () => {
  const queue = openQueue("work");
  let refused = 0;
  const worker = openWorker("work", async ({ data }) => {
    if (refused < 2) {
      refused += 1;
      await queue.rateLimit(5);
      throw new RateLimitError();
    }
    return data.number;
  });
  await queue.addBulk(upTo(3).map((number) => ({ name: "job", data: { number } })));
  const done = await worker.done.take(3);
  assert.deepEqual(done.map(([, number]) => number).sort(), [0, 1, 2]);
  assert.deepEqual([refused, worker.lost.isEmpty], [2, true]);
});

test("a job whose worker was lost is done by another", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "stalled")];
  const lost = openHand("work", { lockDuration: 5, skipLockRenewal: true });
  await queue.addBulk(upTo(3).map((number) => ({ name: "job", data: { number } })));
  const taken = await lost.getNextJob("lost");
  await until(async () => (await client().exists(`bull:work:${taken.id}:lock`)) === 0);
  const worker = openWorker("work", async ({ data }) => data.number, { stalledInterval: 5 });
  const done = (await worker.done.take(3)).map(([, number]) => number);
  assert.deepEqual(done.sort(), [0, 1, 2]);
  assert.deepEqual(await events.seen.take(), ["stalled", { jobId: taken.id }]);
  assert.equal((await queue.getJob(taken.id)).stalledCounter, 1);
  await assert.rejects(taken.moveToCompleted("too late", "lost"), /Missing lock|not in the active/);
});

test("a job whose workers are lost too often fails", limit, async () => {
  const queue = openQueue("work");
  const lost = openHand("work", { lockDuration: 5, skipLockRenewal: true });
  await queue.add("job", {});
  const taken = await lost.getNextJob("lost");
  await until(async () => (await client().exists(`bull:work:${taken.id}:lock`)) === 0);
  openWorker("work", async () => {}, { stalledInterval: 5, maxStalledCount: 0 });
  await until(async () => (await queue.getFailedCount()) === 1);
  assert.equal((await queue.getJob(taken.id)).failedReason,
    "job stalled more than allowable limit");
});

test("a worker keeps the locks of long jobs", limit, async () => {
  const queue = openQueue("work");
  const worker = openWorker("work", async () => {
    const renewed = upTo(3).map(() => new Promise((done) => worker.once("locksRenewed", done)));
    await Promise.all(renewed);
    return "in time";
  }, { concurrency: 3, lockDuration: 60_000, lockRenewTime: 10 });
  await queue.addBulk(upTo(3).map(() => ({ name: "long", data: {} })));
  const done = await worker.done.take(3);
  assert.deepEqual(done.map(([, result]) => result), upTo(3).map(() => "in time"));
});

test("jobs that mean the same are added once in a time", limit, async () => {
  const queue = openQueue("work");
  const add = (ttl) => queue.add("job", {}, { deduplication: { id: "same", ttl } });
  assert.equal((await add(20)).id, (await add(20)).id);
  await until(async () => (await queue.getDeduplicationJobId("same")) === null);
  assert.notEqual((await add(anHour)).id, "1");
  assert.equal(await queue.getWaitingCount(), 2);
});
