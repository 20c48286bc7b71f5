#include "keyspace/watch_table.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace thespis;
using keyspace::watch_table;
using protocol::watch;

TEST_CASE("a change breaks the watches of its key in its database", "[watch_table]") {
  watch_table table;
  const auto one = std::make_shared<watch>();
  const auto other = std::make_shared<watch>();
  table.add(0, "k", one);
  table.add(1, "k", other);
  table.add(0, "other", other);
  table.break_at(0, "none");
  table.break_at(2, "k");
  CHECK_FALSE(one->is_broken(0));
  table.break_at(0, "k");
  CHECK(one->is_broken(0));
  CHECK_FALSE(other->is_broken(0));
  table.break_all(1, [](std::string_view key) { return key == "none"; });
  CHECK_FALSE(other->is_broken(0));
  table.break_all(1, [](std::string_view key) { return key == "k"; });
  CHECK(other->is_broken(0));
}

TEST_CASE("a watch is broken once the first of its keys has expired", "[watch_table]") {
  watch one;
  CHECK_FALSE(one.is_broken(INT64_MAX - 1));
  one.expires_ms = 100;
  CHECK_FALSE(one.is_broken(99));
  CHECK(one.is_broken(100));
}

TEST_CASE("watches come and go as a plain model says", "[watch_table]") {
  const auto seed = base::random_seed();
  INFO("seed " << seed);
  base::random_bits random{seed};
  const std::vector<std::string> keys{"a", "b", "", std::string(1000, 'x')};
  watch_table table;
  std::array<std::shared_ptr<watch>, 5> clients;
  std::set<std::tuple<int, std::string, std::size_t>> model;
  const auto renew = [&](std::size_t who) {
    for (int database = 0; database < 3; ++database)
      for (const auto& key : keys)
        table.remove(database, key, clients[who].get());
    std::erase_if(model, [&](const auto& one) { return std::get<2>(one) == who; });
    clients[who] = std::make_shared<watch>();
  };
  for (std::size_t i = 0; i < clients.size(); ++i)
    renew(i);
  for (int step = 0; step < 20'000; ++step) {
    const auto database = static_cast<int>(random.below(3));
    const auto& key = keys[random.below(keys.size())];
    const auto who = random.below(clients.size());
    switch (random.below(8)) {
      case 0:
        renew(who);
        break;
      case 1: {
        table.break_at(database, key);
        for (std::size_t i = 0; i < clients.size(); ++i)
          if (model.contains({database, key, i})) {
            REQUIRE(clients[i]->is_broken(0));
            renew(i);
          }
        break;
      }
      case 2:
        table.remove(database, key, clients[who].get());
        model.erase({database, key, who});
        break;
      default:
        if (model.insert({database, key, who}).second)
          table.add(database, key, clients[who]);
    }
    for (const auto& one : clients)
      REQUIRE_FALSE(one->is_broken(0));
    REQUIRE(table.empty() == model.empty());
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const auto entries = std::count_if(model.begin(), model.end(),
                                         [&](const auto& one) { return std::get<2>(one) == i; });
      REQUIRE(clients[i].use_count() == entries + 1);
    }
  }
}
