"""python3-redis where it does more than ask and answer: pub/sub, its threads, consumer groups.

The same scenarios with Thespis and with redis-server, where one is installed. (test_clients.py has
the library's plain commands; Debian's version of it knows no shard channels.)
"""

import queue
import threading
import unittest

import redis

from resp import wait_until
from suite import ServerTest, oracle_binary

SECONDS = 20.0


class Library:
    """A client of the library for each scenario; the classes at the end give it a server."""

    def setUp(self):
        super().setUp()
        self.client = self.new_client()

    def new_client(self):
        client = redis.Redis(port=self.server.port, decode_responses=True, socket_timeout=SECONDS)
        self.addCleanup(client.connection_pool.disconnect)
        return client


class PubSub(Library):
    """Channels and patterns, read message by message, by handlers and by threads."""

    def subscriber(self):
        subscriber = self.client.pubsub()
        self.addCleanup(subscriber.close)
        return subscriber

    def receive(self, subscriber):
        """The next message that is there within the time, as (type, pattern, channel, data)."""
        message = subscriber.get_message(timeout=SECONDS)
        self.assertIsNotNone(message, "no message came")
        return tuple(message[part] for part in ("type", "pattern", "channel", "data"))

    def test_channels_and_patterns_of_one_subscriber(self):
        subscriber = self.subscriber()
        subscriber.subscribe("news", "sport")
        subscriber.psubscribe("n*")
        confirmed = [self.receive(subscriber) for _ in range(3)]
        self.assertEqual(
            confirmed,
            [
                ("subscribe", None, "news", 1),
                ("subscribe", None, "sport", 2),
                ("psubscribe", None, "n*", 3),
            ],
        )
        self.assertEqual(self.client.publish("news", "a"), 2)
        self.assertEqual(self.client.publish("sport", "b"), 1)
        self.assertEqual(self.client.publish("night", "c"), 1)
        self.assertEqual(self.client.publish("weather", "d"), 0)
        self.assertEqual(
            [self.receive(subscriber) for _ in range(4)],
            [
                ("message", None, "news", "a"),
                ("pmessage", "n*", "news", "a"),
                ("message", None, "sport", "b"),
                ("pmessage", "n*", "night", "c"),
            ],
        )

    def test_leaving_channel_by_channel(self):
        subscriber = self.subscriber()
        subscriber.subscribe("a", "b")
        subscriber.psubscribe("p*")
        for _ in range(3):
            self.receive(subscriber)
        subscriber.unsubscribe("a")
        self.assertEqual(self.receive(subscriber), ("unsubscribe", None, "a", 2))
        self.assertEqual(self.client.publish("a", "x"), 0)
        subscriber.unsubscribe()
        self.assertEqual(self.receive(subscriber), ("unsubscribe", None, "b", 1))
        subscriber.punsubscribe()
        self.assertEqual(self.receive(subscriber), ("punsubscribe", None, "p*", 0))
        self.assertFalse(subscriber.subscribed)

    def test_listening_ends_with_the_last_channel(self):
        subscriber = self.subscriber()
        subscriber.subscribe("news")
        heard = []
        for message in subscriber.listen():
            heard.append(message["data"])
            if message["type"] == "subscribe":
                for number in range(100):
                    self.client.publish("news", number)
            elif message["data"] == "99":
                subscriber.unsubscribe("news")
        self.assertEqual(heard, [1, *map(str, range(100)), 0])

    def test_handlers_in_a_thread_of_the_library(self):
        heard = queue.Queue()
        subscriber = self.subscriber()
        subscriber.subscribe(news=lambda message: heard.put(("news", message["data"])))
        subscriber.psubscribe(**{"s*": lambda message: heard.put(("s*", message["data"]))})
        thread = subscriber.run_in_thread(sleep_time=0.01, daemon=True)
        self.assertTrue(wait_until(lambda: self.client.publish("news", "ready") == 1))
        self.assertTrue(wait_until(lambda: self.client.publish("sport", "ready") == 1))
        for number in range(100):
            self.client.publish("news", number)
            self.client.publish("sport", number)
        expected = [("news", "ready"), ("s*", "ready")]
        expected += [(name, str(number)) for number in range(100) for name in ("news", "s*")]
        self.assertEqual([heard.get(timeout=SECONDS) for _ in expected], expected)
        thread.stop()
        thread.join(SECONDS)
        self.assertFalse(thread.is_alive())
        self.assertTrue(wait_until(lambda: self.client.publish("news", "gone") == 0))

    def test_several_threads_publish_and_several_listen(self):
        listeners, publishers, messages = 5, 4, 200
        heard = queue.Queue()
        threads = []
        for _ in range(listeners):
            subscriber = self.subscriber()
            subscriber.subscribe(news=lambda message: heard.put(message["data"]))
            threads.append(subscriber.run_in_thread(sleep_time=0.01, daemon=True))
        self.assertTrue(
            wait_until(lambda: self.client.pubsub_numsub("news") == [("news", listeners)])
        )

        def publish(who):
            client = self.new_client()
            for number in range(messages):
                client.publish("news", f"{who}:{number}")

        speakers = [threading.Thread(target=publish, args=(who,)) for who in range(publishers)]
        for thread in speakers:
            thread.start()
        received = [heard.get(timeout=SECONDS) for _ in range(listeners * publishers * messages)]
        for thread in threads:
            thread.stop()
        for thread in threads + speakers:
            thread.join(SECONDS)
        expected = [f"{who}:{n}" for who in range(publishers) for n in range(messages)]
        self.assertEqual(sorted(received), sorted(expected * listeners))

    def test_what_is_subscribed_can_be_counted(self):
        subscriber = self.subscriber()
        subscriber.subscribe("a", "b")
        subscriber.psubscribe("p*", "q*")
        for _ in range(4):
            self.receive(subscriber)
        self.assertEqual(sorted(self.client.pubsub_channels()), ["a", "b"])
        self.assertEqual(self.client.pubsub_channels("a*"), ["a"])
        self.assertEqual(self.client.pubsub_numsub("a", "z"), [("a", 1), ("z", 0)])
        self.assertEqual(self.client.pubsub_numpat(), 2)

    def test_the_library_checks_the_health_of_a_subscriber(self):
        client = redis.Redis(port=self.server.port, health_check_interval=0.001)
        self.addCleanup(client.connection_pool.disconnect)
        subscriber = client.pubsub()
        self.addCleanup(subscriber.close)
        subscriber.subscribe("news")
        self.assertEqual(subscriber.get_message(timeout=SECONDS)["type"], "subscribe")
        for number in range(50):
            client.publish("news", number)
            subscriber.check_health()
            found = wait_until(lambda: subscriber.get_message(timeout=SECONDS))
            self.assertEqual(found["data"], b"%d" % number)

    def test_a_pipeline_that_publishes(self):
        subscriber = self.subscriber()
        subscriber.subscribe("news")
        self.receive(subscriber)
        pipeline = self.client.pipeline(transaction=False)
        for number in range(500):
            pipeline.set(f"k{number}", number).publish("news", number)
        self.assertEqual(pipeline.execute(), [True, 1] * 500)
        for number in range(500):
            self.assertEqual(self.receive(subscriber)[3], str(number))


class Streams(Library):
    """Consumer groups as the library shows them."""

    def setUp(self):
        super().setUp()
        self.client.xgroup_create("jobs", "workers", id="0", mkstream=True)

    def add(self, count):
        return [self.client.xadd("jobs", {"number": number}) for number in range(count)]

    def read(self, consumer, count=None):
        """The entries that are new to the group, as [(id, fields)]."""
        reply = self.client.xreadgroup("workers", consumer, {"jobs": ">"}, count=count)
        return reply[0][1] if reply else []

    def test_entries_go_to_one_consumer_each_and_are_acknowledged(self):
        ids = self.add(10)
        self.assertEqual(
            self.read("a", 4), [(ids[number], {"number": str(number)}) for number in range(4)]
        )
        self.assertEqual([entry for entry, _ in self.read("b")], ids[4:])
        self.assertEqual(self.read("a"), [])
        self.assertEqual(
            self.client.xpending("jobs", "workers"),
            {
                "pending": 10,
                "min": ids[0],
                "max": ids[-1],
                "consumers": [{"name": "a", "pending": 4}, {"name": "b", "pending": 6}],
            },
        )
        self.assertEqual(self.client.xack("jobs", "workers", *ids[:3], ids[0]), 3)
        again = self.client.xreadgroup("workers", "a", {"jobs": "0"})
        self.assertEqual(again, [["jobs", [(ids[3], {"number": "3"})]]])

    def test_pending_entries_one_by_one(self):
        ids = self.add(3)
        self.read("a", 2)
        self.read("b", 1)
        rows = self.client.xpending_range("jobs", "workers", min="-", max="+", count=10)
        self.assertEqual([row["message_id"] for row in rows], ids)
        self.assertEqual([row["consumer"] for row in rows], ["a", "a", "b"])
        self.assertEqual({row["times_delivered"] for row in rows}, {1})
        of_a = self.client.xpending_range("jobs", "workers", "-", "+", 10, consumername="a")
        self.assertEqual([row["message_id"] for row in of_a], ids[:2])
        idle = self.client.xpending_range("jobs", "workers", "-", "+", 10, idle=3_600_000)
        self.assertEqual(idle, [])

    def test_what_one_consumer_left_is_claimed_by_another(self):
        ids = self.add(5)
        self.read("lost")
        self.client.xdel("jobs", ids[1])
        self.assertEqual(
            self.client.xautoclaim("jobs", "workers", "finder", 0, count=3, start_id="-"),
            [ids[3], [(ids[0], {"number": "0"}), (ids[2], {"number": "2"})], [ids[1]]],
        )
        rest = self.client.xautoclaim("jobs", "workers", "finder", 0, start_id=ids[3], justid=True)
        self.assertEqual(rest, ids[3:])
        too_young = self.client.xautoclaim("jobs", "workers", "other", 3_600_000, justid=True)
        self.assertEqual(too_young, [])
        self.assertEqual(
            self.client.xclaim("jobs", "workers", "third", 0, [ids[4]], justid=True), [ids[4]]
        )
        consumers = self.client.xpending("jobs", "workers")["consumers"]
        self.assertEqual(
            consumers, [{"name": "finder", "pending": 3}, {"name": "third", "pending": 1}]
        )

    def test_a_reader_that_waits_is_woken(self):
        for wait_ms in (0, 10_000):
            woken = queue.Queue()
            reader = threading.Thread(
                target=lambda wait=wait_ms, to=woken: to.put(
                    self.new_client().xreadgroup("workers", "a", {"jobs": ">"}, block=wait)
                )
            )
            reader.start()
            self.assertTrue(wait_until(lambda: self.client.info()["blocked_clients"] == 1))
            added = self.client.xadd("jobs", {"n": "1"})
            self.assertEqual(woken.get(timeout=SECONDS), [["jobs", [(added, {"n": "1"})]]])
            reader.join(SECONDS)

    def test_a_reader_that_waits_in_vain(self):
        self.assertEqual(self.client.xread({"jobs": "$"}, block=20), [])
        self.assertEqual(self.client.xreadgroup("workers", "a", {"jobs": ">"}, block=20), [])

    def test_workers_in_threads_do_every_job_once(self):
        workers, jobs = 4, 300
        done, ended = queue.Queue(), threading.Event()

        def work(name):
            client = self.new_client()
            while not ended.is_set():
                reply = client.xreadgroup("workers", name, {"jobs": ">"}, count=7, block=50)
                for entry, fields in reply[0][1] if reply else ():
                    done.put((int(fields["number"]), client.xack("jobs", "workers", entry)))

        threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(workers)]
        for thread in threads:
            thread.start()
        self.add(jobs)
        finished = sorted(done.get(timeout=SECONDS) for _ in range(jobs))
        ended.set()
        for thread in threads:
            thread.join(SECONDS)
        self.assertEqual(finished, [(number, 1) for number in range(jobs)])
        self.assertTrue(done.empty())
        self.assertEqual(self.client.xpending("jobs", "workers")["pending"], 0)

    def test_what_is_told_about_streams_and_groups(self):
        ids = self.add(3)
        self.read("a", 2)
        stream = self.client.xinfo_stream("jobs")
        self.assertEqual((stream["length"], stream["groups"]), (3, 1))
        self.assertEqual(stream["first-entry"], (ids[0], {"number": "0"}))
        group = self.client.xinfo_groups("jobs")[0]
        self.assertEqual(
            (group["name"], group["consumers"], group["pending"], group["last-delivered-id"]),
            ("workers", 1, 2, ids[1]),
        )
        self.assertEqual((group["entries-read"], group["lag"]), (2, 1))
        self.assertEqual(self.client.xinfo_consumers("jobs", "workers")[0]["pending"], 2)

    def test_errors_have_the_types_of_the_library(self):
        with self.assertRaisesRegex(redis.ResponseError, "^BUSYGROUP"):
            self.client.xgroup_create("jobs", "workers")
        with self.assertRaisesRegex(redis.ResponseError, "^NOGROUP"):
            self.client.xreadgroup("nobody", "a", {"jobs": ">"})
        self.client.set("text", "x")
        with self.assertRaisesRegex(redis.ResponseError, "^WRONGTYPE"):
            self.client.xadd("text", {"a": "b"})


class PubSubOfThespis(PubSub, ServerTest):
    pass


class StreamsOfThespis(Streams, ServerTest):
    pass


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class PubSubOfReference(PubSub, ServerTest):
    OPTIONS = {"binary": oracle_binary()}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class StreamsOfReference(Streams, ServerTest):
    OPTIONS = {"binary": oracle_binary()}
