/// See pubsub/subscriber_table.hpp and pubsub/exchange.hpp.

#include "pubsub/subscriber_table.hpp"

#include "base/random.hpp"
#include "pubsub/exchange.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace thespis;
using pubsub::topic_kind;

namespace {

constexpr std::array kinds{topic_kind::channel, topic_kind::pattern, topic_kind::shard_channel};

struct inbox final : pubsub::subscriber {
  void push(const std::shared_ptr<const pubsub::delivery>& from,
            const pubsub::delivery::run& which) override {
    for (auto i = which.first; i < which.end; ++i)
      got.emplace_back((*from)[i].payload);
  }
  void flush_pushes() override {
  }
  bool send_ahead_of(base::byte_buffer&, std::size_t) noexcept override {
    return true;
  }

  std::vector<std::string> got;
};

} // namespace

TEST_CASE("messages go to whoever a plain model says", "[subscriber_table]") {
  const auto seed = base::random_seed();
  INFO("seed " << seed);
  base::random_bits random{seed};
  constexpr std::size_t groups = 3;
  pubsub::exchange exchange{groups};
  std::array<pubsub::subscriber_table, groups> tables;
  std::array<inbox, 12> clients;
  std::map<std::pair<topic_kind, std::string>, std::set<std::size_t>> model;
  const std::vector<std::string> names{"a", "ab", "b", "a*", "*", "a?"};
  const auto settle = [&](std::size_t group) {
    auto changes = tables[group].take_changes();
    REQUIRE(exchange.follow(static_cast<pubsub::group_index>(group), changes));
  };
  for (int step = 0; step < 20'000; ++step) {
    const auto who = random.below(clients.size());
    const auto group = who % groups;
    const auto kind = kinds[random.below(kinds.size())];
    const auto& name = names[random.below(names.size())];
    auto& members = model[{kind, name}];
    switch (random.below(8)) {
      case 0:
      case 1:
        REQUIRE(tables[group].add(clients[who], kind, name) == members.insert(who).second);
        settle(group);
        break;
      case 2:
        REQUIRE(tables[group].remove(clients[who], kind, name) == (members.erase(who) != 0));
        settle(group);
        break;
      case 3:
        if (random.below(8) != 0)
          break;
        tables[group].remove(clients[who]);
        for (auto& [topic, all] : model)
          all.erase(who);
        settle(group);
        REQUIRE_FALSE(clients[who].subscribes());
        break;
      default: {
        const auto to = random.below(2) == 0 ? topic_kind::channel : topic_kind::shard_channel;
        std::array<std::size_t, 12> expected{};
        std::size_t receivers = 0;
        for (const auto& [topic, all] : model) {
          const auto fits = topic.first == to
                              ? topic.second == name
                              : topic.first == topic_kind::pattern && to == topic_kind::channel
                                  && base::glob_match(topic.second, name);
          receivers += fits ? all.size() : 0;
          if (fits)
            for (const auto one : all)
              ++expected[one];
        }
        REQUIRE(exchange.publish(to, name, "x") == receivers);
        exchange.take([&](pubsub::group_index where, const auto& messages, std::uint64_t known) {
          tables[where].deliver(messages, known);
        });
        for (std::size_t i = 0; i < clients.size(); ++i) {
          REQUIRE(clients[i].got.size() == expected[i]);
          clients[i].got.clear();
        }
      }
    }
    std::size_t count = 0;
    for (const auto& [topic, all] : model)
      count += topic.first == kind && all.contains(who) ? 1 : 0;
    REQUIRE(clients[who].count(kind) == count);
  }
  for (const auto& [topic, all] : model) {
    const auto* const found = exchange.routes().find(topic.first, topic.second);
    REQUIRE((found == nullptr ? 0 : found->subscribers) == all.size());
  }
  for (std::size_t i = 0; i < clients.size(); ++i)
    tables[i % groups].remove(clients[i]);
}

TEST_CASE("who subscribes anew gets nothing of the time before", "[subscriber_table]") {
  pubsub::exchange exchange{1};
  pubsub::subscriber_table table;
  inbox stays;
  inbox returns;
  const auto follow = [&] {
    auto changes = table.take_changes();
    REQUIRE(exchange.follow(0, changes));
  };
  const auto publish = [&](std::string_view text) {
    exchange.publish(topic_kind::channel, "a", text);
  };
  /// Hands over what was published, after what `meanwhile` does.
  const auto deliver = [&](auto&& meanwhile) {
    exchange.take([&](pubsub::group_index, const auto& messages, std::uint64_t known) {
      meanwhile();
      table.deliver(messages, known);
    });
  };
  table.add(stays, topic_kind::channel, "a");
  table.add(returns, topic_kind::channel, "a");
  follow();
  publish("before");
  deliver([&] {
    table.remove(returns);
    table.add(returns, topic_kind::channel, "a");
  });
  CHECK(stays.got == std::vector<std::string>{"before"});
  CHECK(returns.got.empty());
  follow();
  publish("after");
  deliver([] {});
  CHECK(stays.got == std::vector<std::string>{"before", "after"});
  CHECK(returns.got == std::vector<std::string>{"after"});
  table.remove(stays);
  table.remove(returns);
}

TEST_CASE("a delivery knows the parts of each of its frames", "[delivery]") {
  pubsub::delivery all;
  all.add(topic_kind::channel, "news", "news", "hello");
  all.add(topic_kind::pattern, "n*", "news", "");
  all.add(topic_kind::shard_channel, "", "", "x");
  REQUIRE(all.size() == 3);
  CHECK(all[0].frame == ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
  CHECK(all[0].topic == "news");
  CHECK(all[0].channel == "news");
  CHECK(all[0].payload == "hello");
  CHECK(all[1].frame == ">4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$0\r\n\r\n");
  CHECK(all[1].topic == "n*");
  CHECK(all[1].channel == "news");
  CHECK(all[1].payload.empty());
  CHECK(all[2].frame == ">3\r\n$8\r\nsmessage\r\n$0\r\n\r\n$1\r\nx\r\n");
  CHECK(all[2].payload == "x");
  CHECK(all.runs().size() == 3);
  all.add(topic_kind::shard_channel, "", "", "y");
  REQUIRE(all.runs().size() == 3);
  all.seal();
  CHECK(all.frames(all.runs()[2], 2)
        == "*3\r\n$8\r\nsmessage\r\n$0\r\n\r\n$1\r\nx\r\n"
           "*3\r\n$8\r\nsmessage\r\n$0\r\n\r\n$1\r\ny\r\n");
  CHECK(all.frames(all.runs()[0], 3) == all[0].frame);
  all.truncate(1);
  CHECK(all.runs().size() == 1);
  CHECK(all.size() == 1);
  CHECK(all.bytes() == all[0].frame.size());
}
