"""What spans partitions is atomic: checked by clients that write and read at the same time.

Each scenario runs with one, four and eight partitions; the keys lie in different ones. In a
round every client sends its whole pipeline before any reply is read, so that the server has all of
them in its hands at once. The number of operations is bounded, the interleaving is the machine's; a
violation is one reply that no serial order explains. THESPIS_STRESS multiplies the rounds.
"""

import os

import resp
from suite import OK, ServerTest

# A sanitizer finds its faults in the first rounds or never, and takes long over each.
ROUNDS = (80 if os.environ.get("THESPIS_BUILD") else 250) * int(
    os.environ.get("THESPIS_STRESS", "1")
)
DEPTH = 32  # repetitions in a pipeline
KEYS = ["k0", "k1", "k2", "k3", "k10", "k11", "k12", "k13"]  # of eight partitions, each in another


def same(value):
    """The words of an MSET that gives all keys this value."""
    return [word for key in KEYS for word in (key, value)]


class Client:
    """Sends `commands(round)`, a list, and gives each reply to `check`."""

    def __init__(self, commands, check):
        self.commands = commands
        self.check = check


class Atomicity:
    """The scenarios; the classes below give them a server."""

    def run_clients(self, clients, rounds=ROUNDS):
        connections = [self.connect(timeout=60) for _ in clients]
        for number in range(rounds):
            batches = [client.commands(number) for client in clients]
            sent = [b"".join(resp.encode(*words) for words in batch) for batch in batches]
            turn = number % len(clients)
            for at in [*range(turn, len(clients)), *range(turn)]:
                connections[at].send(sent[at])
            for client, connection, batch in zip(clients, connections, batches):
                client.check([connection.read() for _ in batch])

    def writer(self, name):
        """MSETs all the keys to one value, which is new each time."""

        def check(replies):
            self.assertEqual(set(replies), {OK})

        return Client(
            lambda round: [("MSET", *same(f"{name}:{round}:{n}")) for n in range(DEPTH)], check
        )

    def repeat(self, command, allowed):
        """The same command again and again; `allowed(reply)` says whether a reply may be."""

        def check(replies):
            for reply in replies:
                self.assertTrue(allowed(reply), f"{' '.join(map(str, command))} -> {reply}")

        return Client(lambda _: [command] * DEPTH, check)

    def reader(self):
        return self.repeat(("MGET", *KEYS), lambda values: len(set(values)) == 1)

    def test_mget_never_sees_a_part_of_an_mset(self):
        self.run_clients(
            [
                self.writer("a"),
                self.reader(),
                self.writer("b"),
                self.reader(),
                self.writer("c"),
                self.reader(),
                self.writer("d"),
                self.reader(),
            ]
        )

    def test_sort_by_pattern_never_sees_a_part_of_an_mset(self):
        with self.server.connect() as connection:
            connection.call("RPUSH", "elements", *(key[1:] for key in KEYS))
        sort = self.repeat(("SORT", "elements", "GET", "k*"), lambda v: len(set(v)) == 1)
        self.run_clients([self.writer("a"), sort, self.writer("b"), sort], rounds=ROUNDS // 5)

    def test_a_later_counter_is_never_ahead_of_an_earlier_one(self):
        counters = ("k1", "k2", "k3")

        def pipelined(replies):
            for at in range(0, len(replies), 3):
                late = [int(value or 0) for value in replies[at : at + 3]]
                self.assertEqual(late, sorted(late), "GETs in reversed order")

        def at_once(values):
            numbers = [int(value or 0) for value in values]
            return numbers == sorted(numbers, reverse=True) and numbers[0] - numbers[2] <= 1

        raising = Client(
            lambda _: [("INCR", counter) for counter in counters] * DEPTH, lambda _: None
        )
        reading = Client(
            lambda _: [("GET", counter) for counter in reversed(counters)] * DEPTH, pipelined
        )
        self.run_clients(
            [
                raising,
                reading,
                self.repeat(("MGET", *counters), at_once),
                reading,
                self.repeat(("MGET", *counters), at_once),
            ]
        )

    def test_del_exists_and_dbsize_see_all_or_nothing(self):
        none_or_all = lambda n: n in (0, len(KEYS))  # noqa: E731
        self.run_clients(
            [
                self.writer("a"),
                self.repeat(("DEL", *KEYS), none_or_all),
                self.repeat(("EXISTS", *KEYS), none_or_all),
                self.writer("b"),
                self.repeat(("UNLINK", *KEYS), none_or_all),
                self.repeat(("TOUCH", *KEYS), none_or_all),
                self.repeat(("DBSIZE",), none_or_all),
                self.reader(),
                self.repeat(("KEYS", "*"), lambda keys: none_or_all(len(keys))),
            ]
        )

    def test_flushall_and_flushdb_take_everything_at_once(self):
        self.run_clients(
            [
                self.writer("a"),
                self.repeat(("FLUSHALL",), lambda reply: reply == OK),
                self.reader(),
                self.writer("b"),
                self.repeat(("FLUSHDB", "ASYNC"), lambda reply: reply == OK),
                self.repeat(("DBSIZE",), lambda n: n in (0, len(KEYS))),
            ]
        )

    def test_msetnx_has_one_winner_and_sets_all_or_nothing(self):
        def contender(name):
            return self.repeat(("MSETNX", *same(name)), lambda reply: reply in (0, 1))

        self.run_clients(
            [
                contender("a"),
                self.reader(),
                contender("b"),
                self.reader(),
                contender("c"),
                self.repeat(("DEL", *KEYS), lambda n: n in (0, len(KEYS))),
            ]
        )

    def test_a_renamed_key_is_always_somewhere_and_never_twice(self):
        with self.server.connect() as connection:
            connection.call("SET", "k0", "token")

        def mover(source, target):
            return self.repeat(
                ("RENAME", source, target),
                lambda reply: reply in (OK, resp.Error("ERR no such key")),
            )

        self.run_clients(
            [
                mover("k0", "k1"),
                self.repeat(("EXISTS", "k0", "k1", "k2"), lambda n: n == 1),
                mover("k1", "k2"),
                self.repeat(("DBSIZE",), lambda n: n == 1),
                mover("k2", "k0"),
                self.repeat(("KEYS", "*"), lambda keys: len(keys) == 1),
                mover("k2", "k1"),
                self.repeat(
                    ("MGET", "k2", "k1", "k0"),
                    lambda values: sorted(value or b"" for value in values) == [b"", b"", b"token"],
                ),
            ]
        )

    def test_renamenx_overwrites_nothing(self):
        with self.server.connect() as connection:
            connection.call("MSET", "k0", "one", "k1", "two")

        def mover(source, target):
            return self.repeat(
                ("RENAMENX", source, target),
                lambda reply: reply in (0, 1, resp.Error("ERR no such key")),
            )

        both = self.repeat(
            ("MGET", "k0", "k1", "k2", "k3"),
            lambda values: sorted(value for value in values if value) == [b"one", b"two"],
        )
        self.run_clients(
            [
                mover("k0", "k1"),
                both,
                mover("k1", "k2"),
                mover("k2", "k3"),
                both,
                mover("k3", "k0"),
                mover("k0", "k2"),
                both,
            ]
        )

    def test_a_copy_is_never_newer_than_its_source(self):
        with self.server.connect() as connection:
            connection.call("MSET", "k0", 0, "k11", 0)
        raising = Client(lambda _: [("INCR", "k0")] * DEPTH, lambda _: None)
        copying = self.repeat(("COPY", "k0", "k11", "REPLACE"), lambda reply: reply == 1)
        looking = self.repeat(
            ("MGET", "k0", "k11"), lambda values: int(values[1]) <= int(values[0])
        )
        last = [0]

        def grows(replies):
            for value in map(int, replies):
                self.assertGreaterEqual(value, last[0])
                last[0] = value

        self.run_clients(
            [
                raising,
                copying,
                looking,
                raising,
                copying,
                looking,
                Client(lambda _: [("GET", "k11")] * DEPTH, grows),
            ]
        )

    def test_swapdb_exchanges_all_keys_at_once(self):
        with self.server.connect() as connection:
            for database in (0, 1):
                connection.call("SELECT", database)
                connection.call("MSET", *same(f"from {database}"))
        swapper = self.repeat(("SWAPDB", 0, 1), lambda reply: reply == OK)
        self.run_clients(
            [
                swapper,
                self.reader(),
                self.reader(),
                swapper,
                self.reader(),
                self.repeat(("DBSIZE",), lambda n: n == len(KEYS)),
            ]
        )

    def test_lcs_compares_two_keys_at_one_moment(self):
        with self.server.connect() as connection:
            connection.call("MSET", "k1", "aaaaaa", "k10", "aaaaaa")
        setter = Client(
            lambda round: [("MSET", "k1", letter * 6, "k10", letter * 6) for letter in "abcdefgh"]
            * 4,
            lambda _: None,
        )
        reader = self.repeat(("LCS", "k1", "k10", "LEN"), lambda n: n == 6)
        self.run_clients([setter, reader, setter, reader, setter, reader])

    def test_commands_of_one_connection_happen_in_their_order(self):
        """Single keys, all keys, other kinds of command: what a client wrote, it reads."""

        def client(name):
            a, b, c = (f"{name}:{letter}" for letter in "abc")

            def commands(round):
                return [
                    ("SET", a, round),
                    ("GET", a),
                    ("MSET", b, round, c, round),
                    ("PING", "x"),
                    ("MGET", a, b, c),
                    ("RENAME", a, b),
                    ("GET", b),
                    ("CLIENT", "GETNAME"),
                    ("EXISTS", a, b, c),
                    ("DEL", b),
                    ("MGET", a, b, c),
                    ("INCR", c),
                    ("SELECT", 1),
                    ("GET", c),
                    ("SELECT", 0),
                    ("GET", c),
                    ("COPY", c, a),
                    ("GETDEL", a),
                    ("DEL", c),
                ]

            rounds = iter(range(10**9))

            def check(replies):
                round = next(rounds)
                old, new = b"%d" % round, b"%d" % (round + 1)
                self.assertEqual(
                    replies,
                    [
                        OK,
                        old,
                        OK,
                        b"x",
                        [old] * 3,
                        OK,
                        old,
                        None,
                        2,
                        1,
                        [None, None, old],
                        round + 1,
                        OK,
                        None,
                        OK,
                        new,
                        1,
                        new,
                        1,
                    ],
                )

            return Client(commands, check)

        self.run_clients([client(f"c{n}") for n in range(8)], rounds=ROUNDS * 2)
        with self.server.connect() as connection:
            self.assertEqual(connection.call("DBSIZE"), 0)

    def test_counters_lose_nothing(self):
        commands = [("INCR", key) for key in KEYS] + [("INCRBY", "k0", 2)]
        self.run_clients([Client(lambda _: commands, lambda _: None)] * 8)
        with self.server.connect() as connection:
            counts = connection.call("MGET", *KEYS)
        self.assertEqual(counts, [b"%d" % (ROUNDS * 8 * 3)] + [b"%d" % (ROUNDS * 8)] * 7)


class OnePartition(Atomicity, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Atomicity, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


class EightPartitions(Atomicity, ServerTest):
    OPTIONS = {"threads": 4, "partitions": 8}
