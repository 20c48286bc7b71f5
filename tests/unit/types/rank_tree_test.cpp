#include "types/rank_tree.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

using thespis::base::random_bits;
using thespis::types::rank_tree;
using thespis::types::score_image;
using thespis::types::zset_item;

namespace {

struct in_order {
  bool operator()(const zset_item* a, const zset_item* b) const {
    return a->score() != b->score() ? a->score() < b->score() : a->member() < b->member();
  }
};

/// A tree beside an ordered std::set of the same items, which it owns.
struct tree_and_model {
  rank_tree tree;
  std::set<zset_item*, in_order> model;
  std::set<std::string> members;

  ~tree_and_model() {
    for (auto* item : model)
      zset_item::free(item);
  }
  void insert(const std::string& member, double score) {
    if (!members.insert(member).second)
      return;
    auto* item = zset_item::make(member, score);
    tree.insert(item);
    model.insert(item);
  }
  zset_item* at(std::size_t rank) const {
    return *std::next(model.begin(), static_cast<std::ptrdiff_t>(rank));
  }
  void forget(zset_item* item) {
    model.erase(item);
    members.erase(std::string{item->member()});
    zset_item::free(item);
  }
  void move(zset_item* item, double score) {
    model.erase(item);
    tree.move(item, score);
    model.insert(item);
  }
  void compare() const {
    tree.check();
    REQUIRE(tree.size() == model.size());
    if (model.empty())
      return;
    auto at = tree.at(0);
    for (auto* item : model) {
      REQUIRE(*at == item);
      ++at;
    }
    auto back = tree.at(tree.size() - 1);
    for (auto it = model.rbegin(); it != model.rend(); ++it) {
      REQUIRE(*back == *it);
      if (std::next(it) != model.rend())
        --back;
    }
  }
};

double random_score(random_bits& random, std::uint64_t kind) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  switch (kind) {
    case 0:
      return 0;
    case 1:
      return static_cast<double>(random.below(10));
    case 2:
      // Many scores whose images agree in the upper half.
      return 1.7e12 + static_cast<double>(random.below(1000));
    default: {
      static constexpr double odd[] = {-0.0, 0.0, infinity, -infinity, 5e-324, -1.5, 1e308};
      return random.below(10) == 0 ? odd[random.below(7)]
                                   : (static_cast<double>(random.below(2000)) - 1000) / 8;
    }
  }
}

} // namespace

TEST_CASE("the image of a score orders as the score does", "[rank_tree]") {
  const auto infinity = std::numeric_limits<double>::infinity();
  const double ascending[] = {-infinity, -1e308, -1.5, -5e-324, 0, 5e-324, 1, 1.5, 1e308, infinity};
  for (std::size_t i = 1; i < std::size(ascending); ++i)
    CHECK(score_image(ascending[i - 1]) < score_image(ascending[i]));
  CHECK(score_image(-0.0) == score_image(0.0));
}

TEST_CASE("an item holds its score and a member of any length", "[rank_tree]") {
  for (std::size_t size : {0, 1, 12, 127, 128, 255, 70000}) {
    const std::string member(size, 'm');
    auto* item = zset_item::make(member, -0.0);
    CHECK(item->member() == member);
    CHECK(std::signbit(item->score()));
    zset_item::free(item);
  }
  auto* item = zset_item::make("twelve bytes", 1);
  CHECK(item->memory_bytes() == 32);
  zset_item::free(item);
}

TEST_CASE("a tree without items owns no memory", "[rank_tree]") {
  rank_tree tree;
  CHECK(tree.memory_bytes() == 0);
  CHECK(tree.count_below(1, true) == 0);
  CHECK(tree.count_below("x", true) == 0);
  auto* item = zset_item::make("m", 1);
  tree.insert(item);
  CHECK(tree.memory_bytes() == 768);
  tree.erase(item);
  CHECK(tree.memory_bytes() == 0);
  tree.check();
  zset_item::free(item);
}

TEST_CASE("leaves stay full whatever the order of insertion", "[rank_tree]") {
  const auto order = GENERATE(0, 1, 2, 3);
  CAPTURE(order);
  tree_and_model both;
  random_bits random(1);
  constexpr std::uint64_t count = 20000;
  for (std::uint64_t i = 0; i < count; ++i)
    switch (order) {
      case 0:
        both.insert(std::to_string(i), static_cast<double>(i));
        break;
      case 1:
        both.insert(std::to_string(i), -static_cast<double>(i));
        break;
      case 2:
        both.insert(std::to_string(i), static_cast<double>(random.below(1 << 30)));
        break;
      default:
        both.insert(std::to_string(random.next()), 0);
    }
  both.tree.check();
  CHECK(both.tree.fill() > (order < 2 ? 0.95 : 0.78));
  // And when most of it goes again.
  for (auto left = count; left > 1000; --left)
    both.forget(both.tree.erase_at(random.below(left)));
  both.compare();
  CHECK(both.tree.fill() > 0.45);
}

TEST_CASE("a rank tree does what an ordered set does", "[rank_tree]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  const auto kind = GENERATE(0u, 1u, 2u, 3u);
  CAPTURE(seed, kind);
  random_bits random(seed);
  tree_and_model both;
  // Waves of growth and shrinking, so that levels come and go.
  for (int step = 0; step < 40000; ++step) {
    const bool growing = step / 8000 % 2 == 0;
    const auto size = both.model.size();
    if (size == 0 || random.below(10) < (growing ? 7u : 2u)) {
      both.insert(std::to_string(random.below(100000)), random_score(random, kind));
    } else if (random.below(3) == 0) {
      auto* item = *both.tree.at(random.below(size));
      const auto score = random.below(2) == 0
                           ? random_score(random, kind)
                           : item->score() + static_cast<double>(random.below(3));
      both.move(item, score);
    } else if (random.below(2) == 0) {
      auto* item = *both.tree.at(random.below(size));
      both.tree.erase(item);
      both.forget(item);
    } else {
      const auto front = random.below(2) == 0;
      auto* item = both.tree.erase_at(front ? 0 : size - 1);
      REQUIRE(item == (front ? *both.model.begin() : *both.model.rbegin()));
      both.forget(item);
    }
    if (step % 500 == 0)
      both.compare();
  }
  both.compare();
  for (std::size_t rank = 0; rank < both.model.size(); rank += 37) {
    auto* item = both.at(rank);
    REQUIRE(both.tree.rank_of(item) == rank);
    REQUIRE(*both.tree.at(rank) == item);
  }
}

TEST_CASE("a rank tree counts what is below a score or a member", "[rank_tree]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  tree_and_model both;
  const auto kind = GENERATE(0u, 1u, 2u, 3u);
  for (int i = 0; i < 3000; ++i)
    both.insert(std::to_string(random.below(10000)), random_score(random, kind));
  for (int i = 0; i < 300; ++i) {
    const auto score = random_score(random, kind);
    const bool or_equal = random.below(2) == 0;
    const auto expected = std::count_if(both.model.begin(), both.model.end(), [&](auto* item) {
      return item->score() < score || (or_equal && item->score() == score);
    });
    REQUIRE(both.tree.count_below(score, or_equal) == static_cast<std::size_t>(expected));
  }
  if (kind != 0)
    return;
  for (int i = 0; i < 300; ++i) {
    const auto member = std::to_string(random.below(10000));
    const bool or_equal = random.below(2) == 0;
    const auto expected = std::count_if(both.model.begin(), both.model.end(), [&](auto* item) {
      return item->member() < member || (or_equal && item->member() == member);
    });
    REQUIRE(both.tree.count_below(member, or_equal) == static_cast<std::size_t>(expected));
  }
}
