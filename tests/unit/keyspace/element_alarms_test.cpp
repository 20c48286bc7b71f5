#include "keyspace/database.hpp"
#include "keyspace/object.hpp"

#include "base/random.hpp"
#include "types/hash.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>

using namespace thespis;
using keyspace::database;
using keyspace::object_ref;
using types::hash;

namespace {

constexpr std::int64_t start_ms = 1'700'000'000'000;

void put_hash(database& db, const std::string& key, const std::string& field, std::int64_t at_ms,
              std::int64_t now_ms) {
  hash made;
  made.set(field, "v", {});
  made.set_expiry(field, at_ms, now_ms);
  auto at = db.find(key);
  db.set_object(at, keyspace::value_type::hash, made.release());
}

/// Takes all fields that are due, in slices; returns how many there were.
std::size_t expire_all(database& db, std::int64_t now_ms, std::size_t slice) {
  std::size_t count = 0;
  bool more = true;
  while (more) {
    auto budget = slice;
    more = db.expire_elements_due(now_ms, budget, [&](database::slot& at, std::size_t most) {
      std::size_t gone = 0;
      std::size_t left = 0;
      {
        object_ref<hash> value{*at};
        gone = value->expire_due(now_ms, most, [](const auto&) {});
        left = value->size();
      }
      REQUIRE(gone <= most);
      if (left == 0)
        db.erase(at);
      count += gone;
      return gone;
    });
  }
  return count;
}

} // namespace

TEST_CASE("a database looks at hashes when fields of theirs expire", "[element_alarms]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  base::random_bits random(seed);
  database db(seed);
  // When each field of each hash expires.
  std::map<std::string, std::map<std::string, std::int64_t>> model;
  auto now = start_ms;
  const auto pick = [&](const char* prefix, std::uint64_t count) {
    return prefix + std::to_string(random.below(count));
  };
  for (int step = 0; step < 30'000; ++step) {
    const auto key = pick("k", 40);
    const auto field = pick("f", 5);
    const auto at_ms = now + 1 + static_cast<std::int64_t>(random.below(3000));
    switch (random.below(8)) {
      case 0:
        put_hash(db, key, field, at_ms, now);
        model[key] = {{field, at_ms}};
        break;
      case 1:
      case 2:
      case 3:
        if (auto at = db.find(key)) {
          object_ref<hash> value{*at};
          value->set(field, "w", {});
          value->set_expiry(field, at_ms, now);
          db.announce(at, *value->alarm());
          model[key][field] = at_ms;
        }
        break;
      case 4:
        if (auto at = db.find(key)) {
          db.erase(at);
          model.erase(key);
        }
        break;
      case 5:
        if (auto from = db.find(key); from && !model[key].empty()) {
          const auto other = pick("k", 40);
          auto value = db.detach(from);
          auto to = db.find(other);
          db.attach(to, std::move(value));
          auto node = std::move(model[key]);
          model.erase(key);
          model[other] = std::move(node);
        }
        break;
      case 6:
        if (auto from = db.find(key)) {
          const auto other = pick("k", 40);
          auto copy = database::copy(*from, other);
          auto to = db.find(other);
          db.attach(to, std::move(copy));
          const auto fields = model[key];
          model[other] = fields;
        }
        break;
      default: {
        now += static_cast<std::int64_t>(random.below(60));
        std::size_t due = 0;
        for (auto each = model.begin(); each != model.end();) {
          due += std::erase_if(each->second, [&](const auto& f) { return f.second <= now; });
          each = each->second.empty() ? model.erase(each) : std::next(each);
        }
        REQUIRE(expire_all(db, now, 1 + random.below(5)) == due);
        break;
      }
    }
    REQUIRE(db.size() == model.size());
    REQUIRE(db.alarms() == model.size());
    for (const auto& [name, fields] : model)
      for (const auto& [f, expiry] : fields)
        REQUIRE(db.next_due_ms() <= expiry);
  }
  db.clear();
  CHECK(db.alarms() == 0);
  CHECK(db.next_due_ms() == INT64_MAX);
}

TEST_CASE("stale records of alarms stay few", "[element_alarms]") {
  database db(7);
  for (int i = 0; i < 200'000; ++i)
    put_hash(db, std::to_string(i % 100), "f", start_ms + 1'000'000 - i, start_ms);
  CHECK(db.alarms() == 100);
  CHECK(db.alarm_records() < 6000);
  CHECK(expire_all(db, start_ms + 1'000'000, 10) == 100);
  CHECK(db.size() == 0);
  CHECK(db.next_due_ms() == INT64_MAX);
}

TEST_CASE("a swapped database takes its alarms along", "[element_alarms]") {
  database a(1);
  database b(2);
  put_hash(a, "k", "f", start_ms + 5, start_ms);
  a.swap(b);
  CHECK(a.alarms() == 0);
  CHECK(a.next_due_ms() == INT64_MAX);
  CHECK(b.alarms() == 1);
  auto taken = b.take();
  CHECK(b.alarms() == 0);
  CHECK(expire_all(taken, start_ms + 4, 10) == 0);
  CHECK(expire_all(taken, start_ms + 5, 10) == 1);
}
