/// See keyspace/tracking_table.hpp.

#include "keyspace/tracking_table.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace thespis;
using keyspace::tracking_table;
using clients = std::vector<std::uint64_t>;

TEST_CASE("readers of a key are told once, each once, in order", "[tracking]") {
  tracking_table table;
  CHECK(table.empty());
  for (const std::uint64_t client : {9, 2, 9, 5})
    table.remember("a", client);
  table.remember("b", 2);
  CHECK(table.key_count.get() == 2);
  CHECK(table.copy_count.get() == 4);
  CHECK(table.forget("a") == clients{2, 5, 9});
  CHECK(table.forget("a").empty());
  CHECK(table.forget("none").empty());
  CHECK(table.key_count.get() == 1);
  CHECK(table.copy_count.get() == 1);
  CHECK(table.some_key(77) == "b");
  table.forget_all();
  CHECK(table.empty());
  CHECK(table.key_count.get() == 0);
  CHECK(table.copy_count.get() == 0);
}

TEST_CASE("the table knows what a plain model knows", "[tracking]") {
  const auto seed = base::random_seed();
  INFO("seed " << seed);
  base::random_bits random{seed};
  tracking_table table;
  std::map<std::string, std::set<std::uint64_t>> model;
  for (int step = 0; step < 50'000; ++step) {
    const auto key = "key:" + std::to_string(random.below(500));
    if (random.below(4) != 0) {
      const auto client = random.below(40);
      table.remember(key, client);
      model[key].insert(client);
    } else {
      const auto& expected = model[key];
      REQUIRE(table.forget(key) == clients{expected.begin(), expected.end()});
      model.erase(key);
    }
    if (step % 10'000 == 9'999) {
      std::size_t copies = 0;
      for (const auto& [name, readers] : model)
        copies += readers.size();
      REQUIRE(table.keys() == model.size());
      REQUIRE(table.copy_count.get() == copies);
      REQUIRE(model.contains(table.some_key(random.next())));
    }
  }
}
