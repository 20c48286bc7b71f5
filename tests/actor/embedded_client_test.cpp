/// Clients without a socket. See actors/embedded_client.hpp.

#include "actors/embedded_messages.hpp"
#include "actors/happens_before.hpp"
#include "actors/store_actor.hpp"
#include "tests/actor/running_store.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace thespis;
using namespace thespis::tests;

namespace {

using finished = caf::atom_constant<caf::atom("finished")>;

/// An actor of a host that adds one to a counter, `left` times, one after the other.
class counting_actor final : public actors::store_actor {
public:
  counting_actor(caf::actor_config& config, caf::actor client, caf::actor host)
    : actors::store_actor(config), client_(std::move(client)), host_(std::move(host)) {
  }
  ~counting_actor() override {
    actors::outlived_references(*this);
  }

  caf::behavior make_behavior() override {
    return {[this](int left) { add_one(left); }};
  }

private:
  void add_one(int left) {
    const actors::turn now{this};
    const actors::unwatched envelope;
    if (left == 0) {
      send(host_, finished::value);
      quit();
      return;
    }
    request(client_, caf::infinite, actors::embedded_request{{"INCR", "counter"}})
      .then([this, left](const actors::embedded_reply& reply) {
        actors::received(caf::actor_cast<caf::abstract_actor*>(client_));
        add_one(reply.is_error() ? 0 : left - 1);
      });
  }

  caf::actor client_;
  caf::actor host_;
};

} // namespace

TEST_CASE("an embedded client gets replies with their types", "[embedded]") {
  running_store store{2};
  auto talk = store.talk();
  const auto reply = [&](conversation::words words) { return talk->ask(std::move(words)); };
  CHECK(reply({"SET", "k", "12"}).is_ok());
  CHECK(reply({"GET", "k"}).text() == "12");
  CHECK(reply({"INCRBY", "k", "30"}).integer() == 42);
  CHECK(reply({"GET", "nothing"}).is_null());
  CHECK(reply({"LPUSHX"}).is_error());
  const auto several = reply({"MGET", "k", "nothing"});
  REQUIRE(several.items().size() == 2);
  CHECK(several.items()[0].text == "42");
  CHECK(several.items()[1].is_null());
  const auto map = reply({"CONFIG", "GET", "port"});
  CHECK(map.value.type == protocol::resp_type::map);
  CHECK(map.items().size() == 2);
}

TEST_CASE("an empty request, and one without words, are errors", "[embedded]") {
  running_store store{1};
  auto talk = store.talk();
  CHECK(talk->say({}) == "-ERR empty command");
  CHECK(talk->say({""}) == "-ERR unknown command '', with args beginning with: ");
  CHECK(talk->say({"GET", ""}) == "null");
}

TEST_CASE("replies come in the order of the requests, errors among them", "[embedded]") {
  for (auto how : {scheduling::event_loops, scheduling::caf})
    for (unsigned partitions : {1u, 4u}) {
      running_store store{partitions, 2, how};
      auto talk = store.talk();
      std::vector<conversation::words> requests;
      std::vector<std::string> expected;
      for (int i = 1; i <= 300; ++i) {
        const auto key = "key:" + std::to_string(i % 7);
        const auto number = std::to_string(i);
        requests.insert(requests.end(), {{"SET", key, number},
                                         {"ECHO", number},
                                         {"NOSUCH"},
                                         {"MGET", key, "none"},
                                         {"INCR", "counter"},
                                         {"RENAME", key, "moved"},
                                         {"GET", key}});
        expected.insert(expected.end(),
                        {"OK", '"' + number + '"',
                         "-ERR unknown command 'NOSUCH', with args beginning with: ",
                         "[\"" + number + "\", null]", number, "OK", "null"});
      }
      CHECK(talk->say_all(requests) == expected);
    }
}

TEST_CASE("each embedded client has a session of its own", "[embedded]") {
  running_store store{2};
  auto one = store.talk();
  auto other = store.talk();
  CHECK((*one)("SELECT", "3") == "OK");
  CHECK((*one)("CLIENT", "SETNAME", "first") == "OK");
  CHECK((*one)("SET", "k", "in 3") == "OK");
  CHECK((*other)("GET", "k") == "null");
  CHECK((*other)("CLIENT", "GETNAME") == "null");
  CHECK((*one)("CLIENT", "GETNAME") == "\"first\"");
  CHECK((*one)("CLIENT", "ID") != (*other)("CLIENT", "ID"));
}

TEST_CASE("many clients at once lose nothing", "[embedded]") {
  constexpr int actor_count = 16;
  constexpr int turns = 50;
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{4, 2, how};
    caf::scoped_actor self{store.system()};
    const auto shared = store->connect();
    for (int i = 0; i < actor_count; ++i) {
      // Half of them have a client of their own.
      const auto client = i % 2 == 0 ? shared : store->connect();
      caf::anon_send(store.system().spawn<counting_actor>(client, caf::actor{self}), turns);
    }
    for (int i = 0; i < actor_count; ++i)
      self->receive([](finished) {});
    CHECK((*store.talk())("GET", "counter") == '"' + std::to_string(actor_count * turns) + '"');
  }
}

TEST_CASE("session commands of many clients at once are all counted", "[embedded]") {
  constexpr int thread_count = 4;
  constexpr int turns = 1000;
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{1, 3, how};
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i)
      threads.emplace_back([talk = std::shared_ptr<conversation>{store.talk()}] {
        talk->say_all(std::vector<conversation::words>(turns, {"PING"}));
      });
    for (auto& thread : threads)
      thread.join();
    const auto info = (*store.talk())("INFO", "commandstats");
    CHECK(info.find("cmdstat_ping:calls=" + std::to_string(thread_count * turns) + ",")
          != std::string::npos);
  }
}

TEST_CASE("QUIT ends an embedded client, and what comes behind it is not run", "[embedded]") {
  running_store store{1};
  auto talk = store.talk();
  CHECK(talk->say_all({{"SET", "k", "v"}, {"QUIT"}, {"SET", "k", "w"}})
        == std::vector<std::string>{"OK", "OK", std::string{gone}});
  CHECK((*talk)("GET", "k") == gone);
  CHECK((*store.talk())("GET", "k") == "\"v\"");
}

TEST_CASE("an exit message ends an embedded client", "[embedded]") {
  running_store store{1};
  auto talk = store.talk();
  CHECK((*talk)("PING") == "PONG");
  caf::anon_send_exit(talk->client(), caf::exit_reason::user_shutdown);
  talk->self()->wait_for(talk->client());
  CHECK((*talk)("PING") == gone);
}

TEST_CASE("a paused embedded client goes on when the pause is lifted", "[embedded]") {
  running_store store{1};
  auto one = store.talk();
  auto other = store.talk();
  CHECK((*one)("CLIENT", "PAUSE", "1000000", "WRITE") == "OK");
  const auto set = [](const char* value) { return actors::embedded_request{{"SET", "k", value}}; };
  const auto send = [&](const char* value) {
    const actors::unwatched envelope;
    return other->self()->request(other->client(), caf::infinite, set(value));
  };
  auto first = send("1");
  auto second = send("2");
  CHECK((*one)("GET", "k") == "null");
  CHECK((*one)("CLIENT", "UNPAUSE") == "OK");
  auto answers = 0;
  const auto count = [&](const actors::embedded_reply&) { ++answers; };
  const auto fail = [](const caf::error&) { FAIL("no reply"); };
  first.receive(count, fail);
  second.receive(count, fail);
  CHECK(answers == 2);
  CHECK((*one)("GET", "k") == "\"2\"");
}

TEST_CASE("CLIENT KILL ends an embedded client", "[embedded]") {
  running_store store{1};
  auto one = store.talk();
  auto other = store.talk();
  const auto id = (*other)("CLIENT", "ID");
  CHECK((*one)("CLIENT", "KILL", "ID", id) == "1");
  other->self()->wait_for(other->client());
  CHECK((*other)("PING") == gone);
  CHECK((*one)("PING") == "PONG");
}

TEST_CASE("an embedded client that is ended as its request begins to wait does end", "[embedded]") {
  for (auto how : {scheduling::event_loops, scheduling::caf})
    for (int turn = 0; turn < 50; ++turn) {
      running_store store{2, 2, how};
      auto talk = store.talk();
      auto pop = [&] {
        const actors::unwatched envelope;
        return talk->self()->request(talk->client(), caf::infinite,
                                     actors::embedded_request{{"BLPOP", "list", "0"}});
      }();
      if (turn % 2 == 0)
        caf::anon_send_exit(talk->client(), caf::exit_reason::user_shutdown);
      else
        store.end();
      auto got = false;
      pop.receive([&](const actors::embedded_reply&) { got = true; }, [](const caf::error&) {});
      CHECK_FALSE(got);
    }
}
