#include "commands/latency_histogram.hpp"

#include <catch2/catch.hpp>

#include <memory>

namespace {

using namespace thespis::commands;

} // namespace

TEST_CASE("A latency bucket reaches from the end of the last one to its own", "[statistics]") {
  std::uint64_t next = 0;
  for (std::size_t i = 0; i + 1 < latency_buckets::count; ++i) {
    const auto end = latency_buckets::upper_ns(i);
    REQUIRE(end >= next);
    CHECK(latency_buckets::index_of(next) == i);
    CHECK(latency_buckets::index_of(end) == i);
    // 1/64 is 1.6 %.
    CHECK((end - next) * 64 <= end);
    next = end + 1;
  }
}

TEST_CASE("Times over a second count as a second", "[statistics]") {
  CHECK(latency_buckets::index_of(latency_buckets::ns_max) == latency_buckets::count - 1);
  CHECK(latency_buckets::index_of(~std::uint64_t{0}) == latency_buckets::count - 1);
}

TEST_CASE("Percentiles of a distribution are precise to 2 percent", "[statistics]") {
  const auto writer = std::make_unique<latency_histogram>();
  for (std::uint64_t i = 1; i <= 1000; ++i)
    writer->record(i * 1000);
  latency_distribution sum;
  sum.add(*writer);
  CHECK(sum.total() == 1000);
  for (const auto percent : {1.0, 50.0, 99.0, 99.9, 100.0}) {
    const auto exact = percent * 10 * 1000;
    CHECK(static_cast<double>(sum.percentile_ns(percent)) == Approx(exact).epsilon(0.02));
  }
  CHECK(sum.up_to_ns(0) == 0);
  CHECK(sum.up_to_ns(1'000'000'000) == 1000);
  CHECK(sum.up_to_ns(1023) == 1);
}

TEST_CASE("An empty distribution has percentiles of zero", "[statistics]") {
  CHECK(latency_distribution{}.percentile_ns(99) == 0);
}

TEST_CASE("What was before a reset can be taken off a distribution", "[statistics]") {
  const auto writer = std::make_unique<latency_histogram>();
  writer->record(50);
  latency_distribution before;
  before.add(*writer);
  writer->record(5000);
  latency_distribution now;
  now.add(*writer);
  now.subtract(before);
  CHECK(now.total() == 1);
  CHECK(now.percentile_ns(0) >= 5000);
}
