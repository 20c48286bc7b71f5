#include "keyspace/discarded.hpp"

#include "keyspace/database.hpp"
#include "keyspace/object.hpp"
#include "types/hash.hpp"
#include "types/list.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace thespis::keyspace;
namespace types = thespis::types;

namespace {

int alive = 0;

/// Sorted sets are replaced by numbers here, which say what it costs to free them.
class numbers_as_values {
public:
  numbers_as_values() {
    alive = 0;
    object_operations operations;
    operations.destroy = [](void* object) noexcept {
      --alive;
      delete static_cast<std::size_t*>(object);
    };
    operations.effort = [](const void* object) noexcept {
      return *static_cast<const std::size_t*>(object);
    };
    before_ = register_object_type(value_type::zset, operations);
  }
  ~numbers_as_values() {
    register_object_type(value_type::zset, before_);
  }

private:
  object_operations before_;
};

constexpr auto small = discarded::effort_max;
constexpr auto large = discarded::effort_max + 1;

void put(database& db, std::string_view key, std::size_t effort) {
  auto at = db.find(key);
  ++alive;
  db.set_object(at, value_type::zset, new std::size_t(effort));
}

template <class Value, class Add>
void check_effort(Add&& add) {
  Value value;
  add(value, 0);
  CHECK(value.effort() <= discarded::effort_max);
  for (int i = 1; i < 20'000; ++i)
    add(value, i);
  CHECK(value.effort() > discarded::effort_max);
  auto* const word = value.release();
  CHECK(entry::effort_of(type_of<Value>, word) > discarded::effort_max);
  entry::destroy_value(type_of<Value>, word);
}

} // namespace

TEST_CASE("an erased value that is large waits in the bin, a small one is freed", "[discarded]") {
  const numbers_as_values numbers;
  {
    discarded bin;
    database db(1, nullptr, &bin);
    put(db, "small", small);
    put(db, "large", large);
    auto at = db.find("small");
    db.erase(at);
    CHECK(alive == 1);
    CHECK(bin.empty());
    at = db.find("large");
    db.erase(at);
    CHECK_FALSE(at);
    CHECK(db.size() == 0);
    CHECK(alive == 1);
    CHECK(bin.objects() == 1);
    bin.clear();
    CHECK(alive == 0);
    CHECK(bin.empty());
    CHECK(bin.objects_ever() == 1);
  }
}

TEST_CASE("a large value that is overwritten waits in the bin", "[discarded]") {
  const numbers_as_values numbers;
  {
    discarded bin;
    database db(1, nullptr, &bin);
    put(db, "k", large);
    auto at = db.find("k");
    SECTION("by a string") {
      db.set_string(at, "text");
    }
    SECTION("by a string that is being written") {
      db.resize_string(at, 3);
    }
    SECTION("by an integer with an expiry") {
      db.set_string_until(at, "12", 5000);
    }
    SECTION("by another object") {
      put(db, "k", small);
      --alive;
    }
    SECTION("by an entry from elsewhere") {
      auto from = db.find("from");
      db.set_string(from, "text");
      auto entry = db.detach(from);
      at = db.find("k");
      db.attach(at, std::move(entry));
    }
    SECTION("by nothing, after it was detached") {
      auto gone = db.detach(at);
      CHECK(bin.empty());
      db.drop(std::move(gone));
    }
    CHECK(bin.objects() == 1);
    CHECK(alive == 1);
  }
  // The small object, too.
  CHECK(alive <= 0);
}

TEST_CASE("what was in the bin is freed by whoever takes it over", "[discarded]") {
  const numbers_as_values numbers;
  discarded bin;
  database db(1, nullptr, &bin);
  for (const auto* key : {"a", "b"}) {
    put(db, key, large);
    auto at = db.find(key);
    db.erase(at);
  }
  {
    discarded elsewhere;
    elsewhere.take(bin);
    CHECK(bin.empty());
    CHECK(elsewhere.objects() == 2);
    CHECK(alive == 2);
  }
  CHECK(alive == 0);
  CHECK(bin.objects_ever() == 2);
  put(db, "c", large);
  auto at = db.find("c");
  db.erase(at);
  CHECK(bin.objects() == 1);
  CHECK(bin.objects_ever() == 3);
  bin.clear();
}

TEST_CASE("a large database is emptied by moving it, a small one key by key", "[discarded]") {
  const numbers_as_values numbers;
  discarded bin;
  database db(1, nullptr, &bin);
  for (std::size_t i = 0; i < small; ++i)
    put(db, std::to_string(i), i == 7 ? large : small);
  db.clear();
  CHECK(db.size() == 0);
  CHECK(alive == 1);
  CHECK(bin.objects() == 1);
  bin.clear();
  for (std::size_t i = 0; i < large; ++i)
    put(db, std::to_string(i), i == 7 ? large : small);
  auto at = db.find("3");
  db.set_expiry(at, 1000);
  db.clear();
  CHECK(db.size() == 0);
  CHECK(db.expires() == 0);
  CHECK(db.next_due_ms() == INT64_MAX);
  CHECK(alive == static_cast<int>(large));
  CHECK(bin.objects() == large);
  // The database goes on, and knows its bin.
  put(db, "0", large);
  at = db.find("0");
  db.erase(at);
  CHECK(bin.objects() == large + 1);
  bin.clear();
  CHECK(alive == 0);
}

TEST_CASE("without a bin everything is freed at once", "[discarded]") {
  const numbers_as_values numbers;
  database db(1);
  for (std::size_t i = 0; i < 2 * large; ++i)
    put(db, std::to_string(i), large);
  auto at = db.find("5");
  db.erase(at);
  at = db.find("6");
  db.set_string(at, "text");
  CHECK(alive == static_cast<int>(2 * large) - 2);
  db.clear();
  CHECK(alive == 0);
}

TEST_CASE("databases that change places keep their own bins", "[discarded]") {
  const numbers_as_values numbers;
  discarded bins[2];
  database first(1, nullptr, &bins[0]);
  database second(1, nullptr, &bins[1]);
  put(first, "k", large);
  first.swap(second);
  auto at = second.find("k");
  second.erase(at);
  CHECK(bins[0].empty());
  CHECK(bins[1].objects() == 1);
}

TEST_CASE("a very long string waits in the bin", "[discarded]") {
  discarded bin;
  database db(1, nullptr, &bin);
  const auto drop = [&](std::size_t bytes) {
    auto at = db.find("k");
    db.set_string(at, std::string(bytes, 'x'));
    db.erase(at);
    return bin.objects();
  };
  CHECK(drop(10) == 0);
  CHECK(drop(1 << 20) == 0);
  CHECK(drop(8 << 20) == 1);
}

TEST_CASE("every type says when it is much to free", "[discarded]") {
  const auto name = [](int i) { return "element" + std::to_string(i); };
  check_effort<types::set>([&](types::set& to, int i) { to.add(name(i), {}); });
  check_effort<types::hash>([&](types::hash& to, int i) { to.set(name(i), "v", {}); });
  check_effort<types::list>([&](types::list& to, int i) { to.push_back(name(i)); });
  check_effort<types::sorted_set>([&](types::sorted_set& to, int i) { to.insert(name(i), i, {}); });
}

TEST_CASE("a few elements that are very long are much to free", "[discarded]") {
  const std::string long_text(5 << 20, 'x');
  types::set set;
  set.add(long_text, {});
  CHECK(set.effort() > discarded::effort_max);
  types::hash hash;
  hash.set("f", long_text, {});
  CHECK(hash.effort() > discarded::effort_max);
  types::list list;
  list.push_back(long_text);
  CHECK(list.effort() > discarded::effort_max);
  types::sorted_set zset;
  zset.insert(long_text, 1, {});
  CHECK(zset.effort() > discarded::effort_max);
}
