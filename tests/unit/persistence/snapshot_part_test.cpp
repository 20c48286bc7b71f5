/// The way of entries from a shard through a file into another one: snapshot_part,
/// rdb_file_reader, entry_block.

#include "persistence/snapshot_part.hpp"

#include "keyspace/access_clock.hpp"
#include "persistence/crc64.hpp"
#include "persistence/entry_block.hpp"
#include "tests/unit/persistence/made_up_file.hpp"
#include "tests/unit/persistence/value_content.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <string>

using namespace thespis;
using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using namespace std::string_literals;

namespace {

constexpr std::size_t databases = 4;

struct kept_shard {
  keyspace::access_settings settings;
  keyspace::shard of{databases, 7, settings};
};

/// All that is in a shard.
using shard_content = std::map<std::pair<std::size_t, std::string>, content>;

shard_content content_of(keyspace::shard& of) {
  shard_content out;
  for (std::size_t i = 0; i < of.databases.size(); ++i)
    of.databases[i].for_each([&](keyspace::entry& each) {
      auto text = content_reader::of(each);
      text.push_back(each.has_expiry() ? std::to_string(each.expire_at_ms()) : "stays");
      out.emplace(std::pair{i, std::string{each.key()}}, std::move(text));
    });
  return out;
}

std::string with_end(std::string bytes) {
  append_file_end(bytes);
  append_checksum(bytes, crc64(bytes));
  return bytes;
}

/// A file with these entries of database 0.
std::string file_of(std::string_view entries) {
  std::string bytes;
  append_file_head(bytes, rdb_version_max, {"7.2.4", "1"});
  return with_end(bytes.append(entries));
}

base::result<entry_block::outcome> load(const std::string& bytes, keyspace::shard& to,
                                        std::size_t at_once = made_up_file::all,
                                        bool verify = true) {
  made_up_file file{bytes, at_once};
  input_window window{file};
  rdb_file_reader reader{window, databases, verify};
  entry_block block;
  for (;;) {
    const auto item = reader.next();
    if (!item)
      return base::fault{item.why()};
    if (item->what == file_item::kind::end)
      return block.load_into(to, {.ms = now_ms, .us = now_ms * 1000});
    if (item->what == file_item::kind::entry)
      block.add(*item);
  }
}

/// One of each type; `far` expires some day.
const auto entries = "\x00\x04text\x05value\x00\x06number\xc0\x2a"
                     "\xfc\x00\x00\x00\x00\x00\x02\x00\x00\x00\x03\x66\x61r\x01v"
                     "\x01\x04list\x03\x01\x61\x01\x62\x01\x63"
                     "\x02\x03set\x02\x01x\x01y"
                     "\x05\x04zset\x01\x01m\x00\x00\x00\x00\x00\x00\xf8\x3f"
                     "\x04\x04hash\x01\x01\x66\x01v"
                     "\x18\x08\x65xpiring\x00\x00\x00\x00\x00\x02\x00\x00"
                     "\x02\x01\x01\x66\x01v\x00\x01g\x01w"
                     "\x13\x06stream\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                     "\xfe\x03\x00\x04text\x05other"s;
constexpr std::uint64_t entry_count = 10;

/// What the parts of a snapshot of the shard come to. `step`: so many entries at a time.
std::string snapshot_of(keyspace::shard& of, std::size_t step, const entry_format& how = {}) {
  std::vector<database_size> sizes;
  for (const auto& db : of.databases)
    sizes.push_back({db.size(), db.expires()});
  auto part = std::make_unique<snapshot_part>(how, sizes);
  auto* const seen = part.get();
  of.walk = std::make_unique<keyspace::shard_walk>(of, std::move(part));
  std::string bytes;
  append_file_head(bytes, version_needed(of), {"7.2.4", "1"});
  for (bool over = false; !over;) {
    over = of.walk->step(step);
    bytes += seen->take_piece();
  }
  CHECK_FALSE(seen->is_void());
  of.walk.reset();
  return with_end(std::move(bytes));
}

} // namespace

TEST_CASE("what a snapshot has of a shard makes the same shard", "[snapshot_part]") {
  kept_shard from;
  const auto loaded = load(file_of(entries), from.of);
  REQUIRE(loaded);
  CHECK(loaded->loaded == entry_count);
  CHECK(loaded->expired == 0);
  const auto expected = content_of(from.of);
  REQUIRE(expected.size() == entry_count);
  for (const std::size_t step : {1, 3, 100})
    for (const std::size_t at_once : {std::size_t{1}, std::size_t{7}, made_up_file::all}) {
      kept_shard to;
      const auto again = load(snapshot_of(from.of, step), to.of, at_once);
      REQUIRE(again);
      CHECK(again->loaded == entry_count);
      CHECK(content_of(to.of) == expected);
    }
}

TEST_CASE("a piece begins with its database, an empty one is nothing", "[snapshot_part]") {
  kept_shard from;
  REQUIRE(load(file_of("\x00\x01k\x01v"s), from.of));
  snapshot_part part{{}, std::vector<database_size>(databases, {1, 0})};
  CHECK(part.take_piece().empty());
  const auto& entry = *from.of.databases[0].find("k");
  part.take(2, entry);
  part.take(2, entry);
  // The sizes are told once.
  CHECK(part.take_piece() == "\xfe\x02\xfb\x01\x00\x00\x01k\x01v\x00\x01k\x01v"s);
  part.take(2, entry);
  CHECK(part.take_piece() == "\xfe\x02\xfb\x00\x00\x00\x01k\x01v"s);
  part.take(2, entry);
  part.give_up();
  part.take(2, entry);
  CHECK(part.is_void());
  CHECK(part.take_piece().empty());
}

TEST_CASE("how an entry was used goes with it, as the policy counts it", "[snapshot_part]") {
  kept_shard from;
  REQUIRE(load(file_of("\xf8\x40\x64\x00\x01k\x01v"s), from.of));
  const entry_format idle{.value = {}, .access = access_kind::idle_time, .now_ms = now_ms + 50'000};
  const auto bytes = snapshot_of(from.of, 1, idle);
  CHECK(bytes.find("\xf8\x40\x96\x00\x01k\x01v"s) != bytes.npos);
  kept_shard counting;
  counting.settings.lfu = true;
  REQUIRE(load(file_of("\xf9\x07\x00\x01k\x01v"s), counting.of));
  const entry_format often{.value = {}, .access = access_kind::frequency, .now_ms = now_ms};
  const auto counted = snapshot_of(counting.of, 1, often);
  CHECK(counted.find("\xf9\x07\x00\x01k\x01v"s) != counted.npos);
}

TEST_CASE("what has expired is not loaded, whatever its value is", "[entry_block]") {
  kept_shard to;
  const auto loaded = load(file_of("\xfd\x01\x00\x00\x00\x00\x01k\x01v"
                                   "\xfc\x01\x00\x00\x00\x00\x00\x00\x00\x01\x01l\x01\x01\x65"
                                   "\x00\x01s\x01v"s),
                           to.of);
  REQUIRE(loaded);
  CHECK(loaded->loaded == 1);
  CHECK(loaded->expired == 2);
  CHECK(content_of(to.of).size() == 1);
}

TEST_CASE("an entry that cannot be loaded is named with its place in the file", "[entry_block]") {
  const auto fault_of = [](const std::string& entry) {
    kept_shard to;
    // The head of database 1 is in front.
    const auto loaded = load("REDIS0012\xfe\x01"s + entry + "\xff" + std::string(8, '\0'), to.of);
    return loaded ? "none" : loaded.why();
  };
  CHECK(fault_of("\x00\x01k\x01v\x00\x01k\x01v"s) == "a key twice in the entry at offset 16");
  CHECK(fault_of("\x02\x01k\x02\x01v\x01v"s)
        == "a member of a set twice in the entry at offset 11");
  CHECK(fault_of("\x0b\x01k\x02vv"s) == "a broken block of integers in the entry at offset 11");
}

TEST_CASE("fields of Valkey's hashes expire when they did there", "[entry_block]") {
  kept_shard to;
  const auto at = "\x00\x00\x00\x00\x00\x02\x00\x00"s;
  REQUIRE(load("VALKEY080\x16\x01h\x02\x01\x66\x01v"s + at + "\x01g\x01w" + std::string(8, '\xff')
                 + "\xff" + std::string(8, '\0'),
               to.of));
  CHECK(content_of(to.of).begin()->second
        == content{"hash", "f", "v", std::to_string(std::int64_t{2} << 40), "g", "w",
                   std::to_string(types::hash_item::never), "stays"});
}

TEST_CASE("damaged entries without a checksum are loaded or refused, and no more",
          "[entry_block]") {
  const auto whole = file_of(entries);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    kept_shard to;
    if (const auto loaded = load(flipped, to.of, made_up_file::all, false))
      CHECK(loaded->loaded + loaded->expired <= whole.size());
  }
}
