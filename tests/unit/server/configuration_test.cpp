#include "server/configuration.hpp"
#include "server/process.hpp"

#include <catch2/catch.hpp>

using namespace thespis;

namespace {

constexpr std::uint64_t gb = 1024 * 1024 * 1024;

base::result<void> check(std::string_view databases, std::string_view partitions) {
  base::options settings;
  REQUIRE(settings.load("databases", {&databases, 1}));
  REQUIRE(settings.load("partitions", {&partitions, 1}));
  return server::check_databases(settings, gb);
}

} // namespace

TEST_CASE("databases that fit into half of the memory are taken", "[configuration]") {
  CHECK(check("16", "1"));
  CHECK(check("16", "16384"));
  CHECK(check("100000", "2"));
}

TEST_CASE("databases that empty would fill the memory are refused", "[configuration]") {
  CHECK_FALSE(check("2147483647", "1"));
  CHECK_FALSE(check("2147483647", "16384"));
  // Each of them fits alone.
  CHECK(check("100000", "1"));
  CHECK_FALSE(check("100000", "100"));
  const auto refused = check("2000000", "2");
  CHECK(refused.why().starts_with("'databases 2000000': they need "));
  CHECK(refused.why().ends_with(
    " MB in 2 partitions, that is more than half of the 1024 MB of memory"));
}

TEST_CASE("the process knows how much memory it can have", "[configuration]") {
  CHECK(server::memory_limit() > 1024 * 1024);
}
