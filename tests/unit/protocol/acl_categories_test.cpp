#include "protocol/acl_categories.hpp"

#include <catch2/catch.hpp>

using namespace thespis;
using namespace thespis::protocol;

namespace {

std::uint32_t categories_of(std::uint32_t flags, std::uint32_t acl = 0) {
  command_spec spec;
  spec.flags = flags;
  spec.acl = acl;
  return acl_categories(spec);
}

} // namespace

TEST_CASE("every command is either fast or slow", "[acl_categories]") {
  CHECK(categories_of(0) == acl_slow);
  CHECK(categories_of(fast) == acl_fast);
  CHECK(categories_of(0, acl_fast) == acl_fast);
}

TEST_CASE("flags imply categories", "[acl_categories]") {
  CHECK(categories_of(protocol::write | fast, acl_string) == (acl_write | acl_string | acl_fast));
  CHECK(categories_of(readonly) == (acl_read | acl_slow));
  CHECK(categories_of(admin) == (acl_admin | acl_dangerous | acl_slow));
  CHECK(categories_of(pubsub | fast) == (acl_pubsub | acl_fast));
  CHECK(categories_of(blocking | protocol::write) == (acl_blocking | acl_write | acl_slow));
}

TEST_CASE("scripts that only read are not in the category read", "[acl_categories]") {
  CHECK(categories_of(readonly, acl_scripting) == (acl_scripting | acl_slow));
}

TEST_CASE("categories are found by name in any case", "[acl_categories]") {
  CHECK(find_acl_category("keyspace") == acl_keyspace);
  CHECK(find_acl_category("SortedSet") == acl_sortedset);
  CHECK(find_acl_category("hyperloglog") == acl_hyperloglog);
  CHECK(find_acl_category("geo") == acl_geo);
  CHECK(find_acl_category("scripting") == acl_scripting);
  CHECK(find_acl_category("@read") == 0);
  CHECK(find_acl_category("") == 0);
}
