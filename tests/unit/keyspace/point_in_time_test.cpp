#include "keyspace/object.hpp"
#include "keyspace/point_in_time.hpp"
#include "keyspace/shard.hpp"
#include "types/set.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <string>
#include <utility>

using namespace thespis;
using namespace thespis::keyspace;

namespace {

using content = std::map<std::pair<int, std::string>, std::string>;

std::string description_of(const entry& value) {
  char scratch[24];
  auto text = std::string{value.text(scratch)};
  return value.has_expiry() ? text + " until " + std::to_string(value.expire_at_ms()) : text;
}

class collector final : public value_taker {
public:
  explicit collector(content& to) : to_(to) {
  }
  void take(int database, const entry& value) noexcept override {
    const auto place = std::pair{database, std::string{value.key()}};
    CHECK(to_.emplace(place, description_of(value)).second);
  }

private:
  content& to_;
};

content description_of_all(shard& of) {
  content found;
  for (std::size_t i = 0; i < of.databases.size(); ++i)
    of.databases[i].for_each([&](entry& each) {
      found.emplace(std::pair{static_cast<int>(i), std::string{each.key()}}, description_of(each));
    });
  return found;
}

/// Changes something in one of all ways that there are.
void change_somehow(shard& of, std::mt19937& random) {
  const auto pick = [&](unsigned below) { return random() % below; };
  auto& db = of.databases[pick(3)];
  auto& other = of.databases[pick(3)];
  const auto key = "key" + std::to_string(pick(300));
  const auto value = std::to_string(random());
  auto at = db.find(key);
  switch (pick(at ? 15 : 5)) {
    case 0:
      return db.set_string(at, "text " + value);
    case 1:
      return db.set_string(at, value);
    case 2:
      return db.set_string_until(at, std::string(pick(2000), 'x') + value, 1000 + pick(1000));
    case 3:
      return static_cast<void>(db.resize_string(at, pick(1500)));
    case 4:
      if (pick(60) == 0)
        return db.clear();
      if (pick(20) == 0 && &db != &other)
        return db.swap(other);
      return;
    case 5:
    case 6:
      return db.erase(at);
    case 7:
      return db.set_expiry(at, 1000 + pick(1000));
    case 8:
      return static_cast<void>(db.clear_expiry(at));
    case 9:
      return db.set_integer(at, pick(1000), true);
    case 10:
      return static_cast<void>(
        db.expire_due(1000 + pick(300), 5, [&](auto& due) { db.erase(due); }));
    case 11: {
      auto copied = database::copy(*at, key + "copy");
      const auto name = key + "copy";
      auto there = other.find(name);
      return other.attach(there, std::move(copied));
    }
    case 12:
      if (&db != &other) {
        auto there = other.find(key);
        other.take_over(there, db, at);
      }
      return;
    case 13:
      return db.set_string(at, "kept", true);
    default:
      return db.drop(db.detach(at));
  }
}

} // namespace

TEST_CASE("a walk sees a shard as it was, whatever changes meanwhile", "[snapshot]") {
  const auto seed = GENERATE(range(0u, 12u));
  INFO("seed " << seed);
  std::mt19937 random{seed};
  access_settings settings;
  shard of{3, seed, settings};
  for (int i = 0; i < 1500; ++i)
    change_somehow(of, random);
  for (int round = 0; round < 4; ++round) {
    const auto before = description_of_all(of);
    content taken;
    of.walk = std::make_unique<shard_walk>(of, std::make_unique<collector>(taken));
    while (!of.walk->step(1 + random() % 8))
      for (auto changes = random() % 20; changes > 0; --changes)
        change_somehow(of, random);
    of.walk.reset();
    CHECK(taken == before);
  }
}

TEST_CASE("an entry that is about to change in place is taken first", "[snapshot]") {
  access_settings settings;
  shard of{1, 7, settings};
  auto& db = of.databases[0];
  auto at = db.find("key");
  db.set_string(at, "old");
  content taken;
  of.walk = std::make_unique<shard_walk>(of, std::make_unique<collector>(taken));
  db.preserve(*at);
  CHECK(taken == content{{{0, "key"}, "old"}});
  db.preserve(*at);
  while (!of.walk->step(10)) {
  }
  CHECK(taken.size() == 1);
}
