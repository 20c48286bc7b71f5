#include "types/id_map.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using thespis::base::random_bits;
using thespis::types::id_map;
using thespis::types::stream_id;

namespace {

using model_of_ids = std::map<stream_id, int*>;

int words_of_ids[1];

void compare_all(const id_map<int>& tree, const model_of_ids& model) {
  REQUIRE(tree.size() == model.size());
  auto at = tree.first();
  for (const auto& [id, word] : model) {
    REQUIRE(at);
    REQUIRE(at.id() == id);
    REQUIRE(*at == word);
    ++at;
  }
  REQUIRE_FALSE(at);
  at = tree.last();
  for (auto each = model.rbegin(); each != model.rend(); ++each) {
    REQUIRE(at);
    REQUIRE(at.id() == each->first);
    --at;
  }
  REQUIRE_FALSE(at);
}

} // namespace

TEST_CASE("an index of IDs without entries has no nodes", "[id_tree]") {
  id_map<int> tree;
  CHECK(tree.empty());
  CHECK_FALSE(tree.first());
  CHECK_FALSE(tree.last());
  CHECK_FALSE(tree.at_least({}));
  CHECK_FALSE(tree.at_most({1, 1}));
  CHECK(tree.erase({1, 1}) == nullptr);
  tree.insert({1, 1}, words_of_ids);
  CHECK_FALSE(tree.insert({1, 1}, nullptr));
  CHECK(tree.find({1, 1}) == words_of_ids);
  CHECK(tree.erase({1, 1}) == words_of_ids);
  CHECK(tree.memory_bytes() == 0);
  CHECK(tree.nodes() == 0);
}

TEST_CASE("an index of IDs does what a map does", "[id_tree]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  // Phases that grow and shrink it: ascending, anywhere, from the front, all.
  for (const auto range : {20u, 3000u}) {
    id_map<int> tree;
    model_of_ids model;
    std::uint64_t top = 0;
    for (int step = 0; step < 40000; ++step) {
      const auto phase = step / 4000 % 4;
      const auto kind = random.next() % 10;
      const stream_id any{random.next() % range, random.next() % 2};
      if (kind < (phase == 0 || phase == 1 ? 7u : 2u)) {
        const auto id = phase == 0 ? stream_id{range + top++, 0} : any;
        const auto added = tree.insert(id, words_of_ids);
        REQUIRE(added == model.emplace(id, words_of_ids).second);
      } else {
        const auto id = phase == 3 && !model.empty() ? model.begin()->first : any;
        const auto* const gone = tree.erase(id);
        REQUIRE((gone != nullptr) == (model.erase(id) != 0));
      }
      const auto low = model.lower_bound(any);
      const auto found = tree.at_least(any);
      REQUIRE(bool{found} == (low != model.end()));
      if (found)
        REQUIRE(found.id() == low->first);
      auto high = model.upper_bound(any);
      const auto below = tree.at_most(any);
      REQUIRE(bool{below} == (high != model.begin()));
      if (below)
        REQUIRE(below.id() == (--high)->first);
      if (step % 500 == 0)
        compare_all(tree, model);
    }
    while (!model.empty()) {
      REQUIRE(tree.erase(model.begin()->first) != nullptr);
      model.erase(model.begin());
    }
    CHECK(tree.memory_bytes() == 0);
    CHECK_FALSE(tree.last());
  }
}

TEST_CASE("ascending IDs fill the nodes of their index", "[id_tree]") {
  id_map<int> tree;
  constexpr std::size_t count = 100'000;
  for (std::size_t i = 0; i < count; ++i)
    tree.insert({i, 0}, words_of_ids);
  CHECK(tree.memory_bytes() < count * 28);
}
