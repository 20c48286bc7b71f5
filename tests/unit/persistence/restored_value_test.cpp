#include "persistence/restored_value.hpp"

#include "tests/unit/persistence/value_content.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace thespis;
using namespace thespis::persistence;
using namespace thespis::persistence::tests;

namespace {

types::hash hash_with(std::string_view field, std::int64_t expire_at_ms = 0) {
  types::hash made;
  made.set(field, "value", {});
  if (expire_at_ms != 0)
    made.set_expiry(field, expire_at_ms, now_ms);
  return made;
}

types::list list_with(std::string_view element) {
  types::list made;
  made.push_back(element);
  return made;
}

} // namespace

TEST_CASE("collections without elements are empty, strings and streams are not", "[value]") {
  CHECK(restored_value{types::list{}}.is_empty_collection());
  CHECK(restored_value{types::set{}}.is_empty_collection());
  CHECK(restored_value{types::set::packed_from_start()}.is_empty_collection());
  CHECK(restored_value{types::sorted_set{}}.is_empty_collection());
  CHECK(restored_value{types::hash{}}.is_empty_collection());
  CHECK_FALSE(restored_value{types::stream{}}.is_empty_collection());
  CHECK_FALSE(restored_value{std::string{}}.is_empty_collection());
  CHECK_FALSE(restored_value{list_with("")}.is_empty_collection());
}

TEST_CASE("a value that was read replaces what was there, with the time it is given", "[value]") {
  keyspace::database db{7};
  const auto put = [&](restored_value&& value, std::optional<std::int64_t> expire_at_ms) {
    auto at = db.find("key");
    std::move(value).put(db, at, expire_at_ms);
    REQUIRE(db.size() == 1);
    REQUIRE(db.find("key")->has_expiry() == expire_at_ms.has_value());
    if (expire_at_ms)
      REQUIRE(db.find("key")->expire_at_ms() == *expire_at_ms);
    REQUIRE(db.expires() == (expire_at_ms ? 1 : 0));
    return content_reader::of(*db.find("key"));
  };
  for (const std::optional<std::int64_t> first : {std::optional<std::int64_t>{}, {now_ms + 1}})
    for (const std::optional<std::int64_t> second : {std::optional<std::int64_t>{}, {now_ms + 9}}) {
      CHECK(put(std::string{"text"}, first) == content{"string", "text"});
      CHECK(put(list_with("a"), second) == content{"list", "a"});
      CHECK(put(hash_with("f"), first).at(1) == "f");
      CHECK(put(std::string(5000, 'x'), second) == content{"string", std::string(5000, 'x')});
      CHECK(put(std::string{"17"}, first) == content{"string", "17"});
    }
}

TEST_CASE("the database looks at a hash that comes in when its fields expire", "[value]") {
  keyspace::database db{7};
  for (const std::optional<std::int64_t> key_expires :
       {std::optional<std::int64_t>{}, {now_ms + 1000}}) {
    auto at = db.find("key");
    restored_value{hash_with("f", now_ms + 5)}.put(db, at, key_expires);
    CHECK(db.alarms() == 1);
    CHECK(db.next_due_ms() <= now_ms + 5);
    restored_value{std::string{"text"}}.put(db, at);
    CHECK(db.alarms() == 0);
  }
}
