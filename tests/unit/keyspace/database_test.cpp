#include "keyspace/database.hpp"

#include "base/number.hpp"
#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace thespis::keyspace;
using thespis::base::random_bits;

namespace {

std::string text_of(const entry& e) {
  char scratch[24];
  return std::string(e.text(scratch));
}

struct model_value {
  std::string text;
  std::optional<std::int64_t> expire_at_ms;
  bool raw = false;
};
using model = std::map<std::string, model_value>;

void check_one(const entry& e, const model_value& expected) {
  REQUIRE(e.is_string());
  REQUIRE(text_of(e) == expected.text);
  REQUIRE(e.size() == expected.text.size());
  REQUIRE(e.has_expiry() == expected.expire_at_ms.has_value());
  if (e.has_expiry())
    REQUIRE(e.expire_at_ms() == *expected.expire_at_ms);
  if (expected.raw)
    REQUIRE(e.encoding_name() == "raw");
  else if (thespis::base::parse_int64(expected.text))
    REQUIRE(e.encoding_name() == "int");
  else
    REQUIRE(e.encoding_name() == (expected.text.size() <= 44 ? "embstr" : "raw"));
}

void check_all(database& db, const model& expected) {
  REQUIRE(db.size() == expected.size());
  std::size_t expires = 0;
  __extension__ __int128 sum = 0;
  for (const auto& [key, value] : expected) {
    auto at = db.find(key);
    REQUIRE(at);
    REQUIRE(at->key() == key);
    check_one(*at, value);
    if (value.expire_at_ms) {
      ++expires;
      sum += *value.expire_at_ms;
    }
  }
  REQUIRE(db.expires() == expires);
  REQUIRE(
    db.average_expiry_ms()
    == (expires == 0 ? 0 : static_cast<std::int64_t>(sum / static_cast<std::int64_t>(expires))));
  REQUIRE(db.expiry_records() >= expires);
  std::size_t visited = 0;
  db.for_each([&](entry& e) {
    ++visited;
    REQUIRE(expected.count(std::string(e.key())) == 1);
  });
  REQUIRE(visited == expected.size());
}

std::string random_text(random_bits& random) {
  switch (random.below(6)) {
    case 0:
      return std::to_string(static_cast<std::int64_t>(random.next() >> random.below(64)));
    case 1:
      return std::string(random.below(3000), static_cast<char>('a' + random.below(26)));
    case 2:
      return "";
    default:
      return "v" + std::string(random.below(60), static_cast<char>('a' + random.below(26)));
  }
}

/// Two databases, their models, and a clock.
struct pair {
  explicit pair(std::uint64_t seed) : random(seed) {
  }

  std::string key() {
    return "key:" + std::to_string(random.below(keys));
  }
  std::int64_t time() {
    return now + static_cast<std::int64_t>(random.below(1u << (1 + random.below(22)))) + 1;
  }

  void step(std::size_t which) {
    auto& db = dbs[which];
    auto& in = models[which];
    const auto k = key();
    auto at = db.find(k);
    REQUIRE(bool(at) == (in.count(k) != 0));
    const auto old_expiry = at ? in[k].expire_at_ms : std::nullopt;
    const bool keep = random.below(2) == 0;
    switch (random.below(13)) {
      case 0:
      case 1: {
        const auto text = random_text(random);
        db.set_string(at, text, keep);
        in[k] = {text, keep ? old_expiry : std::nullopt, false};
        break;
      }
      case 2: {
        const auto value = static_cast<std::int64_t>(random.next());
        db.set_integer(at, value, keep);
        in[k] = {std::to_string(value), keep ? old_expiry : std::nullopt, false};
        break;
      }
      case 3: {
        const auto text = random_text(random);
        const auto when = time();
        db.set_string_until(at, text, when);
        in[k] = {text, when, false};
        break;
      }
      case 4:
      case 5: {
        const auto size = random.below(random.below(4) == 0 ? 5000 : 100);
        const auto bytes = db.resize_string(at, size);
        auto& value = in[k];
        value.text.resize(size);
        value.raw = true;
        REQUIRE(std::string(bytes.data(), bytes.size()) == value.text);
        if (size != 0) {
          bytes[size - 1] = '7';
          value.text[size - 1] = '7';
        }
        break;
      }
      case 6:
        if (at) {
          const auto when = time();
          db.set_expiry(at, when);
          in[k].expire_at_ms = when;
        }
        break;
      case 7:
        if (at) {
          REQUIRE(db.clear_expiry(at) == old_expiry.has_value());
          in[k].expire_at_ms.reset();
        }
        break;
      case 8:
        if (at) {
          db.erase(at);
          REQUIRE_FALSE(at);
          in.erase(k);
        }
        break;
      case 9: // RENAME
        if (at) {
          auto value = db.detach(at);
          const auto moved = in[k];
          in.erase(k);
          const auto to = key();
          auto target = db.find(to);
          db.attach(target, std::move(value));
          REQUIRE(target->key() == to);
          in[to] = moved;
          check_one(*target, moved);
          return;
        }
        break;
      case 10: // MOVE
        if (at) {
          auto target = dbs[1 - which].find(k);
          dbs[1 - which].attach(target, db.detach(at));
          models[1 - which][k] = in[k];
          in.erase(k);
          check_one(*target, models[1 - which][k]);
          return;
        }
        break;
      case 11: // COPY
        if (at) {
          const auto to = key();
          auto value = database::copy(*at, to);
          auto target = db.find(to);
          db.attach(target, std::move(value));
          in[to] = model_value(in[k]);
          check_one(*target, in[to]);
          return;
        }
        break;
      case 12: // back to nothing and up again through the same slot
        if (at)
          db.erase(at);
        db.set_string(at, "again");
        in[k] = {"again", std::nullopt, false};
        break;
    }
    REQUIRE(bool(at) == (in.count(k) != 0));
    if (at)
      check_one(*at, in[k]);
  }

  void advance(std::int64_t ms, std::size_t budget) {
    now += ms;
    for (int which = 0; which < 2; ++which) {
      auto& in = models[which];
      bool more = true;
      while (more) {
        std::size_t expired = 0;
        more = dbs[which].expire_due(now, budget, [&](database::slot& at) {
          ++expired;
          const std::string key(at.key());
          REQUIRE(in.count(key) == 1);
          REQUIRE(in[key].expire_at_ms.has_value());
          REQUIRE(*in[key].expire_at_ms <= now);
          dbs[which].erase(at);
          in.erase(key);
        });
        REQUIRE(expired <= budget);
      }
      for (const auto& [key, value] : in)
        if (value.expire_at_ms)
          REQUIRE(*value.expire_at_ms > now);
      REQUIRE(dbs[which].next_due_ms() > now);
    }
  }

  random_bits random;
  std::uint64_t keys = 200;
  std::int64_t now = 1'700'000'000'000;
  database dbs[2] = {database(7), database(8)};
  model models[2];
};

} // namespace

TEST_CASE("a database behaves like a map under random operations and passing time", "[database]") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    pair both(seed);
    both.keys = seed % 3 == 0 ? 8 : seed % 3 == 1 ? 150 : 4000;
    for (int round = 0; round < 60; ++round) {
      for (int i = 0; i < 150; ++i)
        both.step(both.random.below(2));
      if (both.random.below(2) == 0)
        both.advance(
          static_cast<std::int64_t>(both.random.below(1u << (1 + both.random.below(20)))),
          1 + both.random.below(20));
      if (round % 10 == 0)
        for (int which = 0; which < 2; ++which)
          check_all(both.dbs[which], both.models[which]);
    }
    for (int which = 0; which < 2; ++which)
      check_all(both.dbs[which], both.models[which]);
    both.advance(std::int64_t{1} << 24, 7);
    for (int which = 0; which < 2; ++which) {
      check_all(both.dbs[which], both.models[which]);
      CHECK(both.dbs[which].expires() == 0);
      CHECK(both.dbs[which].expiry_records() == 0);
      both.dbs[which].clear();
      CHECK(both.dbs[which].size() == 0);
      CHECK(both.dbs[which].overhead_bytes() == 0);
    }
  }
}

TEST_CASE("entries that a record cannot tell apart all expire in time", "[database][expiry]") {
  // Pairs of keys whose hashes agree in the 36 bits that records keep.
  database hashes(12);
  std::vector<std::pair<std::uint64_t, int>> by_hash;
  for (int i = 0; i < 1'000'000; ++i)
    by_hash.emplace_back(hashes.hash("k" + std::to_string(i)) >> 28, i);
  std::sort(by_hash.begin(), by_hash.end());
  int pairs = 0;
  for (std::size_t i = 1; i < by_hash.size(); ++i) {
    if (by_hash[i].first != by_hash[i - 1].first)
      continue;
    ++pairs;
    const std::string keys[] = {"k" + std::to_string(by_hash[i - 1].second),
                                "k" + std::to_string(by_hash[i].second)};
    // Among so many generations some are the same for both.
    for (int others = 0; others < 16; ++others)
      for (const auto& [first, second] :
           {std::pair{100, 200}, std::pair{200, 100}, std::pair{150, 150}, std::pair{100, 5000}}) {
        database db(12);
        auto at = db.find(keys[0]);
        db.set_string_until(at, "v", first);
        at = db.find(keys[1]);
        db.set_string(at, "v");
        for (int j = 0; j < others; ++j) {
          db.set_expiry(at, 1000);
          db.clear_expiry(at);
        }
        db.set_expiry(at, second - 10);
        db.set_expiry(at, second);
        for (std::int64_t now = 0; now <= 300; ++now) {
          while (db.expire_due(now, 10, [&](database::slot& slot) { db.erase(slot); })) {
          }
          REQUIRE(bool(db.find(keys[0])) == (now < first));
          REQUIRE(bool(db.find(keys[1])) == (now < second));
        }
        while (db.expire_due(5000, 10, [&](database::slot& slot) { db.erase(slot); })) {
        }
        REQUIRE(db.size() == 0);
      }
  }
  CHECK(pairs > 0);
}

TEST_CASE("an expiry that moves later needs no new record, one that moves earlier does",
          "[database][expiry]") {
  database db(1);
  auto at = db.find("k");
  db.set_string(at, "v");
  db.set_expiry(at, 1000);
  for (std::int64_t ms = 1001; ms < 1100; ++ms)
    db.set_expiry(at, ms);
  CHECK(db.expiry_records() == 1);
  db.set_string_until(at, "w", 5000);
  CHECK(db.expiry_records() == 1);
  db.set_expiry(at, 10);
  CHECK(db.expiry_records() == 2);
  int expired = 0;
  const auto expire = [&](database::slot& slot) {
    ++expired;
    db.erase(slot);
  };
  CHECK_FALSE(db.expire_due(9, 100, expire));
  CHECK(expired == 0);
  CHECK_FALSE(db.expire_due(10, 100, expire));
  CHECK(expired == 1);
  CHECK_FALSE(db.expire_due(10'000, 100, expire));
  CHECK(expired == 1);
  CHECK(db.expiry_records() == 0);
}

TEST_CASE("stale expiry records stay within their bound", "[database][expiry]") {
  struct scenario {
    const char* name;
    int keys;
    void (*step)(database& db, database::slot& at, std::int64_t now, random_bits& random);
  };
  const scenario scenarios[] = {
    {"ever earlier", 1000,
     [](database& db, database::slot& at, std::int64_t, random_bits&) {
       if (!at)
         db.set_string(at, "v");
       db.set_expiry(at, at->has_expiry() ? at->expire_at_ms() - 1 : 1'900'000'000'000);
     }},
    {"set and cleared", 50,
     [](database& db, database::slot& at, std::int64_t now, random_bits& random) {
       if (!at)
         db.set_string(at, "v");
       if (!db.clear_expiry(at))
         db.set_expiry(at, now + 1 + static_cast<std::int64_t>(random.below(100'000'000)));
     }},
    {"created and deleted", 2000,
     [](database& db, database::slot& at, std::int64_t now, random_bits& random) {
       if (at)
         db.erase(at);
       else
         db.set_string_until(at, "v", now + 1 + static_cast<std::int64_t>(random.below(100'000)));
     }},
    {"overwritten without", 3,
     [](database& db, database::slot& at, std::int64_t now, random_bits&) {
       if (at && at->has_expiry())
         db.set_string(at, "w");
       else
         db.set_string_until(at, "v", now + 3'600'000);
     }},
  };
  for (const auto& each : scenarios)
    for (const bool clock_runs : {false, true}) {
      INFO(each.name << ", clock runs " << clock_runs);
      database db(3);
      random_bits random(3);
      std::int64_t now = 1'700'000'000'000;
      if (clock_runs)
        db.expire_due(now, 100, [](database::slot&) {});
      std::size_t worst = 0;
      for (int i = 0; i < 120'000; ++i) {
        const auto key = "k" + std::to_string(random.below(static_cast<std::uint64_t>(each.keys)));
        auto at = db.find(key);
        each.step(db, at, now, random);
        if (clock_runs && i % 64 == 0)
          while (db.expire_due(++now, 50, [&](database::slot& slot) { db.erase(slot); })) {
          }
        if (db.expiry_records() > 2 * db.expires())
          worst = std::max(worst, db.expiry_records() - 2 * db.expires());
        REQUIRE(db.expiry_records() >= db.expires());
      }
      CHECK(worst < 4096 + 3000);
      // And nothing that counts was swept away.
      while (
        db.expire_due(2'000'000'000'000, 1000, [&](database::slot& slot) { db.erase(slot); })) {
      }
      CHECK(db.expires() == 0);
    }
}

TEST_CASE("entries of one millisecond expire in slices of the budget", "[database][expiry]") {
  database db(4);
  constexpr int count = 50'000;
  for (int i = 0; i < count; ++i) {
    const auto key = std::to_string(i) + "x";
    auto at = db.find(key);
    db.set_string_until(at, "v", 1'700'000'000'000);
  }
  CHECK(db.next_due_ms() <= 1'700'000'000'000);
  int calls = 0;
  std::size_t expired = 0;
  bool more = true;
  while (more) {
    std::size_t slice = 0;
    more = db.expire_due(1'700'000'000'000, 500, [&](database::slot& at) {
      ++slice;
      db.erase(at);
    });
    REQUIRE(slice <= 500);
    expired += slice;
    ++calls;
  }
  CHECK(expired == count);
  CHECK(calls < 3 * count / 500);
  CHECK(db.size() == 0);
  CHECK(db.next_due_ms() == INT64_MAX);
}

TEST_CASE("growth of a string is amortised", "[database]") {
  database db(5);
  auto at = db.find("log");
  std::string expected;
  const void* block = nullptr;
  int moves = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto bytes = db.resize_string(at, expected.size() + 10);
    REQUIRE(std::string_view(bytes.data(), expected.size()) == expected);
    REQUIRE(std::string_view(bytes.data() + expected.size(), 10)
            == std::string_view("\0\0\0\0\0\0\0\0\0\0", 10));
    std::copy_n("0123456789", 10, bytes.data() + expected.size());
    expected += "0123456789";
    if (bytes.data() != block)
      ++moves;
    block = bytes.data();
    if (i > 200)
      i += 9; // enough of the small sizes
  }
  CHECK(moves < 40);
  CHECK(text_of(*at) == expected);
}

TEST_CASE("a string of impossible size throws and leaves the database as it was", "[database]") {
  database db(6);
  auto at = db.find("k");
  CHECK_THROWS_AS(db.resize_string(at, SIZE_MAX - 5), std::bad_alloc);
  CHECK_FALSE(db.find("k"));
  CHECK(db.size() == 0);
  db.set_string_until(at, std::string(5000, 'v'), 99);
  CHECK_THROWS_AS(db.resize_string(at, SIZE_MAX - 5), std::bad_alloc);
  CHECK_THROWS_AS(db.resize_string(at, SIZE_MAX / 2 + 1), std::bad_alloc);
  at = db.find("k");
  REQUIRE(at);
  CHECK(text_of(*at) == std::string(5000, 'v'));
  CHECK(at->expire_at_ms() == 99);
}

TEST_CASE("take and swap move the whole content", "[database]") {
  database db(7);
  for (int i = 0; i < 1000; ++i) {
    const auto key = "k" + std::to_string(i);
    auto at = db.find(key);
    db.set_string_until(at, "v", 1000 + i);
  }
  auto taken = db.take();
  CHECK(db.size() == 0);
  CHECK(db.expires() == 0);
  CHECK(db.expiry_records() == 0);
  CHECK(db.next_due_ms() == INT64_MAX);
  CHECK_FALSE(db.find("k5"));
  CHECK(taken.size() == 1000);
  CHECK(taken.expires() == 1000);
  auto at = db.find("new");
  db.set_string(at, "1");
  db.swap(taken);
  CHECK(db.size() == 1000);
  CHECK(db.find("k5")->expire_at_ms() == 1005);
  CHECK(taken.find("new")->integer() == 1);
}

TEST_CASE("objects of other types are copied and destroyed by their own operations", "[database]") {
  static int alive = 0;
  object_operations operations;
  operations.destroy = [](void* object) noexcept {
    --alive;
    delete static_cast<int*>(object);
  };
  operations.copy = [](const void* object) -> void* {
    ++alive;
    return new int(*static_cast<const int*>(object));
  };
  operations.memory_bytes = [](const void*) noexcept -> std::size_t { return 1000; };
  operations.encoding_name = [](const void*) noexcept -> std::string_view { return "listpack"; };
  const auto before = register_object_type(value_type::zset, operations);
  {
    database db(8);
    auto at = db.find("k");
    ++alive;
    db.set_object(at, value_type::zset, new int(5));
    CHECK(at->type() == value_type::zset);
    CHECK_FALSE(at->is_string());
    CHECK(at->encoding_name() == "listpack");
    CHECK(at->memory_bytes() > 1000);
    db.set_expiry(at, 50);
    CHECK(*static_cast<int*>(at->object()) == 5);
    auto other = db.find("other");
    db.attach(other, database::copy(*at, "other"));
    CHECK(alive == 2);
    CHECK(other->object() != at->object());
    CHECK(other->expire_at_ms() == 50);
    // The attach was a change that was not made through `at`.
    at = db.find("k");
    db.set_string(at, "text");
    CHECK(alive == 1);
    CHECK_FALSE(at->has_expiry());
    at = db.find("other");
    CHECK(db.resize_string(at, 3).size() == 3);
    CHECK(alive == 0);
    CHECK(text_of(*at) == std::string(3, '\0'));
    CHECK(at->expire_at_ms() == 50);
    ++alive;
    db.set_object(at, value_type::zset, new int(6), true);
    CHECK(at->expire_at_ms() == 50);
    auto out = db.detach(at);
    CHECK(alive == 1);
    out.reset();
    CHECK(alive == 0);
    at = db.find("last");
    ++alive;
    db.set_object(at, value_type::zset, new int(7));
  }
  CHECK(alive == 0);
  register_object_type(value_type::zset, before);
}

TEST_CASE("a scan of a database sees what stays through overwrites and expiries", "[database]") {
  database db(9);
  random_bits random(9);
  for (int i = 0; i < 2000; ++i) {
    const auto key = "stay" + std::to_string(i);
    auto at = db.find(key);
    db.set_string(at, "v");
  }
  std::set<std::string> seen;
  std::uint64_t cursor = 0;
  std::int64_t now = 1000;
  do {
    cursor = db.scan(cursor, 20, [&](entry& e) { seen.insert(std::string(e.key())); });
    for (int i = 0; i < 200; ++i) {
      const auto changing = "x" + std::to_string(random.below(30'000));
      auto at = db.find(changing);
      db.set_string_until(at, std::string(random.below(100), 'y'),
                          now + static_cast<std::int64_t>(random.below(50)));
      const auto staying = "stay" + std::to_string(random.below(2000));
      at = db.find(staying);
      db.set_string(at, std::string(random.below(100), 'z'));
    }
    ++now;
    while (db.expire_due(now, 50, [&](database::slot& at) { db.erase(at); })) {
    }
  } while (cursor != 0);
  for (int i = 0; i < 2000; ++i)
    REQUIRE(seen.count("stay" + std::to_string(i)) == 1);
}

TEST_CASE("prefetching any hash is harmless", "[database]") {
  database db(10);
  random_bits random(10);
  for (int i = 0; i < 3000; ++i) {
    db.prefetch_bucket(random.next());
    db.prefetch_entry(random.next(), 16);
    const auto key = std::to_string(i) + "k";
    auto at = db.find(key);
    db.set_string(at, "v");
  }
  CHECK(db.size() == 3000);
}
