/// Requests that wait for keys in several partitions, one step at a time. See
/// actors/blocked_request.hpp; with sockets: tests/end_to_end/test_blocking.py.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace thespis;
using namespace thespis::tests;

namespace {

const auto a = key_in_partition(0, 3);
const auto b = key_in_partition(1, 3);
const auto c = key_in_partition(2, 3);

std::string reply_of(const std::string& key, const std::string& value) {
  return "*2\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n$"
         + std::to_string(value.size()) + "\r\n" + value + "\r\n";
}

std::uint64_t waited_for(stepped_core& world) {
  std::uint64_t keys = 0;
  for (auto& shard : world.home().shards)
    keys += shard.changes.waiting().keys().get();
  return keys;
}

} // namespace

TEST_CASE("two partitions that have something serve a wait once", "[blocking]") {
  for (const unsigned first : {0u, 1u}) {
    stepped_core world{3};
    stepped_client waiting{world};
    stepped_client one{world};
    stepped_client other{world};
    waiting.send({"BLPOP", a, b, "0"});
    world.run();
    CHECK_FALSE(waiting.answered());
    CHECK(waited_for(world) == 2);
    one.send({"RPUSH", a, "va"});
    other.send({"RPUSH", b, "vb"});
    world.run_partition(first);
    world.run_partition(1 - first);
    world.run();
    CHECK(waiting.take() == (first == 0 ? reply_of(a, "va") : reply_of(b, "vb")));
    CHECK(one.take() == ":1\r\n");
    CHECK(other.take() == ":1\r\n");
    CHECK(waited_for(world) == 0);
    CHECK(one.say({{"LLEN", first == 0 ? b : a}}) == ":1\r\n");
    CHECK(one.say({{"EXISTS", first == 0 ? a : b}}) == ":0\r\n");
  }
}

TEST_CASE("who waits behind one that another partition serves is not forgotten", "[blocking]") {
  stepped_core world{3};
  stepped_client first{world};
  stepped_client second{world};
  stepped_client pusher{world};
  first.send({"BLPOP", a, b, "0"});
  world.run();
  second.send({"BLPOP", b, "0"});
  world.run();
  pusher.send({"MSET", c, "x", a, "y"});
  world.run();
  pusher.take();
  pusher.say({{"DEL", a}});
  // Both have something in one request's time; only the partition that is first serves the first.
  stepped_client other{world};
  pusher.send({"RPUSH", a, "va"});
  other.send({"RPUSH", b, "vb"});
  world.run_partition(0);
  world.run();
  CHECK(first.take() == reply_of(a, "va"));
  CHECK(second.take() == reply_of(b, "vb"));
  pusher.take();
  other.take();
}

TEST_CASE("a move over two partitions keeps its place in front", "[blocking]") {
  stepped_core world{3};
  stepped_client mover{world};
  stepped_client popper{world};
  stepped_client client{world};
  mover.send({"BLMOVE", a, b, "LEFT", "RIGHT", "0"});
  world.run();
  popper.send({"BLPOP", a, "0"});
  world.run();
  client.send({"RPUSH", a, "1", "2"});
  world.run_partition(0);
  // The meeting is called, and nobody overtakes it.
  CHECK_FALSE(mover.answered());
  CHECK_FALSE(popper.answered());
  world.run();
  CHECK(mover.take() == "$1\r\n1\r\n");
  CHECK(popper.take() == reply_of(a, "2"));
  client.take();
  CHECK(client.say({{"LRANGE", b, "0", "-1"}}) == "*1\r\n$1\r\n1\r\n");
}

TEST_CASE("a move whose element was taken before the meeting goes on waiting", "[blocking]") {
  stepped_core world{3};
  stepped_client mover{world};
  stepped_client client{world};
  stepped_client thief{world};
  mover.send({"BLMOVE", a, b, "LEFT", "RIGHT", "0"});
  world.run();
  client.send({"RPUSH", a, "1"});
  thief.send({"LPOP", a});
  world.run();
  CHECK(thief.take() == "$1\r\n1\r\n");
  CHECK_FALSE(mover.answered());
  client.take();
  client.send({"RPUSH", a, "2"});
  world.run();
  CHECK(mover.take() == "$1\r\n2\r\n");
  client.take();
  CHECK(waited_for(world) == 0);
}

TEST_CASE("a wait that is given up is answered and leaves nothing behind", "[blocking]") {
  stepped_core world{3};
  stepped_client waiting{world};
  stepped_client client{world};
  const auto& waiter = waiting.record().waiter;
  for (const auto& [why, reply] :
       {std::pair{keyspace::wait_note::timeout, "*-1\r\n"},
        std::pair{keyspace::wait_note::error, "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n"},
        std::pair{keyspace::wait_note::gone, ""}}) {
    CHECK_FALSE(waiter->give_up(why));
    waiting.send({"BLPOP", a, b, c, "0"});
    world.run();
    CHECK(waited_for(world) == 3);
    CHECK(waiter->give_up(why));
    world.run();
    CHECK(waiting.take() == reply);
    CHECK(waited_for(world) == 0);
    CHECK(client.say({{"RPUSH", a, "v"}, {"LPOP", a}}) == ":1\r\n$1\r\nv\r\n");
  }
}

TEST_CASE("a wait that is given up while its move is under way", "[blocking]") {
  stepped_core world{3};
  stepped_client mover{world};
  stepped_client client{world};
  stepped_client thief{world};
  for (const auto stolen : {false, true}) {
    mover.send({"BLMOVE", a, b, "LEFT", "RIGHT", "0"});
    world.run();
    client.send({"RPUSH", a, "1"});
    if (stolen)
      thief.send({"LPOP", a});
    world.run_partition(0);
    CHECK(mover.record().waiter->give_up(keyspace::wait_note::timeout));
    world.run();
    // What was there for it is not lost; if there was nothing the time is over.
    CHECK(mover.take() == (stolen ? "*-1\r\n" : "$1\r\n1\r\n"));
    client.take();
    if (stolen)
      thief.take();
    CHECK(waited_for(world) == 0);
    client.say({{"FLUSHALL"}});
  }
}

TEST_CASE("embedded clients wait, by their deadline or for ever", "[blocking]") {
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{4, 2, how};
    auto talk = store.talk();
    auto other = store.talk();
    CHECK((*talk)("BLPOP", "none", "0.01") == "null");
    std::string reply;
    std::thread waiting{[&] { reply = (*talk)("BLPOP", "x", "y", "0"); }};
    while ((*other)("CLIENT", "LIST").find("flags=b") == std::string::npos)
      std::this_thread::yield();
    CHECK((*other)("RPUSH", "y", "v") == "1");
    waiting.join();
    CHECK(reply == "[\"y\", \"v\"]");
  }
}

TEST_CASE("a store that ends lets go of those who wait", "[blocking]") {
  running_store store{2};
  auto talk = store.talk();
  auto other = store.talk();
  std::string reply;
  std::thread waiting{[&] { reply = (*talk)("BLPOP", "x", "0"); }};
  while ((*other)("CLIENT", "LIST").find("flags=b") == std::string::npos)
    std::this_thread::yield();
  store->stop();
  store->wait();
  waiting.join();
  CHECK(reply != "");
}

TEST_CASE("the end of a stream is what it was when the wait for it began", "[blocking]") {
  stepped_core world{3};
  stepped_client waiting{world};
  stepped_client client{world};
  const auto entry_of = [](const std::string& key) {
    return "*1\r\n*2\r\n$" + std::to_string(key.size()) + "\r\n" + key
           + "\r\n*1\r\n*2\r\n$3\r\n7-0\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n";
  };
  client.say({{"XADD", a, "5", "f", "v"}, {"XADD", b, "9", "f", "v"}});
  waiting.send({"XREAD", "BLOCK", "0", "STREAMS", a, b, "$", "$"});
  world.run();
  CHECK_FALSE(waiting.answered());
  // Run again over one of its streams only, and over both.
  CHECK(client.say({{"XGROUP", "CREATE", a, "g", "0"}}) == "+OK\r\n");
  CHECK_FALSE(waiting.answered());
  CHECK(client.say({{"XADD", a, "7", "f", "v"}}) == "$3\r\n7-0\r\n");
  CHECK(waiting.take() == entry_of(a));
  CHECK(waited_for(world) == 0);
}

TEST_CASE("who waits as a consumer hears that the stream has gone", "[blocking]") {
  stepped_core world{3};
  stepped_client consumer{world};
  stepped_client reader{world};
  stepped_client client{world};
  for (const auto& words : std::vector<std::vector<std::string>>{
         {"DEL", a}, {"SET", a, "x"}, {"XGROUP", "DESTROY", a, "g"}, {"FLUSHALL"}}) {
    client.say({{"FLUSHALL"},
                {"XGROUP", "CREATE", a, "g", "$", "MKSTREAM"},
                {"XGROUP", "CREATE", b, "g", "$", "MKSTREAM"}});
    consumer.send({"XREADGROUP", "GROUP", "g", "c", "BLOCK", "0", "STREAMS", b, a, ">", ">"});
    reader.send({"XREAD", "BLOCK", "0", "STREAMS", a, "$"});
    world.run();
    CHECK_FALSE(consumer.answered());
    client.say({words});
    const auto reply = consumer.take();
    CHECK((reply.starts_with("-NOGROUP ") || reply.starts_with("-WRONGTYPE ")));
    CHECK_FALSE(reader.answered());
    CHECK(reader.record().waiter->give_up(keyspace::wait_note::timeout));
    world.run();
    CHECK(reader.take() == "*-1\r\n");
    CHECK(waited_for(world) == 0);
  }
}

TEST_CASE("one entry serves all who read and one of a group", "[blocking]") {
  stepped_core world{3};
  stepped_client first{world};
  stepped_client second{world};
  stepped_client one{world};
  stepped_client other{world};
  stepped_client client{world};
  client.say({{"XGROUP", "CREATE", a, "g", "$", "MKSTREAM"}});
  first.send({"XREAD", "BLOCK", "0", "STREAMS", a, "$"});
  one.send({"XREADGROUP", "GROUP", "g", "one", "BLOCK", "0", "STREAMS", a, ">"});
  second.send({"XREAD", "BLOCK", "0", "STREAMS", a, "$"});
  other.send({"XREADGROUP", "GROUP", "g", "other", "BLOCK", "0", "STREAMS", a, ">"});
  world.run();
  client.say({{"XADD", a, "1", "f", "v"}});
  CHECK(first.answered());
  CHECK(second.answered());
  CHECK(one.answered());
  CHECK_FALSE(other.answered());
  first.take();
  second.take();
  one.take();
  client.say({{"XADD", a, "2", "f", "v"}});
  CHECK(other.take().find("2-0") != std::string::npos);
}

TEST_CASE("a read of streams that does not wait needs no meeting", "[blocking]") {
  stepped_core world{3};
  stepped_client client{world};
  CHECK(client.say({{"XADD", a, "1", "f", "v"}, {"XREAD", "STREAMS", a, "1"}, {"XLEN", a}})
        == "$3\r\n1-0\r\n*-1\r\n:1\r\n");
  CHECK(client.batches == 1);
  client.say({{"XADD", a, "2", "f", "v"}, {"XREAD", "BLOCK", "0", "STREAMS", a, "1"}});
  CHECK(client.batches == 2);
}
