/// Subscribing with every allocation failing in turn: it has been done or it has not, and leaving
/// needs no memory.

#include "actors/memory_reserve.hpp"
#include "pubsub/exchange.hpp"
#include "pubsub/subscriber_table.hpp"
#include "tests/allocation/failing_allocation.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <new>
#include <string>

using namespace thespis;
using namespace thespis::tests;
using pubsub::topic_kind;

namespace {

struct nobody final : pubsub::subscriber {
  void push(const std::shared_ptr<const pubsub::delivery>&, const pubsub::delivery::run&) override {
    ++got;
  }
  void flush_pushes() override {
  }
  bool send_ahead_of(base::byte_buffer&, std::size_t) noexcept override {
    return true;
  }

  int got = 0;
};

const std::string long_name(300, 'n');

std::size_t length(pubsub::subscription_changes changes) {
  std::size_t count = 0;
  while (changes.take_first())
    ++count;
  return count;
}

} // namespace

TEST_CASE("who cannot subscribe for lack of memory does not", "[subscriber_table]") {
  for (std::size_t number = 1;; ++number) {
    pubsub::subscriber_table table;
    nobody who;
    auto failed = false;
    {
      const failing_allocation fail{number, failing::from_then_on};
      const actors::memory_reserve::client_work may_fail;
      try {
        table.add(who, topic_kind::pattern, long_name);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
    }
    REQUIRE(who.subscribes() != failed);
    REQUIRE(length(table.take_changes()) == (failed ? 0 : 1));
    REQUIRE(table.add(who, topic_kind::pattern, long_name) == failed);
    table.remove(who);
    if (!failed)
      break;
  }
}

TEST_CASE("leaving all topics needs no memory", "[subscriber_table]") {
  pubsub::subscriber_table table;
  nobody who;
  nobody other;
  for (int i = 0; i < 500; ++i) {
    table.add(who, topic_kind::channel, long_name + std::to_string(i));
    table.add(other, topic_kind::channel, long_name + std::to_string(i));
  }
  REQUIRE(length(table.take_changes()) == 1000);
  {
    const failing_allocation fail{1, failing::from_then_on};
    const actors::memory_reserve::client_work may_fail;
    table.remove(who);
    REQUIRE_FALSE(fail.happened());
  }
  CHECK_FALSE(who.subscribes());
  CHECK(length(table.take_changes()) == 500);
  table.remove(other);
}

TEST_CASE("a broker without memory for some topics counts the others right", "[exchange]") {
  for (std::size_t number = 1;; ++number) {
    pubsub::exchange exchange{2};
    pubsub::subscriber_table table;
    nobody known;
    nobody late;
    table.add(known, topic_kind::channel, "a");
    auto first = table.take_changes();
    REQUIRE(exchange.follow(0, first));

    table.add(late, topic_kind::channel, "a");
    table.add(late, topic_kind::channel, long_name);
    table.add(late, topic_kind::pattern, "a*");
    auto more = table.take_changes();
    auto complete = false;
    {
      const failing_allocation fail{number, failing::once};
      const actors::memory_reserve::client_work may_fail;
      complete = exchange.follow(1, more);
    }
    // It is closed, and leaves what it believes to subscribe to.
    table.remove(late);
    auto end = table.take_changes();
    REQUIRE(exchange.follow(1, end));
    REQUIRE(exchange.routes().size(topic_kind::channel) == 1);
    REQUIRE(exchange.routes().size(topic_kind::pattern) == 0);
    REQUIRE(exchange.routes().find(topic_kind::channel, "a")->subscribers == 1);
    REQUIRE(exchange.publish(topic_kind::channel, "a", "x") == 1);
    exchange.take([](pubsub::group_index group, const auto&, std::uint64_t) { CHECK(group == 0); });
    table.remove(known);
    if (complete)
      break;
  }
}

TEST_CASE("messages without memory for their copy in RESP2 are delivered all the same",
          "[delivery]") {
  pubsub::delivery messages;
  messages.add(topic_kind::channel, "a", "a", "payload");
  {
    const failing_allocation fail{1, failing::from_then_on};
    const actors::memory_reserve::client_work may_fail;
    messages.seal();
    REQUIRE(fail.happened());
  }
  CHECK(messages.frames(messages.runs()[0], 2).empty());
  CHECK(messages.frames(messages.runs()[0], 3)
        == ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$7\r\npayload\r\n");
}
