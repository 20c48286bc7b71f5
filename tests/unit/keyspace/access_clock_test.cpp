#include "keyspace/access_clock.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

using namespace thespis::keyspace;

TEST_CASE("the LRU clock counts seconds and wraps at 24 bits", "[access_clock]") {
  CHECK(lru_clock(1'999) == 1);
  CHECK(lru_idle_seconds(lru_clock(5'000), 65'999) == 60);
  const std::int64_t wrap_ms = std::int64_t{1} << 24;
  CHECK(lru_clock(wrap_ms * 1000) == 0);
  CHECK(lru_idle_seconds(lru_clock((wrap_ms - 1) * 1000), (wrap_ms + 9) * 1000) == 10);
}

TEST_CASE("the LFU counter decays by one per period without use", "[access_clock]") {
  const auto clock = lfu_clock(600'000, 20);
  CHECK(lfu_counter(clock, 600'000, 1) == 20);
  CHECK(lfu_counter(clock, 659'999, 1) == 20);
  CHECK(lfu_counter(clock, 660'000, 1) == 19);
  CHECK(lfu_counter(clock, 600'000 + 50 * 60'000, 1) == 0);
  CHECK(lfu_counter(clock, 600'000 + 50 * 60'000, 10) == 15);
  CHECK(lfu_counter(clock, 600'000 + 50 * 60'000, 0) == 20);
  // Sixteen bits of minutes wrap.
  CHECK(lfu_counter(lfu_clock(65'535 * 60'000LL, 20), 65'538 * 60'000LL, 1) == 17);
}

TEST_CASE("the LFU counter grows ever more slowly and stops at 255", "[access_clock]") {
  CHECK(lfu_counted(255, 10, 0) == 255);
  // Up to five every use counts, whatever the dice say.
  CHECK(lfu_counted(0, 10, ~std::uint64_t{0}) == 1);
  CHECK(lfu_counted(5, 10, ~std::uint64_t{0}) == 6);
  CHECK(lfu_counted(6, 10, ~std::uint64_t{0}) == 6);
  CHECK(lfu_counted(200, 0, ~std::uint64_t{0}) == 201);
  // From counter 15 with factor 10 one in 101.
  thespis::base::random_bits random(5);
  int counted = 0;
  for (int i = 0; i < 101'000; ++i)
    counted += lfu_counted(15, 10, random.next()) == 16 ? 1 : 0;
  CHECK(counted > 850);
  CHECK(counted < 1150);
}
