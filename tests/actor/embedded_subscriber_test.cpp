/// Messages of channels for clients without a socket. See actors/embedded_subscriber.hpp.

#include "actors/embedded_messages.hpp"
#include "actors/happens_before.hpp"
#include "tests/actor/running_store.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <thread>

using namespace thespis;
using namespace thespis::tests;

namespace {

/// A receiver, and a conversation with the client whose messages it gets.
class listening {
public:
  explicit listening(running_store& store)
    : receiver_(store.system()), talk_(store.system(), store->connect(caf::actor{receiver_})) {
  }

  template <class... Ts>
  std::string operator()(Ts&&... request) {
    return talk_(std::forward<Ts>(request)...);
  }
  conversation& talk() noexcept {
    return talk_;
  }

  /// Waits for the next message: "channel: payload", for a pattern "pattern channel: payload".
  std::string next() {
    std::string text;
    receiver_->receive([&](const actors::channel_message& news) {
      actors::received(caf::actor_cast<caf::abstract_actor*>(talk_.client()));
      if (news.kind == pubsub::topic_kind::pattern)
        text = std::string{news.pattern} + ' ';
      else if (news.kind == pubsub::topic_kind::shard_channel)
        text = "shard ";
      text += std::string{news.channel} + ": " + std::string{news.payload};
    });
    return text;
  }
  bool has_messages() {
    return receiver_->has_next_message();
  }
  void wait_for_end() {
    talk_.self()->wait_for(talk_.client());
  }

private:
  caf::scoped_actor receiver_;
  conversation talk_;
};

constexpr auto no_receiver = "-ERR This client has nobody who takes messages";

} // namespace

TEST_CASE("an embedded client with a receiver gets what is published", "[embedded][pubsub]") {
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{2, 2, how};
    listening news{store};
    auto other = store.talk();
    CHECK(news("SUBSCRIBE", "news") == R"([["subscribe", "news", 1]])");
    CHECK(news("PSUBSCRIBE", "n*") == R"([["psubscribe", "n*", 2]])");
    CHECK(news("SSUBSCRIBE", "news") == R"([["ssubscribe", "news", 1]])");
    CHECK((*other)("PUBLISH", "news", "hello") == "2");
    CHECK((*other)("SPUBLISH", "news", "sharded") == "1");
    CHECK((*other)("PUBLISH", "night", "") == "1");
    const std::vector<std::string> got{news.next(), news.next(), news.next(), news.next()};
    CHECK(got
          == std::vector<std::string>{"news: hello", "n* news: hello", "shard news: sharded",
                                      "n* night: "});
    CHECK(news("UNSUBSCRIBE", "news") == R"([["unsubscribe", "news", 1]])");
    CHECK((*other)("PUBLISH", "news", "again") == "1");
    CHECK(news.next() == "n* news: again");
    CHECK_FALSE(news.has_messages());
  }
}

TEST_CASE("the reply to SUBSCRIBE is an array of its confirmations", "[embedded][pubsub]") {
  running_store store{1};
  listening news{store};
  CHECK(news.talk()
          .say_all({{"PING"},
                    {"SUBSCRIBE", "a", "b", "a"},
                    {"ECHO", "between"},
                    {"UNSUBSCRIBE"},
                    {"PUNSUBSCRIBE"},
                    {"PING"}})
          .at(1)
        == R"([["subscribe", "a", 1], ["subscribe", "b", 2], ["subscribe", "a", 2]])");
  CHECK(news.talk().say_all({{"SUBSCRIBE", "a"}, {"ECHO", "x"}, {"UNSUBSCRIBE"}, {"ECHO", "y"}})
        == std::vector<std::string>{R"([["subscribe", "a", 1]])", "\"x\"",
                                    R"([["unsubscribe", "a", 0]])", "\"y\""});
  CHECK(news("PUNSUBSCRIBE") == R"([["punsubscribe", null, 0]])");
  CHECK(news("SUBSCRIBE") == "-ERR wrong number of arguments for 'subscribe' command");
  const auto reply = news.talk().ask({"SUBSCRIBE", "a", "b"});
  CHECK(reply.value.type == protocol::resp_type::array);
  CHECK(reply.items()[1].type == protocol::resp_type::push);
}

TEST_CASE("confirmations come in RESP2 and without replies as well", "[embedded][pubsub]") {
  running_store store{1};
  listening news{store};
  auto other = store.talk();
  CHECK(news("HELLO", "2").find("\"proto\", 2") != std::string::npos);
  CHECK(news("SUBSCRIBE", "a", "b") == R"([["subscribe", "a", 1], ["subscribe", "b", 2]])");
  CHECK(news("GET", "k").starts_with("-ERR Can't execute 'get': only (P|S)SUBSCRIBE"));
  CHECK((*other)("PUBLISH", "b", "message") == "1");
  CHECK(news.next() == "b: message");
  CHECK(news("UNSUBSCRIBE", "a", "b") == R"([["unsubscribe", "a", 1], ["unsubscribe", "b", 0]])");
  CHECK(news("CLIENT", "REPLY", "OFF") == "null");
  CHECK(news("PING") == "null");
  CHECK(news("SUBSCRIBE", "a") == R"([["subscribe", "a", 1]])");
}

TEST_CASE("an embedded client without a receiver cannot subscribe", "[embedded][pubsub]") {
  running_store store{1};
  auto talk = store.talk();
  CHECK((*talk)("SUBSCRIBE", "news") == no_receiver);
  CHECK((*talk)("UNSUBSCRIBE") == no_receiver);
  conversation none{store.system(), store->connect(nullptr)};
  CHECK(none("PSUBSCRIBE", "*") == no_receiver);
  CHECK((*talk)("RESET") == "RESET");
}

TEST_CASE("an embedded client is shown as a subscriber", "[embedded][pubsub]") {
  running_store store{1};
  listening news{store};
  auto other = store.talk();
  news("SUBSCRIBE", "a", "b");
  news("SSUBSCRIBE", "c");
  const auto listed = (*other)("CLIENT", "LIST", "TYPE", "PUBSUB");
  CHECK(listed.find(" flags=P ") != std::string::npos);
  CHECK(listed.find(" sub=2 psub=0 ssub=1 ") != std::string::npos);
  CHECK((*other)("PUBSUB", "NUMSUB", "a", "b") == R"(["a", 1, "b", 1])");
}

TEST_CASE("messages also come while a request of the client waits", "[embedded][pubsub]") {
  running_store store{1};
  listening news{store};
  auto other = store.talk();
  news("SUBSCRIBE", "a");
  auto pop = [&] {
    const actors::unwatched envelope;
    return news.talk().self()->request(news.talk().client(), caf::infinite,
                                       actors::embedded_request{{"BLPOP", "list", "0"}});
  }();
  CHECK((*other)("PUBLISH", "a", "meanwhile") == "1");
  CHECK(news.next() == "a: meanwhile");
  CHECK((*other)("RPUSH", "list", "x") == "1");
  std::string popped;
  pop.receive(
    [&](const actors::embedded_reply& reply) {
      actors::received(caf::actor_cast<caf::abstract_actor*>(news.talk().client()));
      popped = show(reply.value);
    },
    [](const caf::error&) {});
  CHECK(popped == R"(["list", "x"])");
}

TEST_CASE("nobody subscribes any more after RESET, and one may again", "[embedded][pubsub]") {
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{2, 2, how};
    listening news{store};
    auto other = store.talk();
    for (int turn = 0; turn < 50; ++turn) {
      news("SUBSCRIBE", "a");
      news("PSUBSCRIBE", "*");
      CHECK((*other)("PUBLISH", "a", "message") == "2");
      CHECK(news("RESET") == "RESET");
      CHECK((*other)("PUBLISH", "a", "lost") == "0");
      CHECK(news.next() == "a: message");
      CHECK(news.next() == "* a: message");
    }
    CHECK_FALSE(news.has_messages());
    CHECK((*other)("PUBSUB", "NUMPAT") == "0");
  }
}

TEST_CASE("a client that has ended is no subscriber", "[embedded][pubsub]") {
  for (auto how : {scheduling::event_loops, scheduling::caf})
    for (auto end : {"QUIT", "CLIENT KILL", "exit message"}) {
      running_store store{1, 2, how};
      listening news{store};
      auto other = store.talk();
      news("SUBSCRIBE", "a", "b");
      news("PSUBSCRIBE", "*");
      if (std::string_view{end} == "QUIT")
        CHECK(news("QUIT") == "OK");
      else if (std::string_view{end} == "CLIENT KILL")
        CHECK((*other)("CLIENT", "KILL", "TYPE", "PUBSUB") == "1");
      else
        caf::anon_send_exit(news.talk().client(), caf::exit_reason::user_shutdown);
      news.wait_for_end();
      CHECK((*other)("PUBLISH", "a", "late") == "0");
      CHECK((*other)("PUBSUB", "NUMPAT") == "0");
      CHECK_FALSE(news.has_messages());
    }
}

TEST_CASE("a client ends with its receiver", "[embedded][pubsub]") {
  running_store store{1};
  auto other = store.talk();
  auto receiver = std::make_unique<caf::scoped_actor>(store.system());
  conversation talk{store.system(), store->connect(caf::actor{*receiver})};
  talk("SUBSCRIBE", "a");
  SECTION("while it has nothing to do") {
    receiver.reset();
    talk.self()->wait_for(talk.client());
  }
  SECTION("while a request of it waits") {
    caf::scoped_actor asking{store.system()};
    auto pop = [&] {
      const actors::unwatched envelope;
      return asking->request(talk.client(), caf::infinite,
                             actors::embedded_request{{"BLPOP", "list", "0"}});
    }();
    receiver.reset();
    talk.self()->wait_for(talk.client());
    auto refused = false;
    pop.receive([](const actors::embedded_reply&) {}, [&](const caf::error&) { refused = true; });
    CHECK(refused);
  }
  CHECK((*other)("PUBLISH", "a", "late") == "0");
  CHECK(talk("PING") == gone);
  conversation never{store.system(), store->connect(talk.client())};
  never.self()->wait_for(never.client());
}

TEST_CASE("the store ends under messages, and its receivers go on", "[embedded][pubsub]") {
  for (auto how : {scheduling::event_loops, scheduling::caf})
    for (int turn = 0; turn < 20; ++turn) {
      running_store store{2, 2, how};
      listening one{store};
      listening other{store};
      one("SUBSCRIBE", "a");
      other("PSUBSCRIBE", "*");
      std::thread publisher{[talk = std::shared_ptr<conversation>{store.talk()}] {
        while ((*talk)("PUBLISH", "a", "message") != gone) {
        }
      }};
      CHECK(one.next() == "a: message");
      CHECK(other.next() == "* a: message");
      store.end();
      publisher.join();
      CHECK(one("PING") == gone);
    }
}

TEST_CASE("every subscriber gets the messages of each publisher in order", "[embedded][pubsub]") {
  constexpr int messages = 500;
  constexpr int publishers = 3;
  for (auto how : {scheduling::event_loops, scheduling::caf}) {
    running_store store{2, 2, how};
    std::vector<std::unique_ptr<listening>> all;
    for (int i = 0; i < 3; ++i) {
      all.push_back(std::make_unique<listening>(store));
      (*all.back())("SUBSCRIBE", "a");
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < publishers; ++i)
      threads.emplace_back([i, talk = std::shared_ptr<conversation>{store.talk()}] {
        std::vector<conversation::words> requests;
        for (int number = 0; number < messages; ++number)
          requests.push_back({"PUBLISH", "a", std::to_string(i) + ' ' + std::to_string(number)});
        talk->say_all(requests);
      });
    for (auto& one : all) {
      std::vector<int> next(publishers);
      for (int i = 0; i < messages * publishers; ++i) {
        const auto text = one->next();
        auto& expected = next.at(static_cast<std::size_t>(text.at(3) - '0'));
        REQUIRE(text.substr(5) == std::to_string(expected++));
      }
    }
    for (auto& thread : threads)
      thread.join();
  }
}
