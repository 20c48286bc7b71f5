"""SORT over keys of all partitions: elements, weights, fields and the destination lie apart."""

import random

from suite import ServerTest, error, run_together

ELEMENTS = 300
KEYS = ["k0", "k1", "k2", "k3", "k10", "k11", "k12", "k13"]  # of eight partitions, each in another


class Sort:
    """The scenarios; the classes below give them a server."""

    def fill(self, connection, seed=1):
        """Elements 0 … in any order, weights and fields of their own; returns the weights."""
        order = list(range(ELEMENTS))
        random.Random(seed).shuffle(order)
        weights = [n * 7919 % 10007 for n in range(ELEMENTS)]
        connection.call("RPUSH", "list", *order)
        connection.call("SADD", "set", *order)
        connection.call("ZADD", "zset", *(word for n in order for word in (n % 3, n)))
        connection.pipeline([("SET", f"weight_{n}", weights[n]) for n in range(ELEMENTS)])
        connection.pipeline(
            [
                ("HSET", f"object_{n}", "rank", -weights[n], "name", f"name {n}")
                for n in range(ELEMENTS)
            ]
        )
        return weights

    def test_weights_and_fields_of_all_partitions_are_found(self):
        connection = self.connect()
        weights = self.fill(connection)
        ranked = sorted(range(ELEMENTS), key=lambda n: weights[n])
        plain = [b"%d" % n for n in ranked]
        for key in ("list", "set", "zset"):
            with self.subTest(key):
                self.assertEqual(connection.call("SORT", key, "BY", "weight_*"), plain)
                self.assertEqual(
                    connection.call("SORT_RO", key, "BY", "object_*->rank", "LIMIT", 5, 20),
                    plain[::-1][5:25],
                )
                self.assertEqual(
                    connection.call(
                        "SORT", key, "BY", "weight_*", "GET", "object_*->name", "GET", "nothing_*"
                    ),
                    [word for n in ranked for word in (b"name %d" % n, None)],
                )

    def test_the_result_is_stored_in_any_partition(self):
        connection = self.connect()
        weights = self.fill(connection)
        ranked = sorted(range(ELEMENTS), key=lambda n: weights[n])
        for key in KEYS:
            connection.call("SET", key, "replaced", "EX", 1000)
            stored = ("SORT", "list", "BY", "weight_*", "GET", "#", "GET", "weight_*", "STORE", key)
            self.assertEqual(connection.call(*stored), 2 * ELEMENTS)
            self.assertEqual(
                connection.call("LRANGE", key, 0, -1),
                [b"%d" % number for n in ranked for number in (n, weights[n])],
            )
            self.assertEqual(connection.call("TTL", key), -1)
            # Without patterns only two partitions meet.
            self.assertEqual(connection.call("SORT", "set", "DESC", "STORE", key), ELEMENTS)
            self.assertEqual(
                connection.call("LRANGE", key, 0, 1), [b"%d" % (ELEMENTS - n) for n in (1, 2)]
            )
            self.assertEqual(connection.call("SORT", "none", "BY", "weight_*", "STORE", key), 0)
            self.assertEqual(connection.call("EXISTS", key), 0)

    def test_a_weight_that_is_no_number_leaves_the_destination_alone(self):
        connection = self.connect()
        self.fill(connection)
        connection.call("SET", "to", "stays")
        connection.call("SET", "weight_7", "seven")
        self.assertEqual(
            connection.call("SORT", "list", "BY", "weight_*", "STORE", "to"),
            error("ERR One or more scores can't be converted into double"),
        )
        self.assertEqual(connection.call("GET", "to"), b"stays")

    def test_a_pipeline_sees_its_own_weights(self):
        connection = self.connect()
        connection.call("RPUSH", "list", 1, 2, 3)
        for turn in range(50):
            replies = connection.pipeline(
                [
                    ("MSET", "w_1", turn, "w_2", -turn, "w_3", 0),
                    ("SORT", "list", "BY", "w_*", "GET", "w_*"),
                    ("SORT", "list", "BY", "w_*", "STORE", "w_1"),
                    ("LLEN", "w_1"),
                ]
            )
            expected = [b"%d" % -turn, b"0", b"%d" % turn]
            self.assertEqual(replies[1:], [expected, 3, 3])

    def test_clients_that_store_over_each_other_leave_whole_results(self):
        with self.server.connect() as connection:
            self.fill(connection)

        def work(number):
            with self.server.connect() as connection:
                key = KEYS[number]
                for _ in range(40):
                    connection.call("SORT", "list", "BY", "weight_*", "STORE", key)
                    connection.call("SORT", key, "DESC", "GET", "object_*->name", "STORE", "shared")
                    length = connection.call("LLEN", "shared")
                    if length != ELEMENTS:
                        raise AssertionError(f"LLEN -> {length}")

        run_together(*[lambda n=n: work(n) for n in range(4)])


class OnePartition(Sort, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class EightPartitions(Sort, ServerTest):
    OPTIONS = {"threads": 4, "partitions": 8}
