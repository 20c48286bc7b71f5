/**
 * BullMQ, a queue of jobs whose every step is a script: jobs that wait for other jobs, and what all
 * of it says as events of a stream.
 *
 *   node --test-reporter=spec bullmq_flows.js PORT [ioredis|redis]
 *
 * Each scenario begins with an empty server.
 */
"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { WaitingChildrenError } = require("bullmq");
const { upTo } = require("./inbox.js");
const {
  anHour, client, limit, openEvents, openFlows, openHand, openQueue, openSpeaker, openWorker,
  until,
} = require("./bullmq_parts.js");

const child = (name, more = {}) => ({ name, queueName: "children", data: { name }, ...more });

/** Fails for jobs whose name is `fails`, and tells all others' names. */
const work = async ({ name }) => {
  if (name === "fails") throw new Error("on purpose");
  return `result of ${name}`;
};

test("a parent waits for its children and sees their results", limit, async () => {
  const [flows, parents] = [openFlows(), openQueue("parents")];
  const { job, children } = await flows.add({
    name: "parent",
    queueName: "parents",
    data: { of: "three" },
    children: upTo(3).map((number) => child(`c${number}`)),
  });
  assert.equal(await job.getState(), "waiting-children");
  assert.equal(await parents.getWaitingChildrenCount(), 1);
  assert.deepEqual(await job.getDependenciesCount(), {
    failed: 0, ignored: 0, processed: 0, unprocessed: 3,
  });
  assert.equal((await job.getDependencies()).unprocessed.length, 3);
  openWorker("children", work);
  const parent = openWorker("parents", async (job) => job.getChildrenValues());
  const [done, values] = await parent.done.take();
  assert.equal(done.id, job.id);
  const expected = children.map(({ job }) => [`bull:children:${job.id}`, `result of ${job.name}`]);
  assert.deepEqual(values, Object.fromEntries(expected));
  assert.equal((await job.getDependenciesCount()).processed, 3);
});

test("a tree of jobs over several queues", limit, async () => {
  const flows = openFlows();
  const leaf = (number) => ({ name: `leaf ${number}`, queueName: "leaves", data: number });
  const branch = (number) => ({
    name: `branch ${number}`,
    queueName: "branches",
    data: {},
    children: upTo(3).map((part) => leaf(number * 3 + part)),
  });
  const root = { name: "root", queueName: "roots", data: {}, children: upTo(3).map(branch) };
  const tree = await flows.add(root);
  const found = await flows.getFlow({ id: tree.job.id, queueName: "roots", depth: 3 });
  assert.equal(found.job.name, "root");
  assert.deepEqual(found.children.map(({ job }) => job.name).sort(),
    ["branch 0", "branch 1", "branch 2"]);
  assert.deepEqual(
    found.children.flatMap(({ children }) => children.map(({ job }) => job.data)).sort(), upTo(9),
  );
  const sum = async (job) => Object.values(await job.getChildrenValues()).reduce((a, b) => a + b);
  openWorker("leaves", async ({ data }) => data, { concurrency: 4 });
  openWorker("branches", sum, { concurrency: 2 });
  const worker = openWorker("roots", sum);
  assert.equal((await worker.done.take())[1], 36);
});

test("a parent of many children", limit, async () => {
  const flows = openFlows();
  const children = upTo(300).map((number) => child("job", { data: number }));
  const { job } = await flows.add({ name: "parent", queueName: "parents", data: {}, children });
  const { nextUnprocessedCursor, unprocessed } = await job.getDependencies({
    unprocessed: { count: 50, cursor: 0 },
  });
  assert.ok(unprocessed.length >= 50 && nextUnprocessedCursor > 0);
  for (const _ of upTo(2)) openWorker("children", async ({ data }) => data, { concurrency: 10 });
  const worker = openWorker("parents", async (job) => {
    const values = Object.values(await job.getChildrenValues());
    return values.sort((a, b) => a - b);
  });
  assert.deepEqual((await worker.done.take())[1], upTo(300));
});

test("several flows at once, delayed and ranked", limit, async () => {
  const [flows, parents] = [openFlows(), openQueue("parents")];
  await flows.addBulk(upTo(5).map((number) => ({
    name: "parent",
    queueName: "parents",
    data: { number },
    opts: { priority: 5 - number },
    children: [
      child("delayed", { opts: { delay: 10 } }),
      child("ranked", { opts: { priority: 1 } }),
    ],
  })));
  openWorker("children", work);
  await until(async () => (await parents.getPrioritizedCount()) === 5);
  const worker = openWorker("parents", async ({ data }) => data.number);
  const done = (await worker.done.take(5)).map(([, number]) => number);
  assert.deepEqual(done, [4, 3, 2, 1, 0]);
});

for (const [option, outcome] of [
  ["failParentOnFailure", "failed"],
  ["ignoreDependencyOnFailure", "completed"],
  ["removeDependencyOnFailure", "completed"],
]) {
  test(`a child that fails, ${option}`, limit, async () => {
    const [flows, parents] = [openFlows(), openQueue("parents")];
    const { job } = await flows.add({
      name: "parent",
      queueName: "parents",
      data: {},
      children: [child("fails", { opts: { [option]: true } }), child("works")],
    });
    openWorker("children", work);
    openWorker("parents", async (job) => ({
      failures: Object.values(await job.getIgnoredChildrenFailures()),
      values: Object.values(await job.getChildrenValues()),
    }));
    await until(async () => (await parents.getJobState(job.id)) === outcome);
    const parent = await parents.getJob(job.id);
    if (outcome === "failed") {
      assert.match(parent.failedReason, /^child bull:children:.* failed$/);
    } else {
      const failures = option === "removeDependencyOnFailure" ? [] : ["on purpose"];
      assert.deepEqual(parent.returnvalue, { failures, values: ["result of works"] });
    }
  });
}

test("a parent goes on at once when a child fails", limit, async () => {
  const [flows, children] = [openFlows(), openQueue("children")];
  const { job } = await flows.add({
    name: "parent",
    queueName: "parents",
    data: {},
    children: [
      child("fails", { opts: { continueParentOnFailure: true } }),
      child("never", { opts: { delay: anHour } }),
    ],
  });
  openWorker("children", work);
  const worker = openWorker("parents", async (job) => {
    await job.removeUnprocessedChildren();
    return Object.values(await job.getIgnoredChildrenFailures());
  });
  const [parent, failures] = await worker.done.take();
  assert.deepEqual([parent.id, failures], [job.id, ["on purpose"]]);
  assert.equal(await children.getDelayedCount(), 0);
});

test("a parent cannot be done before its children", limit, async () => {
  const [flows, hand] = [openFlows(), openHand("parents")];
  await flows.add({
    name: "parent",
    queueName: "parents",
    data: {},
    children: [
      child("fails", { opts: { continueParentOnFailure: true } }),
      child("never", { opts: { delay: anHour } }),
    ],
  });
  openWorker("children", work);
  let parent;
  await until(async () => (parent = await hand.getNextJob("token", { block: false })));
  await assert.rejects(parent.moveToCompleted("early", "token"), /has pending dependencies/);
  assert.equal(await parent.getState(), "active");
});

test("a failure goes up to the grandparent", limit, async () => {
  const [flows, roots] = [openFlows(), openQueue("roots")];
  const opts = { failParentOnFailure: true };
  const { job } = await flows.add({
    name: "root",
    queueName: "roots",
    data: {},
    children: [{
      name: "parent",
      queueName: "parents",
      data: {},
      opts,
      children: [child("fails", { opts }), child("works")],
    }],
  });
  for (const name of ["children", "parents", "roots"]) openWorker(name, work);
  await until(async () => (await roots.getJobState(job.id)) === "failed");
  assert.match((await roots.getJob(job.id)).failedReason, /^child bull:parents:.* failed$/);
});

test("a job adds children while it runs and waits for them", limit, async () => {
  const [parents, children] = [openQueue("parents"), openQueue("children")];
  openWorker("children", work);
  const worker = openWorker("parents", async (job, token) => {
    if (!job.data.asked) {
      const parent = { id: job.id, queue: job.queueQualifiedName };
      for (const number of upTo(3)) await children.add(`c${number}`, {}, { parent });
      await job.updateData({ asked: true });
      if (await job.moveToWaitingChildren(token)) throw new WaitingChildrenError();
    }
    return Object.values(await job.getChildrenValues()).sort();
  });
  await parents.add("parent", {});
  const [, values] = await worker.done.take();
  assert.deepEqual(values, upTo(3).map((number) => `result of c${number}`));
});

test("a child is no longer waited for", limit, async () => {
  const [flows, hand] = [openFlows(), openHand("parents")];
  const { job, children } = await flows.add({
    name: "parent",
    queueName: "parents",
    data: {},
    children: [child("a"), child("b")],
  });
  assert.equal(await children[0].job.removeChildDependency(), true);
  assert.equal((await job.getDependenciesCount()).unprocessed, 1);
  await children[1].job.remove();
  assert.equal((await hand.getNextJob("token")).id, job.id);
});

test("a parent takes its children with it", limit, async () => {
  const [flows, parents, children] = [openFlows(), openQueue("parents"), openQueue("children")];
  const flow = (name) => ({
    name, queueName: "parents", data: {}, children: upTo(20).map((n) => child(`c${n}`)),
  });
  const [first, second, third] = await flows.addBulk([flow("a"), flow("b"), flow("c")]);
  assert.equal(await children.getWaitingCount(), 60);
  await first.job.remove();
  assert.equal(await children.getWaitingCount(), 40);
  assert.equal(await parents.remove(second.job.id, { removeChildren: false }), 1);
  assert.equal(await children.getWaitingCount(), 40);
  await third.job.removeUnprocessedChildren();
  assert.equal(await children.getWaitingCount(), 20);
  assert.equal(await third.job.getState(), "waiting");
  await parents.obliterate({ force: true });
  await children.obliterate({ force: true });
  assert.deepEqual(await client().keys("bull:parents:*"), []);
  assert.deepEqual(await client().keys("bull:children:*"), []);
});

test("children of the same id are waited for once", limit, async () => {
  const flows = openFlows();
  const children = upTo(2).map(() => child("same", { opts: { jobId: "same" } }));
  const { job } = await flows.add({ name: "parent", queueName: "parents", data: {}, children });
  assert.equal((await job.getDependenciesCount()).unprocessed, 1);
  openWorker("children", work);
  const worker = openWorker("parents", async (job) => job.getChildrenValues());
  assert.deepEqual((await worker.done.take())[1], { "bull:children:same": "result of same" });
});

test("events tell the life of a job in order", limit, async () => {
  const [queue, kinds] = [openQueue("work"), ["added", "waiting", "active", "completed", "failed"]];
  const events = openEvents("work", ...kinds);
  const worker = openWorker("work", work);
  await queue.add("works", {});
  await worker.done.take();
  await queue.add("fails", {});
  await worker.lost.take();
  assert.deepEqual(await events.seen.take(8), [
    ["added", { jobId: "1", name: "works" }],
    ["waiting", { jobId: "1" }],
    ["active", { jobId: "1", prev: "waiting" }],
    ["completed", { jobId: "1", returnvalue: "result of works", prev: "active" }],
    ["added", { jobId: "2", name: "fails" }],
    ["waiting", { jobId: "2" }],
    ["active", { jobId: "2", prev: "waiting" }],
    ["failed", { jobId: "2", failedReason: "on purpose", prev: "active" }],
  ]);
});

test("events of a whole flow", limit, async () => {
  const [flows, events] = [openFlows(), openEvents("parents", "waiting-children", "waiting")];
  await flows.add({ name: "parent", queueName: "parents", data: {}, children: [child("a")] });
  openWorker("children", work);
  const seen = await events.seen.take(2);
  assert.deepEqual(seen.map(([event, said]) => [event, said.prev]),
    [["waiting-children", undefined], ["waiting", "waiting-children"]]);
});

test("several readers see all events", limit, async () => {
  const queue = openQueue("work");
  const readers = upTo(5).map(() => openEvents("work", "completed"));
  openWorker("work", async ({ data }) => data, { concurrency: 5 });
  await queue.addBulk(upTo(100).map((number) => ({ name: "job", data: number })));
  for (const reader of readers) {
    const seen = (await reader.seen.take(100)).map(([, { returnvalue }]) => returnvalue);
    assert.deepEqual(seen.sort((a, b) => a - b), upTo(100));
  }
});

test("events of one's own", limit, async () => {
  const [speaker, events] = [openSpeaker("work"), openEvents("work", "mine")];
  for (const number of upTo(10)) await speaker.publishEvent({ eventName: "mine", number });
  const seen = await events.seen.take(10);
  assert.deepEqual(seen.map(([, { number }]) => number), upTo(10).map(String));
});

test("old events are forgotten", limit, async () => {
  const queue = openQueue("work", { streams: { events: { maxLen: 20 } } });
  await queue.waitUntilReady();
  await queue.addBulk(upTo(500).map((number) => ({ name: "job", data: number })));
  assert.ok((await client().xlen("bull:work:events")) < 500);
  await queue.trimEvents(0);
  assert.equal(await client().xlen("bull:work:events"), 0);
});

test("the queue is drained when the last job is done", limit, async () => {
  const [queue, events] = [openQueue("work"), openEvents("work", "drained")];
  const worker = openWorker("work", work);
  await queue.add("a", {});
  await worker.done.take();
  const [[event]] = await events.seen.take(1);
  assert.equal(event, "drained");
});
