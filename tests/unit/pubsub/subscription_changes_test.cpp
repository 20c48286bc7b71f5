/// See pubsub/subscription_changes.hpp.

#include "pubsub/subscription_changes.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace thespis;
using pubsub::subscription_change;
using pubsub::topic_kind;

namespace {

std::unique_ptr<subscription_change> change(const char* name, pubsub::group_index group) {
  auto made = std::make_unique<subscription_change>(
    subscription_change{topic_kind::channel, std::make_shared<const std::string>(name), true});
  made->group = group;
  return made;
}

std::vector<std::string> drain(pubsub::subscription_changes& from) {
  std::vector<std::string> names;
  while (const auto one = from.take_first())
    names.push_back(*one->name + std::to_string(one->group));
  return names;
}

} // namespace

TEST_CASE("changes come out in the order in which they went in", "[subscription_changes]") {
  pubsub::subscription_changes changes;
  CHECK(changes.empty());
  for (const auto* const name : {"a", "b", "c"})
    changes.add(change(name, 0));
  CHECK_FALSE(changes.empty());
  auto moved = std::move(changes);
  CHECK(drain(moved) == std::vector<std::string>{"a0", "b0", "c0"});
  moved.add(change("d", 0));
  CHECK(drain(moved) == std::vector<std::string>{"d0"});
}

TEST_CASE("one change of the same topic and group is taken out", "[subscription_changes]") {
  pubsub::subscription_changes changes;
  for (const auto group : {0u, 1u, 1u, 2u})
    changes.add(change("a", group));
  CHECK_FALSE(changes.cancel(*change("b", 1)));
  CHECK_FALSE(changes.cancel(*change("a", 3)));
  CHECK(changes.cancel(*change("a", 1)));
  CHECK(changes.cancel(*change("a", 2)));
  changes.add(change("z", 9));
  CHECK(drain(changes) == std::vector<std::string>{"a0", "a1", "z9"});
}

TEST_CASE("a list of many changes goes without deep recursion", "[subscription_changes]") {
  pubsub::subscription_changes changes;
  for (auto i = 0; i < 1'000'000; ++i)
    changes.add(change("a", 0));
  CHECK_FALSE(changes.empty());
}
