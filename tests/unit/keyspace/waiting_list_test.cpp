/// Who waits for which key, against a plain model.

#include "keyspace/waiting_list.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace thespis::keyspace;

namespace {

struct idle_waiter final : waiter {
  void end(wait_note) override {
  }
};

/// Those in line at a key, and the key looked at.
std::vector<const waiter*> take(waiting_list& list) {
  std::vector<const waiter*> out;
  auto* ready = list.take_ready();
  if (ready == nullptr)
    return out;
  for (const auto& one : ready->second.waiters)
    out.push_back(one.who.get());
  list.release(ready);
  return out;
}

} // namespace

TEST_CASE("a key that changes is ready once, with those who wait in their order", "[waiting]") {
  waiting_list list;
  const auto a = std::make_shared<idle_waiter>();
  const auto b = std::make_shared<idle_waiter>();
  list.add({0, "k"}, {a, 1, value_type::list});
  list.add({0, "k"}, {b, 1, value_type::list});
  list.add({0, "k"}, {a, 1, value_type::list});
  list.add({1, "k"}, {b, 1, value_type::list});
  CHECK(list.keys().get() == 2);
  CHECK_FALSE(list.has_ready());
  list.note(0, "other");
  list.note(2, "k");
  CHECK_FALSE(list.has_ready());
  list.note(0, "k");
  list.note(0, "k");
  CHECK(take(list) == std::vector<const waiter*>{a.get(), b.get()});
  CHECK_FALSE(list.has_ready());
  list.note_all(1);
  CHECK(take(list) == std::vector<const waiter*>{b.get()});
}

TEST_CASE("a wait leaves all its queues, and an empty one is gone", "[waiting]") {
  waiting_list list;
  const auto a = std::make_shared<idle_waiter>();
  list.add({0, "k1"}, {a, 1, value_type::list});
  list.add({0, "k2"}, {a, 1, value_type::list});
  list.add({0, "k2"}, {a, 2, value_type::list});
  list.note(0, "k1");
  list.remove(a.get(), 1);
  CHECK_FALSE(list.has_ready());
  CHECK(list.keys().get() == 1);
  list.note_keys_of(a.get(), 2);
  auto* ready = list.take_ready();
  REQUIRE(ready != nullptr);
  list.remove(a.get(), 2);
  // It stays as long as somebody looks at it.
  CHECK(ready->second.waiters.empty());
  list.release(ready);
  CHECK(list.empty());
  CHECK(list.keys().get() == 0);
  list.remove(a.get(), 2);
}

TEST_CASE("a waiting list does what a map of sequences does", "[waiting]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  waiting_list list;
  std::map<std::string, std::vector<waiter::number>> model;
  std::set<std::string> ready;
  const auto who = std::make_shared<idle_waiter>();
  waiter::number next = 1;
  for (int step = 0; step < 20'000; ++step) {
    const auto key = "key:" + std::to_string(random() % 7);
    switch (random() % 4) {
      case 0:
        for (const auto& each : {key, "key:" + std::to_string(random() % 7)}) {
          auto& line = model[each];
          if (std::find(line.begin(), line.end(), next) == line.end())
            line.push_back(next);
          list.add({0, each}, {who, next, value_type::list});
        }
        ++next;
        break;
      case 1: {
        const auto wait = 1 + random() % next;
        list.remove(who.get(), wait);
        for (auto& [name, line] : model)
          line.erase(std::remove(line.begin(), line.end(), wait), line.end());
        std::erase_if(model, [](const auto& one) { return one.second.empty(); });
        std::erase_if(ready, [&](const auto& name) { return model.count(name) == 0; });
        break;
      }
      case 2:
        list.note(0, key);
        if (model.count(key) != 0)
          ready.insert(key);
        break;
      default:
        REQUIRE(list.has_ready() == !ready.empty());
        if (auto* taken = list.take_ready()) {
          REQUIRE(ready.erase(taken->first.key) == 1);
          std::vector<waiter::number> waits;
          for (const auto& one : taken->second.waiters)
            waits.push_back(one.wait);
          REQUIRE(waits == model.at(taken->first.key));
          list.release(taken);
        }
    }
    REQUIRE(list.keys().get() == model.size());
  }
}
