/// See pubsub/changed_keys.hpp.

#include "pubsub/changed_keys.hpp"

#include "base/random.hpp"
#include "pubsub/exchange.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

using namespace thespis;
using pubsub::changed_keys;
using pubsub::topic_kind;

namespace {

/// An exchange with topics, and what it hands out of them: by topic, all payloads behind each
/// other.
class station {
public:
  void add(topic_kind kind, const std::string& name) {
    auto one = std::make_unique<pubsub::subscription_change>(
      pubsub::subscription_change{kind, std::make_shared<const std::string>(name), true});
    pubsub::subscription_changes changes;
    changes.add(std::move(one));
    REQUIRE(exchange_.follow(0, changes));
  }
  std::map<std::string, std::string> publish(const changed_keys& what) {
    std::map<std::string, std::string> out;
    what.publish(exchange_);
    exchange_.take([&](pubsub::group_index, const auto& messages, std::uint64_t) {
      origin = messages->origin;
      for (std::size_t i = 0; i < messages->size(); ++i)
        out[std::string{(*messages)[i].topic}] += (*messages)[i].payload;
    });
    return out;
  }

  std::uint64_t origin = 0;

private:
  pubsub::exchange exchange_{1};
};

using told = std::map<std::string, std::string>;

} // namespace

TEST_CASE("readers are told of each key by itself, and only they", "[changed_keys]") {
  station here;
  here.add(topic_kind::copies, "7");
  here.add(topic_kind::copies, "8");
  changed_keys changes{42};
  changes.add("a", {7, 9});
  changes.add("bc", {7, 8});
  CHECK(here.publish(changes)
        == told{{"7", "*1\r\n$1\r\na\r\n*1\r\n$2\r\nbc\r\n"}, {"8", "*1\r\n$2\r\nbc\r\n"}});
  CHECK(here.origin == 42);
}

TEST_CASE("a flush is told to all who keep copies, once", "[changed_keys]") {
  station here;
  here.add(topic_kind::copies, "7");
  here.add(topic_kind::key_prefix, "");
  changed_keys changes{0};
  changes.add_all();
  changes.add_all();
  CHECK(here.publish(changes) == told{{"7", "_\r\n"}});
}

TEST_CASE("prefixes get their keys all at once, each key once", "[changed_keys]") {
  station here;
  for (const auto* const prefix : {"", "user:", "user:1"})
    here.add(topic_kind::key_prefix, prefix);
  changed_keys changes{0};
  for (const auto* const key : {"user:2", "user:1", "user:2", "other"})
    changes.add(key, {});
  CHECK(here.publish(changes)
        == told{{"", "*3\r\n$5\r\nother\r\n$6\r\nuser:1\r\n$6\r\nuser:2\r\n"},
                {"user:", "*2\r\n$6\r\nuser:1\r\n$6\r\nuser:2\r\n"},
                {"user:1", "*1\r\n$6\r\nuser:1\r\n"}});
}

TEST_CASE("prefixes match as a plain comparison says", "[changed_keys]") {
  const auto seed = base::random_seed();
  INFO("seed " << seed);
  base::random_bits random{seed};
  const auto word = [&] {
    std::string text;
    for (auto left = random.below(5); left > 0; --left)
      text += static_cast<char>('a' + random.below(2));
    return text;
  };
  for (int round = 0; round < 500; ++round) {
    station here;
    std::set<std::string> prefixes;
    for (int i = 0; i < 6; ++i)
      if (const auto prefix = word(); prefixes.insert(prefix).second)
        here.add(topic_kind::key_prefix, prefix);
    const auto key = word();
    changed_keys changes{0};
    changes.add(key, {});
    std::set<std::string> expected;
    for (const auto& prefix : prefixes)
      if (key.starts_with(prefix))
        expected.insert(prefix);
    std::set<std::string> found;
    for (const auto& [prefix, keys] : here.publish(changes))
      found.insert(prefix);
    REQUIRE(found == expected);
  }
}
