/// See actors/wake_up_manners.hpp.

#include "actors/wake_up_manners.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using thespis::actors::wake_up_manners;

namespace {

/// A second in which the thread gets a core so often, after so long each time.
class kernel {
public:
  bool second(std::uint64_t turns, std::uint64_t wait_us) {
    sum_.turns += turns;
    sum_.waited_ns += turns * wait_us * 1000;
    return manners.review(sum_);
  }
  /// Seconds until it does not preempt any more.
  int rest() {
    auto seconds = 0;
    while (manners.preempts()) {
      second(1000, 60);
      ++seconds;
    }
    return seconds;
  }

  wake_up_manners manners;

private:
  wake_up_manners::reading sum_;
};

} // namespace

TEST_CASE("a thread that waits shortly, or seldom, preempts nobody", "[wake_up_manners]") {
  kernel linux_;
  for (auto i = 0; i < 100; ++i) {
    REQUIRE_FALSE(linux_.second(20'000, 20));
    REQUIRE_FALSE(linux_.second(15, 5'000));
    REQUIRE_FALSE(linux_.second(0, 0));
    REQUIRE_FALSE(linux_.manners.preempts());
  }
}

TEST_CASE("a thread that waits long preempts, for longer each time", "[wake_up_manners]") {
  kernel linux_;
  for (const auto seconds : {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600}) {
    REQUIRE(linux_.second(300, 3'500));
    REQUIRE(linux_.manners.preempts());
    REQUIRE(linux_.rest() == seconds);
  }
}

TEST_CASE("once it does not wait long any more it is patient again", "[wake_up_manners]") {
  kernel linux_;
  for (const auto seconds : {8, 16, 32}) {
    REQUIRE(linux_.second(300, 3'500));
    REQUIRE(linux_.rest() == seconds);
  }
  for (auto i = 0; i < 4; ++i)
    REQUIRE_FALSE(linux_.second(20'000, 20));
  REQUIRE(linux_.second(300, 3'500));
  CHECK(linux_.rest() == 8);
}
