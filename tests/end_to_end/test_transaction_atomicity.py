"""Transactions over several partitions, and beside others'."""

import random
import time
import unittest

import resp
from suite import OK, ServerTest, oracle_binary, run_together
from test_atomicity import DEPTH, KEYS, ROUNDS, Atomicity, Client, same
from transactions import QUEUED, Scenarios, block


class Spread(Scenarios):
    """Requests whose keys are in different partitions, inside of a transaction."""

    def test_keys_in_many_places(self):
        reply = self.transact(
            ("MSET", *same("v")),
            ("MGET", *KEYS, "none"),
            ("DBSIZE",),
            ("EXISTS", *KEYS, "none"),
            ("RENAME", "k0", "k20"),
            ("GET", "k20"),
            ("COPY", "k20", "k0"),
            ("COPY", "k20", "k1"),
            ("APPEND", "k0", "w"),
            ("MGET", "k0", "k20", "k1"),
            ("DEL", "k20", "k1", "k2", "none"),
            ("MSETNX", "k1", 1, "k3", 1),
            ("UNLINK", "k10", "k11", "k12", "k13"),
            ("TOUCH", "k0", "k3", "k10"),
            ("DBSIZE",),
        )
        v = b"v"
        expected = [OK, [v] * 8 + [None], 8, 8, OK, v, 1, 0, 2, [b"vw", v, v], 3, 0, 4, 2, 2]
        self.assertEqual(reply, expected)
        self.assertEqual(self.call("MGET", "k0", "k3", "k1"), [b"vw", v, None])

    def test_lists_and_sets_in_many_places(self):
        reply = self.transact(
            ("RPUSH", "k0", 1, 2, 3),
            ("LMOVE", "k0", "k1", "LEFT", "LEFT"),
            ("RPOPLPUSH", "k0", "k2"),
            ("LMPOP", 3, "k3", "k1", "k2", "LEFT"),
            ("LRANGE", "k2", 0, -1),
            ("SADD", "k10", "a", "b"),
            ("SADD", "k11", "b", "c"),
            ("SUNIONSTORE", "k12", "k10", "k11"),
            ("SINTER", "k10", "k11"),
            ("SDIFF", "k12", "k10"),
            ("SMOVE", "k10", "k11", "a"),
            ("SINTERCARD", 2, "k11", "k12"),
            ("ZADD", "k13", 1, "m"),
            ("ZUNIONSTORE", "k3", 2, "k13", "k11"),
            ("ZCARD", "k3"),
            ("PFADD", "h1", 1, 2),
            ("PFADD", "h2", 2, 3),
            ("PFCOUNT", "h1", "h2"),
            ("BITOP", "AND", "b3", "none1", "none2"),
            ("KEYS", "b*"),
        )
        self.assertEqual(
            reply,
            [3, b"1", b"3", [b"k1", [b"1"]], [b"3"], 2, 2, 3, [b"b"], [b"c"], 1, 3]
            + [1, 4, 4, 1, 1, 3, 0, []],
        )

    def test_sort_by_other_keys(self):
        reply = self.transact(
            ("RPUSH", "l", 0, 1, 2, 3),
            ("MSET", "k0", 40, "k1", 30, "k2", 20, "k3", 10),
            ("SORT", "l", "BY", "k*"),
            ("SORT", "l", "BY", "k*", "GET", "#", "GET", "k*", "LIMIT", 0, 2),
            ("SET", "k3", 50),
            ("SORT", "l", "BY", "k*", "STORE", "sorted"),
            ("LRANGE", "sorted", 0, -1),
        )
        self.assertEqual(reply[2], [b"3", b"2", b"1", b"0"])
        self.assertEqual(reply[3], [b"3", b"10", b"2", b"20"])
        self.assertEqual(reply[4:], [OK, 4, [b"2", b"1", b"0", b"3"]])

    def test_streams_in_two_places(self):
        reply = self.transact(
            ("XADD", "k0", "1-1", "f", "v"),
            ("XADD", "k1", "2-1", "g", "w"),
            ("XREAD", "STREAMS", "k0", "k1", "k2", 0, 0, 0),
            ("XREAD", "BLOCK", 0, "STREAMS", "k1", "k0", "$", "0"),
            ("XGROUP", "CREATE", "k0", "g", 0),
            ("XGROUP", "CREATE", "k1", "g", 0),
            ("XREADGROUP", "GROUP", "g", "c", "STREAMS", "k1", "k0", ">", ">"),
        )
        one = [b"k0", [[b"1-1", [b"f", b"v"]]]]
        two = [b"k1", [[b"2-1", [b"g", b"w"]]]]
        self.assertEqual(reply, [b"1-1", b"2-1", [one, two], [one], OK, OK, [two, one]])

    def test_the_whole_database(self):
        reply = self.transact(
            ("RANDOMKEY",),
            ("SET", "only", 1),
            ("RANDOMKEY",),
            ("OBJECT", "ENCODING", "only"),
            ("MSET", *same(1)),
            ("KEYS", "*"),
            ("SELECT", 1),
            ("MSET", "a", 1, "b", 2, "c", 3),
            ("DBSIZE",),
            ("SWAPDB", 0, 1),
            ("DBSIZE",),
            ("FLUSHDB",),
            ("DBSIZE",),
            ("SELECT", 0),
            ("KEYS", "?"),
            ("MOVE", "a", 1),
            ("FLUSHALL",),
            ("DBSIZE",),
            ("SET", "after", 1),
            ("DBSIZE",),
        )
        self.assertEqual(reply[:5], [None, OK, b"only", b"int", OK])
        self.assertEqual(sorted(reply[5]), sorted([b"only"] + [key.encode() for key in KEYS]))
        self.assertEqual(reply[6:14], [OK, OK, 3, OK, 9, OK, 0, OK])
        self.assertEqual(sorted(reply[14]), [b"a", b"b", b"c"])
        self.assertEqual(reply[15:], [1, OK, 0, OK, 1])

    def test_a_whole_scan_step_by_step(self):
        names = {b"key:%d" % number for number in range(2000)}
        self.call("MSET", *(word for name in names for word in (name, 1)))
        found, cursor = [], b"0"
        while True:
            cursor, part = self.transact(("SET", "x", 1), ("SCAN", cursor, "COUNT", 50))[1]
            found += part
            if cursor == b"0":
                break
        self.assertEqual(set(found), names | {b"x"})

    def fill(self, count):
        """A set `big`, and keys `key:0`, ..., so many of each."""
        for start in range(0, count, 10_000):
            numbers = range(start, start + 10_000)
            self.call("SADD", "big", *numbers)
            self.call("MSET", *(word for n in numbers for word in (f"key:{n}", n)))

    def test_what_is_long_beside_what_is_short(self):
        count = 100_000
        self.fill(count)
        members = {b"%d" % number for number in range(count)}
        names = {b"key:%d" % number for number in range(count)}
        short = [("INCR", "n"), ("MGET", "key:1", "key:2"), ("SISMEMBER", "big", 7)]
        answers = lambda n: [n, [b"1", b"2"], 1]
        for long, checked in ((("SMEMBERS", "big"), members), (("KEYS", "key:*"), names)):
            for order in ([long, *short], [*short, long, *short], [*short, long]):
                with self.subTest(f"{order[0][0]} ... {order[-1][0]}, {long[0]}"):
                    self.call("DEL", "n")
                    reply = self.transact(*order)
                    at = order.index(long)
                    self.assertEqual(set(reply[at]), checked)
                    self.assertEqual(len(reply[at]), count)
                    del reply[at]
                    expected = answers(1) + (answers(2) if len(reply) == 6 else [])
                    self.assertEqual(reply, expected)
        reply = self.transact(
            ("SMEMBERS", "big"),
            ("SADD", "big", "new"),
            ("KEYS", "*"),
            ("SCARD", "big"),
            ("SMEMBERS", "big"),
            ("FLUSHALL",),
            ("DBSIZE",),
            ("KEYS", "*"),
        )
        self.assertEqual(set(reply[4]) - set(reply[0]), {b"new"})
        self.assertEqual(len(reply[2]), count + 2)
        self.assertEqual([reply[1], reply[3], *reply[5:]], [1, count + 1, OK, 0, []])

    def test_nobody_comes_between_what_is_long_and_what_is_short(self):
        self.fill(50_000)
        increment = ("INCR", "n")
        long = block(
            increment, ("SMEMBERS", "big"), increment, ("KEYS", "key:*"), ("MGET", "n", "key:1")
        )

        def worker():
            with self.server.connect(timeout=60) as connection:
                for _ in range(5):
                    first, members, second, names, values = connection.pipeline(long)[-1]
                    self.assertEqual((len(members), len(names)), (50_000, 50_000))
                    self.assertEqual([second, int(values[0])], [first + 1] * 2)

        def meanwhile():
            with self.server.connect(timeout=60) as connection:
                for _ in range(100):
                    connection.pipeline([increment] * 20 + [("SET", "key:1", 1)])

        run_together(worker, worker, meanwhile, meanwhile)
        self.assertEqual(self.call("GET", "n"), b"%d" % (2 * 5 * 2 + 2 * 100 * 20))


def some_request(chance):
    """One that can be in a transaction, over any of four keys that lie apart."""
    a, b = chance.choice(KEYS[:4]), chance.choice(KEYS[:4])
    number = chance.randrange(1000)
    return chance.choice(
        (
            ("INCR", a),
            ("SET", a, number),
            ("GET", a),
            ("MGET", a, b),
            ("MSET", a, number, b, number),
            ("MSETNX", a, number, b, number),
            ("RENAME", a, b),
            ("COPY", a, b, "REPLACE"),
            ("DEL", a, b),
            ("RPUSH", a, number),
            ("LMOVE", a, b, "LEFT", "RIGHT"),
            ("BLPOP", a, b, 0.001),
            ("APPEND", a, "x" * chance.choice((1, 1, 10, 2000))),
        )
    )


def some_pipeline(chance):
    """Requests of any kind, one or several of them in a transaction."""
    alone = (("PING",), ("DBSIZE",), ("GET",), ("NOSUCH",), ("MULTI",), ("EXEC",), ("UNWATCH",))
    script = "return redis.call('get', KEYS[1])"
    requests = []
    for _ in range(chance.randrange(1, 20)):
        what = chance.random()
        if what < 0.1:
            requests.append(chance.choice(alone))
        elif what < 0.15:
            requests.append(("EVAL", script, 1, chance.choice(KEYS[:4])))
        elif what < 0.25:
            requests.append(("WATCH", chance.choice(KEYS[:4]), chance.choice(KEYS[:4])))
        elif what < 0.5:
            requests.append(some_request(chance))
        else:
            inner = [some_request(chance) for _ in range(chance.randrange(5))]
            if chance.random() < 0.1:
                inner.append(chance.choice(alone))
            requests += block(*inner)
    return requests + [("DISCARD",)]


class Together(Scenarios):
    """What clients at the same time see of transactions."""

    run_clients = Atomicity.run_clients

    def test_transfers_never_change_the_sum(self):
        self.call("MSET", *same(1000))

        def transfers(number):
            def commands(round_):
                requests = []
                for step in range(DEPTH // 4):
                    source = KEYS[(number + round_ + step) % 8]
                    target = KEYS[(number * 3 + round_ * 5 + step * 7 + 1) % 8]
                    amount = number + step + 1
                    requests += block(("DECRBY", source, amount), ("INCRBY", target, amount))
                return requests

            def check(replies):
                for at in range(0, len(replies), 4):
                    self.assertEqual(replies[at : at + 3], [OK, QUEUED, QUEUED])
                    self.assertEqual([type(value) for value in replies[at + 3]], [int, int])

            return Client(commands, check)

        def reads(commands):
            def check(replies):
                found = [reply for reply in replies if isinstance(reply, list)]
                self.assertEqual(len(found), replies.count(OK) or len(replies))
                for values in found:
                    self.assertEqual(sum(map(int, values)), 8000, values)

            return Client(lambda _: commands, check)

        readers = [
            reads([("MGET", *KEYS)] * 8),
            reads(block(*(("GET", key) for key in KEYS)) * 4),
            reads(block(*(("GET", key) for key in reversed(KEYS))) * 4),
        ]
        self.run_clients([transfers(n) for n in range(6)] + readers, rounds=ROUNDS // 2)

    def test_a_pipeline_answers_what_its_requests_answer_one_by_one(self):
        seed = random.randrange(1 << 30)
        chance = random.Random(seed)
        whole, single = self.connect(timeout=60), self.connect(timeout=60)
        single.call("SELECT", 1)
        for _ in range(ROUNDS // 2):
            requests = some_pipeline(chance)
            expected = [single.call(*words) for words in requests]
            sent = b"".join(resp.encode(*words) for words in requests)
            cut = chance.randrange(len(sent)) if chance.random() < 0.2 else 0
            if cut:
                whole.send(sent[:cut])
                time.sleep(0.001)
            whole.send(sent[cut:])
            replies = [whole.read() for _ in requests]
            self.assertEqual(replies, expected, f"seed {seed}: {requests}")

    def test_pipelines_of_every_kind_beside_each_other(self):
        """What each of them changes together is the same for all who look."""
        self.call("MSET", *same(0))

        def writer(number):
            def commands(round_):
                requests = []
                for step in range(DEPTH // 2):
                    a, b = KEYS[(number + step) % 4], KEYS[4 + (number + round_) % 4]
                    requests += block(("INCR", a), ("INCR", b), ("DECR", a), ("DECR", b))
                    requests += [("INCR", f"own:{number}"), ("RENAME", a, a), ("MGET", a, b)]
                return requests

            def check(replies):
                for at in range(0, len(replies), 9):
                    _, *queued, done, _, _, values = replies[at : at + 9]
                    self.assertEqual(queued, [QUEUED] * 4)
                    self.assertEqual(done, [1, 1, 0, 0])
                    self.assertEqual(values, [b"0", b"0"])

            return Client(commands, check)

        self.run_clients([writer(number) for number in range(6)], rounds=ROUNDS // 5)
        for number in range(6):
            count = b"%d" % (ROUNDS // 5 * (DEPTH // 2))
            self.assertEqual(self.call("GET", f"own:{number}"), count)

    def test_optimistic_increments_lose_nothing(self):
        keys = ["k0", "k1"]

        def worker():
            with self.server.connect(timeout=60) as connection:
                done = 0
                while done < 60:
                    key = keys[done % 2]
                    _, value = connection.pipeline([("WATCH", key), ("GET", key)])
                    new = int(value or 0) + 1
                    replies = connection.pipeline(block(("SET", key, new), ("INCR", "all")))
                    if replies[-1] is not None:
                        self.assertEqual(replies[-1][0], OK)
                        done += 1

        run_together(*[worker] * 6)
        self.assertEqual(self.call("MGET", "k0", "k1", "all"), [b"180", b"180", b"360"])

    def test_optimistic_changes_of_keys_that_lie_apart_lose_nothing(self):
        self.call("MSET", *same(0))

        def worker(number):
            with self.server.connect(timeout=60) as connection:
                done = 0
                while done < 40:
                    pair = KEYS[number], KEYS[(number + 1 + done) % 8]
                    values = connection.pipeline([("WATCH", *pair), ("MGET", *pair)])[1]
                    new = [(key, int(value) + 1) for key, value in zip(pair, values)]
                    if pair[0] == pair[1]:
                        new[1] = (pair[1], new[0][1] + 1)
                    sets = [("SET", key, value) for key, value in new]
                    done += connection.pipeline(block(*sets))[-1] is not None

        run_together(*[lambda number=number: worker(number) for number in range(6)])
        self.assertEqual(sum(map(int, self.call("MGET", *KEYS))), 6 * 40 * 2)

    def test_renames_beside_mset(self):
        self.call("MSET", *same("x"))

        def swaps(a, b):
            def check(replies):
                self.assertEqual(replies, [OK, QUEUED, QUEUED, QUEUED, [OK] * 3] * 6)

            name = f"{a}:{b}"
            names = [("RENAME", a, name), ("RENAME", b, a), ("RENAME", name, b)]
            return Client(lambda _: block(*names) * 6, check)

        def writer(name):
            def check(replies):
                self.assertEqual(set(replies), {OK})

            return Client(lambda n: [("MSET", *same(f"{name}:{n}:{m}")) for m in range(8)], check)

        def check_read(replies):
            for reply in replies:
                if isinstance(reply, list):
                    values = reply if len(reply) == 8 else [reply[0], *reply[1]]
                    self.assertEqual(len(set(values)), 1, reply)
                    self.assertIsNotNone(values[0])

        reader = Client(
            lambda _: [("MGET", *KEYS), *block(("GET", "k13"), ("MGET", *KEYS[:7]))] * 4,
            check_read,
        )
        clients = [swaps("k0", "k1"), writer("a"), reader, swaps("k2", "k10"), writer("b")]
        self.run_clients([*clients, swaps("k1", "k13"), reader], rounds=ROUNDS // 2)
        self.assertEqual(self.call("DBSIZE"), 8)

    def test_elements_that_move_are_never_lost(self):
        lists = KEYS[:4]
        self.call("RPUSH", "k0", *range(40))

        def moves(*order):
            moved = [("LMOVE", a, b, "LEFT", "RIGHT") for a, b in zip(order, order[1:])]

            def check(replies):
                self.assertEqual(replies.count(QUEUED), len(moved) * 6)
                for reply in replies[len(moved) + 1 :: len(moved) + 2]:
                    self.assertTrue(all(isinstance(v, (bytes, type(None))) for v in reply), reply)

            return Client(lambda _: block(*moved) * 6, check)

        def check_lengths(replies):
            for reply in replies[5::6]:
                self.assertEqual(sum(reply), 40)

        lengths = Client(lambda _: block(*(("LLEN", key) for key in lists)) * 4, check_lengths)
        others = Client(lambda _: [("MSET", "k10", 1, "k11", 1, "k12", 1)] * 8, lambda _: None)
        clients = [moves(*lists, "k0"), moves("k3", "k1", "k2", "k0"), lengths, others]
        self.run_clients([*clients, moves("k0", "k2"), lengths], rounds=ROUNDS // 2)
        left = [element for key in lists for element in self.call("LRANGE", key, 0, -1)]
        self.assertEqual(sorted(map(int, left)), list(range(40)))

    def test_flushes_beside_transactions(self):
        def check(replies):
            for reply in replies:
                if isinstance(reply, list):
                    self.assertEqual(reply, [OK, 8, OK])

        writer = Client(
            lambda n: block(("MSET", *same(n)), ("EXISTS", *KEYS), ("SET", "k0", n)) * 4, check
        )
        counts = Client(
            lambda _: [("DBSIZE",)] * 8,
            lambda replies: self.assertLessEqual(set(replies), {0, 8}),
        )
        flush = Client(lambda _: [("FLUSHALL",), *block(("FLUSHDB",), ("PING",))], lambda _: None)
        self.run_clients([writer, flush, counts, writer, counts], rounds=ROUNDS // 4)

    def test_watches_come_and_go_beside_writes(self):
        def watches(number):
            commands = []
            for key in KEYS:
                commands += [("WATCH", key, "k0"), *block(("INCR", f"count:{number}"))]
                commands += [("WATCH", key), ("UNWATCH",)]

            def check(replies):
                for at in range(0, len(replies), 6):
                    self.assertEqual(replies[at : at + 3], [OK, OK, QUEUED])
                    ran = replies[at + 3]
                    self.assertTrue(ran is None or isinstance(ran[0], int))
                    self.counted += ran is not None

            return Client(lambda _: commands, check)

        self.counted = 0
        writer = Client(lambda n: [("MSET", *same(n)), ("DEL", "k0")] * 4, lambda _: None)
        clients = [watches(0), writer, watches(1), writer, watches(2), watches(3)]
        self.run_clients(clients, rounds=ROUNDS // 2)
        counts = self.call("MGET", *(f"count:{number}" for number in range(4)))
        self.assertEqual(sum(int(count or 0) for count in counts), self.counted)


class OnePartition(Spread, Together, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Spread, Together, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Spread, Together, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
