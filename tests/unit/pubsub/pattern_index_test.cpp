/// See pubsub/pattern_index.hpp.

#include "pubsub/pattern_index.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

using namespace thespis;

namespace {

struct pattern {
  std::string text;

  std::string_view key() const noexcept {
    return text;
  }
};

std::string random_text(base::random_bits& random, std::string_view letters) {
  std::string out;
  for (auto size = random.below(6); size > 0; --size)
    out += letters[random.below(letters.size())];
  return out;
}

} // namespace

TEST_CASE("the index finds the patterns that a walk over all of them finds", "[pattern_index]") {
  const auto seed = base::random_seed();
  INFO("seed " << seed);
  base::random_bits random{seed};
  pubsub::pattern_index<pattern> index;
  std::vector<std::unique_ptr<pattern>> all;
  for (int step = 0; step < 3000; ++step) {
    if (all.empty() || random.below(3) != 0) {
      all.push_back(std::make_unique<pattern>(pattern{random_text(random, "ab*?[]\\-")}));
      index.add(*all.back());
    } else {
      std::swap(all[random.below(all.size())], all.back());
      index.remove(*all.back());
      all.pop_back();
    }
    const auto channel = random_text(random, "ab-]");
    std::multiset<std::string> expected;
    for (const auto& one : all)
      if (base::glob_match(one->text, channel))
        expected.insert(one->text);
    std::multiset<std::string> found;
    index.for_each_match(channel, [&](const pattern& one) { found.insert(one.text); });
    REQUIRE(found == expected);
  }
}
