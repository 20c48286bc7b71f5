/// Commands whose keys are in several partitions: one thread runs them with all the keys, and what
/// the partitions were asked meanwhile waits. See actors/rendezvous.hpp.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"

#include <catch2/catch.hpp>

using namespace thespis;
using namespace thespis::tests;

TEST_CASE("RENAME, COPY, MSETNX and LCS work over any number of partitions", "[rendezvous]") {
  for (std::size_t partitions = 1; partitions <= 4; ++partitions) {
    stepped_core world{partitions};
    stepped_client client{world};
    const auto count = static_cast<unsigned>(partitions);
    const auto a = key_in_partition(0, count);
    const auto b = key_in_partition(count - 1, count, 1);
    const auto c = key_in_partition(count / 2, count, 2);
    const auto say = [&](const stepped_client::words& request) { return client.say({request}); };
    CHECK(say({"MSETNX", a, "ohmytext", b, "mynewtext"}) == ":1\r\n");
    CHECK(say({"MSETNX", c, "1", b, "2"}) == ":0\r\n");
    CHECK(say({"MGET", a, b, c}) == "*3\r\n$8\r\nohmytext\r\n$9\r\nmynewtext\r\n$-1\r\n");
    CHECK(say({"LCS", a, b}) == "$6\r\nmytext\r\n");
    CHECK(say({"RENAMENX", a, b}) == ":0\r\n");
    CHECK(say({"RENAME", a, c}) == "+OK\r\n");
    CHECK(say({"RENAME", a, c}) == "-ERR no such key\r\n");
    CHECK(say({"COPY", c, b}) == ":0\r\n");
    CHECK(say({"COPY", c, b, "REPLACE"}) == ":1\r\n");
    CHECK(say({"COPY", c, a, "DB", "5"}) == ":1\r\n");
    CHECK(say({"MGET", a, b, c}) == "*3\r\n$-1\r\n$8\r\nohmytext\r\n$8\r\nohmytext\r\n");
    CHECK(client.say({{"SELECT", "5"}, {"GET", a}}) == "+OK\r\n$8\r\nohmytext\r\n");
  }
}

TEST_CASE_METHOD(stepped_pair, "RENAME takes the time to live along to the other partition",
                 "[rendezvous]") {
  CHECK(
    client.say({{"SET", a, "v", "PXAT", "99999999999999"}, {"RENAME", a, b}, {"PEXPIRETIME", b}})
    == "+OK\r\n+OK\r\n:99999999999999\r\n");
}

TEST_CASE("SWAPDB swaps in all partitions", "[rendezvous]") {
  stepped_core world{3};
  stepped_client client{world};
  for (unsigned i = 0; i < 3; ++i)
    client.say({{"SET", key_in_partition(i, 3), "v"}});
  CHECK(client.say({{"SWAPDB", "0", "1"}, {"DBSIZE"}, {"SELECT", "1"}, {"DBSIZE"}})
        == "+OK\r\n:0\r\n+OK\r\n:3\r\n");
}

TEST_CASE("a partition that is parked keeps what it is asked until the meeting is over",
          "[rendezvous]") {
  stepped_core world{2};
  stepped_client mover{world};
  stepped_client reader{world};
  stepped_client writer{world};
  const auto a = key_in_partition(0, 2);
  const auto b = key_in_partition(1, 2);
  mover.say({{"SET", a, "moved"}});

  mover.send({"RENAME", a, b});
  world.run_partition(0);
  // Partition 0 has arrived and waits for partition 1.
  reader.send({"GET", a});
  writer.send({"SET", a, "new"});
  world.run_partition(0);
  CHECK_FALSE(reader.answered());
  CHECK_FALSE(writer.answered());
  CHECK_FALSE(mover.answered());

  world.run();
  CHECK(mover.take() == "+OK\r\n");
  CHECK(reader.take() == "$-1\r\n");
  CHECK(writer.take() == "+OK\r\n");
  CHECK(reader.say({{"MGET", a, b}}) == "*2\r\n$3\r\nnew\r\n$5\r\nmoved\r\n");
}

TEST_CASE("the last to arrive runs the body, whichever it is", "[rendezvous]") {
  for (actors::partition_index first : {0u, 1u}) {
    stepped_core world{2};
    stepped_client mover{world};
    const auto a = key_in_partition(0, 2);
    const auto b = key_in_partition(1, 2);
    mover.say({{"SET", a, "v"}});
    mover.send({"RENAME", a, b});
    world.run_partition(first);
    CHECK_FALSE(mover.answered());
    world.run_partition(1 - first);
    world.run();
    CHECK(mover.take() == "+OK\r\n");
  }
}

TEST_CASE("meetings that wait behind meetings are held in their order", "[rendezvous]") {
  stepped_core world{3};
  stepped_client clients[] = {stepped_client{world}, stepped_client{world}, stepped_client{world}};
  const auto a = key_in_partition(0, 3);
  const auto b = key_in_partition(1, 3);
  const auto c = key_in_partition(2, 3);
  clients[0].say({{"SET", a, "v"}});
  clients[0].send({"RENAME", a, b});
  clients[1].send({"RENAME", b, c});
  clients[2].send({"RENAME", c, a});
  // Each partition meets two of the three; the last partition comes first.
  world.run_partition(2);
  world.run_partition(0);
  world.run();
  for (auto& client : clients)
    CHECK(client.take() == "+OK\r\n");
  CHECK(clients[0].say({{"MGET", a, b, c}}) == "*3\r\n$1\r\nv\r\n$-1\r\n$-1\r\n");
}

TEST_CASE("a multicast waits behind a meeting in the partitions that it needs", "[rendezvous]") {
  stepped_core world{3};
  stepped_client mover{world};
  stepped_client reader{world};
  const auto a = key_in_partition(0, 3);
  const auto b = key_in_partition(1, 3);
  const auto c = key_in_partition(2, 3);
  mover.say({{"MSET", a, "1", c, "3"}});
  mover.send({"RENAME", a, b});
  reader.send({"MGET", a, b, c});
  world.run_partition(2);
  world.run_partition(1);
  CHECK_FALSE(reader.answered());
  world.run();
  CHECK(mover.take() == "+OK\r\n");
  CHECK(reader.take() == "*3\r\n$-1\r\n$1\r\n1\r\n$1\r\n3\r\n");
}
