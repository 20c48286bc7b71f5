#include "persistence/rdb_file_reader.hpp"

#include "persistence/byte_order.hpp"
#include "persistence/crc64.hpp"
#include "tests/unit/persistence/made_up_file.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using namespace std::string_literals;

namespace {

constexpr int databases = 16;

/// What is in a file, one text for each item, and what is wrong with it behind them.
struct file_content {
  std::vector<std::string> items;
  /// What it says of itself.
  std::vector<std::string> facts{};
  std::string fault;
};

file_content items_in(made_up_file& file, bool verify = true) {
  file_content out;
  input_window window{file};
  rdb_file_reader reader{window, databases, verify};
  for (;;) {
    const auto item = reader.next();
    if (!item) {
      out.fault = item.why();
      return out;
    }
    if (item->what == file_item::kind::end)
      return out;
    if (item->what == file_item::kind::aux) {
      out.facts.push_back(std::string{item->key} + ": " + std::string{item->source});
      continue;
    }
    const auto is_entry = item->what == file_item::kind::entry;
    const auto place = std::to_string(item->offset) + (is_entry ? " entry " : " function ");
    out.items.push_back(place
                        + (is_entry ? std::to_string(item->database) + " " + std::string{item->key}
                                        + " " + std::string{item->record}
                                    : std::string{item->source}));
  }
}

file_content items_of(std::string bytes, std::size_t at_once = made_up_file::all,
                      bool verify = true) {
  made_up_file file{std::move(bytes), at_once};
  return items_in(file, verify);
}

/// With the end of a file behind it.
std::string whole(std::string bytes) {
  bytes += '\xff';
  append_little_endian(bytes, crc64(bytes), 8);
  return bytes;
}

/// All that may stand in a file, in little.
const std::string sample = whole("REDIS0012\xfa\x09redis-ver\x05"
                                 "7.2.4\xf5\x04lib!\xf4\x01\x02\x03\xfe\x00\xfb\x02\x01"s
                                 "\x00\x03key\x05value"s
                                 "\xfc\x01\x02\x03\x04\x05\x06\x07\x00\x00\x01t\xc0\x2a"s
                                 "\xfd\x01\x02\x03\x04\x00\x01u\xc3\x05\x08\x00"
                                 "a\xa0\x00\x00"s
                                 "\xfe\x03\xf8\x40\x80\x01\x04list\x02\x01"
                                 "a\x01"
                                 "b"s
                                 "\xf9\x05\x05\x05score\x01\x01m\x00\x00\x00\x00\x00\x00\xf0\x3f"s);

} // namespace

TEST_CASE("what is in a file is found", "[rdb_file]") {
  const auto found = items_of(sample);
  CHECK(found.fault.empty());
  CHECK(found.facts == std::vector<std::string>{"redis-ver: 7.2.4"});
  CHECK(found.items
        == std::vector<std::string>{
          "26 function lib!", "41 entry 0 key \x00\x03key\x05value"s,
          "52 entry 0 t \xfc\x01\x02\x03\x04\x05\x06\x07\x00\x00\x01t\xc0\x2a"s,
          "66 entry 0 u \xfd\x01\x02\x03\x04\x00\x01u\xc3\x05\x08\x00\x61\xa0\x00\x00"s,
          "84 entry 3 list \xf8\x40\x80\x01\x04list\x02\x01\x61\x01\x62"s,
          "98 entry 3 score \xf9\x05\x05\x05score\x01\x01m\x00\x00\x00\x00\x00\x00\xf0\x3f"s});
}

TEST_CASE("a file is the same however little of it comes at once", "[rdb_file]") {
  const auto expected = items_of(sample);
  for (std::size_t at_once = 1; at_once <= sample.size(); ++at_once) {
    const auto found = items_of(sample, at_once);
    CAPTURE(at_once);
    REQUIRE(found.fault.empty());
    REQUIRE(found.items == expected.items);
  }
}

TEST_CASE("a file that ends before its end is none", "[rdb_file]") {
  for (std::size_t size = 0; size < sample.size(); ++size)
    for (const std::size_t at_once : {made_up_file::all, std::size_t{3}}) {
      const auto found = items_of(sample.substr(0, size), at_once);
      CAPTURE(size);
      REQUIRE(found.fault.starts_with("made.rdb: it ends too early at offset "));
    }
}

TEST_CASE("what claims to be longer than the file is refused before the file is read",
          "[rdb_file]") {
  constexpr std::size_t mib = 1 << 20;
  const auto rest = std::string(8 * mib, '\0');
  for (const auto& claim :
       {"\x00\x81\x00\x00\x00\x01\x00\x00\x00\x00"s, "\x00\x81\xff\xff\xff\xff\xff\xff\xff\xff"s,
        "\x00\x03key\x80\x7f\xff\xff\xff"s, "\x09\x03key\xc3\x80\x7f\xff\xff\xff\x05"s,
        "\xf5\x80\x7f\xff\xff\xff"s}) {
    made_up_file file{"REDIS0010" + claim + rest};
    const auto found = items_in(file);
    CHECK(found.fault
          == "made.rdb: it ends too early at offset " + std::to_string(9 + claim.size()));
    CHECK(file.given() <= mib);
  }
}

TEST_CASE("a value that is longer than one look at the file is found", "[rdb_file]") {
  auto bytes = "REDIS0010\x00\x03key\x80\x00\x50\x00\x00"s + std::string(5 << 20, 'x');
  bytes = whole(bytes + "\x00\x01k\x01v"s);
  for (const std::size_t at_once : {made_up_file::all, std::size_t{4096}}) {
    const auto found = items_of(bytes, at_once);
    CHECK(found.fault.empty());
    CHECK(found.items.size() == 2);
  }
}

TEST_CASE("a bit that changes in a file is noticed", "[rdb_file]") {
  for (std::size_t bit = 0; bit < sample.size() * 8; ++bit) {
    auto flipped = sample;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    CAPTURE(bit);
    // Version 2 has no checksum.
    if (flipped.substr(5, 4) != "0002")
      REQUIRE(items_of(flipped).fault.starts_with("made.rdb: "));
    // Without the checksum nobody knows; but nobody reads past the end either.
    static_cast<void>(items_of(flipped, 7, false));
  }
}

TEST_CASE("a file without a checksum has none", "[rdb_file]") {
  const auto bytes = sample.substr(0, sample.size() - 8);
  CHECK(items_of(bytes + std::string(8, '\0')).fault.empty());
  CHECK(items_of(bytes + std::string(8, '\1')).fault
        == "made.rdb: a wrong checksum at offset " + std::to_string(sample.size()));
  CHECK(items_of(bytes + std::string(8, '\1'), made_up_file::all, false).fault.empty());
  CHECK(items_of("REDIS0004\xff").fault.empty());
}

TEST_CASE("what is no RDB file is named with the place where that shows", "[rdb_file]") {
  CHECK(items_of("REDIT0010").fault == "made.rdb: it is no RDB file at offset 9");
  CHECK(items_of("REDIS001x").fault == "made.rdb: it is no RDB file at offset 9");
  CHECK(items_of("REDIS0000").fault
        == "made.rdb: a version of the format that is not known at offset 9");
  CHECK(items_of("REDIS0010\xfe\x10").fault
        == "made.rdb: a database that does not exist at offset 11");
  CHECK(items_of("REDIS0010\xf6").fault
        == "made.rdb: a function of a release candidate of Redis 7.0 at offset 10");
  CHECK(items_of("REDIS0010\xf7").fault == "made.rdb: data of a module at offset 10");
  CHECK(items_of("REDIS0010\x06\x01k").fault == "made.rdb: a broken value at offset 12");
}

TEST_CASE("a file of Valkey is read", "[rdb_file]") {
  const auto record = "\x16\x01h\x01\x01\x66\x01v"s + std::string(8, '\xff');
  const auto found = items_of(whole("VALKEY080" + record));
  CHECK(found.fault.empty());
  CHECK(found.items == std::vector<std::string>{"9 entry 0 h " + record});
  CHECK(items_of(whole("VALKEY081")).fault
        == "made.rdb: a version of the format that is not known at offset 9");
  CHECK(items_of(whole("REDIS0080")).fault
        == "made.rdb: a version of the format that is not known at offset 9");
}

TEST_CASE("a source that fails is named with what failed and where", "[rdb_file]") {
  made_up_file file{sample, 5};
  file.fails_at = 20;
  CHECK(items_in(file).fault == "made.rdb: cannot read: the disk is broken at offset 20");
}
