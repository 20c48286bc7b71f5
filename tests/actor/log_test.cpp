/// How often a line may come that clients can cause. See actors/log.hpp.

#include "actors/log.hpp"

#include <catch2/catch.hpp>

using namespace thespis;
using namespace std::chrono_literals;

TEST_CASE("one line gets through in each interval", "[log]") {
  const std::chrono::steady_clock::time_point start{100s};
  actors::log::rate_limit limit{60s};
  CHECK(limit.allows(start));
  CHECK_FALSE(limit.allows(start));
  CHECK_FALSE(limit.allows(start + 59s));
  CHECK(limit.allows(start + 60s));
  CHECK_FALSE(limit.allows(start + 119s));
  CHECK(limit.allows(start + 1000s));
}
