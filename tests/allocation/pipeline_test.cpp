/// The road of a client's requests, to partitions and back, with every allocation on it failing in
/// turn: each request gets its reply or the error for lack of memory, in order, or the client has
/// to close after those that it got; and whatever was on its way does not harm those who follow.

#include "actors/embedded_client.hpp"
#include "actors/messages.hpp"
#include "protocol/errors.hpp"
#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"
#include "tests/allocation/failing_allocation.hpp"
#include "tests/allocation/split_replies.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis;
using namespace thespis::tests;

namespace {

using pipeline = std::vector<stepped_client::words>;

const std::string out_of_memory = "-" + std::string{protocol::errors::out_of_memory} + "\r\n";
const std::string partly = "-" + std::string{protocol::errors::out_of_memory_partly} + "\r\n";
const std::string long_text(5000, 'x');

/// A world with some keys in each partition, and what a client asks of it.
struct scene {
  explicit scene(unsigned count)
    : world(std::make_unique<stepped_core>(count)),
      client(std::make_unique<stepped_client>(*world)) {
    for (unsigned i = 0; i < 4; ++i)
      keys.push_back(key_in_partition(i % count, count, i));
    client->say({{"SET", keys[0], long_text}, {"SET", keys[1], "17"}});
  }
  /// Another client than the one with whom things went wrong.
  std::string ask_another(const stepped_client::words& request) {
    stepped_client other{*world};
    return other.say({request});
  }

  std::unique_ptr<stepped_core> world;
  std::unique_ptr<stepped_client> client;
  std::vector<std::string> keys;
};

/// Requests whose replies do not depend on whether others of them failed.
pipeline requests(const std::vector<std::string>& keys) {
  pipeline out{{"DBSIZE"},
               {"SET", keys[2], long_text},
               {"GETRANGE", keys[0], "0", "-1"},
               {"MGET", keys[0], keys[1], "nothing"},
               {"PING"},
               {"INCR", keys[1]},
               {"RENAME", keys[0], keys[3]},
               {"ECHO", long_text},
               {"CONFIG", "GET", "*max*"},
               {"NOSUCH", "command"},
               {"SCAN", "0", "MATCH", "nothing"},
               {"EXISTS", "x", "y", "z"},
               {"MSETNX", "one", "1", "two", "2"}};
  for (int i = 0; i < 20; ++i)
    out.push_back({"STRLEN", "nothing"});
  return out;
}

void check(unsigned partitions, failing how) {
  scene reference{partitions};
  const auto expected = split_replies(reference.client->say(requests(reference.keys)));
  for (std::size_t number = 1;; ++number) {
    CAPTURE(partitions, number, how == failing::once);
    REQUIRE(number < 1000);
    scene one{partitions};
    const auto asked = requests(one.keys);
    std::string got;
    auto failed = false;
    {
      const failing_allocation fail{number, how};
      got = one.client->say(asked);
      failed = fail.happened();
    }
    const auto replies = split_replies(got);
    REQUIRE(replies.size() <= expected.size());
    REQUIRE((one.client->hung_up || replies.size() == expected.size()));
    for (std::size_t i = 0; i < replies.size(); ++i) {
      CAPTURE(asked[i].front());
      if (replies[i] != expected[i] && replies[i] != partly)
        REQUIRE(replies[i] == out_of_memory);
    }
    if (!failed) {
      REQUIRE(replies == expected);
      break;
    }
    // What was refused has not been done, and what was done has been told.
    const auto was_refused = [&](std::size_t i) {
      return i < replies.size() && replies[i] == out_of_memory;
    };
    const auto was_done = [&](std::size_t i) {
      return i < replies.size() && replies[i] == expected[i];
    };
    if (was_refused(1) || was_done(1))
      REQUIRE(one.ask_another({"EXISTS", one.keys[2]}) == (was_done(1) ? ":1\r\n" : ":0\r\n"));
    if (was_refused(5) || was_done(5))
      REQUIRE(one.ask_another({"GET", one.keys[1]})
              == (was_done(5) ? "$2\r\n18\r\n" : "$2\r\n17\r\n"));
    if (was_refused(6) || was_done(6))
      REQUIRE(one.ask_another({"EXISTS", one.keys[3]}) == (was_done(6) ? ":1\r\n" : ":0\r\n"));
    if (was_refused(12) || was_done(12))
      REQUIRE(one.ask_another({"EXISTS", "one", "two"}) == (was_done(12) ? ":2\r\n" : ":0\r\n"));
    // Nothing is stuck, for others and for the client itself.
    REQUIRE(one.ask_another({"MSET", one.keys[0], "a", one.keys[1], "b", one.keys[2], "c"})
            == "+OK\r\n");
    REQUIRE(one.ask_another({"RENAME", one.keys[0], one.keys[3]}) == "+OK\r\n");
    if (!one.client->hung_up) {
      REQUIRE(
        one.client->say({{"MGET", one.keys[1], one.keys[2]}, {"PING"}, {"CONFIG", "GET", "x"}})
        == "*2\r\n$1\r\nb\r\n$1\r\nc\r\n+PONG\r\n*0\r\n");
      REQUIRE(one.client->say({{"RENAME", one.keys[3], one.keys[0]}}) == "+OK\r\n");
    }
  }
}

} // namespace

TEST_CASE("an allocation that fails on a request's road costs no other its reply", "[allocation]") {
  for (const auto partitions : {1u, 2u, 3u})
    for (const auto how : {failing::once, failing::from_then_on})
      check(partitions, how);
}

TEST_CASE("who is told that there was no memory for a request has changed nothing",
          "[allocation]") {
  for (const auto how : {failing::once, failing::from_then_on})
    for (std::size_t number = 1;; ++number) {
      CAPTURE(number, how == failing::once);
      scene one{2};
      std::string got;
      auto failed = false;
      {
        const failing_allocation fail{number, how};
        got = one.client->say({{"MSET", one.keys[2], long_text, one.keys[3], long_text}});
        failed = fail.happened();
      }
      if (got == out_of_memory)
        REQUIRE(one.ask_another({"EXISTS", one.keys[2], one.keys[3]}) == ":0\r\n");
      else if (got == partly)
        REQUIRE(one.ask_another({"EXISTS", one.keys[2], one.keys[3]}) == ":1\r\n");
      else if (got.empty())
        REQUIRE(one.client->hung_up);
      else
        REQUIRE(got == "+OK\r\n");
      if (!failed)
        break;
    }
}

TEST_CASE("with CLIENT REPLY OFF there is silence without memory, too", "[allocation]") {
  for (const auto partitions : {1u, 3u})
    for (std::size_t number = 1;; ++number) {
      CAPTURE(partitions, number);
      scene one{partitions};
      one.client->say({{"CLIENT", "REPLY", "OFF"}});
      std::string got;
      auto failed = false;
      {
        const failing_allocation fail{number, failing::once};
        got = one.client->say({{"MGET", one.keys[0], one.keys[1]},
                               {"SET", one.keys[2], long_text},
                               {"RENAME", one.keys[0], one.keys[3]}});
        failed = fail.happened();
      }
      REQUIRE(got.empty());
      if (!failed)
        break;
      if (!one.client->hung_up)
        REQUIRE(one.client->say({{"CLIENT", "REPLY", "ON"}, {"PING"}}) == "+OK\r\n+PONG\r\n");
    }
}

TEST_CASE("an embedded client's asker hears of every request without memory", "[allocation]") {
  for (const auto partitions : {1u, 3u})
    for (const auto how : {failing::once, failing::from_then_on})
      for (std::size_t number = 1;; ++number) {
        CAPTURE(partitions, number, how == failing::once);
        scene one{partitions};
        auto& system = one.world->system();
        const caf::actor client = system.spawn<actors::embedded_client, caf::hidden>(
          std::ref(one.world->home()));
        actors::post(client, nullptr, actors::client_admitted{});
        one.world->run();
        const auto asked = requests(one.keys);
        std::vector<std::string> heard(asked.size());
        const auto asker = system.spawn<caf::hidden>(
          [&](caf::event_based_actor* self) -> caf::behavior {
            for (std::size_t i = 0; i < asked.size(); ++i)
              self->request(client, caf::infinite, actors::embedded_request{asked[i]})
                .then([&heard,
                       i](const actors::embedded_reply& reply) { heard[i] = show(reply.value); },
                      [&heard, i](const caf::error&) { heard[i] = "gone"; });
            return {[](int) {}};
          });
        auto failed = false;
        {
          const failing_allocation fail{number, how};
          one.world->run();
          failed = fail.happened();
        }
        for (std::size_t i = 0; i < asked.size(); ++i) {
          CAPTURE(asked[i].front());
          REQUIRE_FALSE(heard[i].empty());
          REQUIRE(heard[i] != "null");
        }
        caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
        caf::anon_send_exit(asker, caf::exit_reason::user_shutdown);
        one.world->run();
        if (!failed)
          break;
      }
}
