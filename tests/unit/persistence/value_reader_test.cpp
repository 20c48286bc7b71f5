/// What is no value, and values that look larger than they are: payloads of RESTORE come from
/// anybody.

#include "persistence/value_reader.hpp"

#include "persistence/byte_order.hpp"
#include "persistence/listpack.hpp"
#include "persistence/rdb_writer.hpp"
#include "tests/unit/persistence/value_content.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>

using namespace thespis;
using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using namespace std::string_literals;

namespace {

const keyspace::access_settings settings;

std::string fault_in(rdb_type type, const std::string& bytes) {
  auto value = read_with(settings, type, bytes);
  return value ? "none" : value.why();
}

content content_in(rdb_type type, const std::string& bytes) {
  auto value = read_with(settings, type, bytes);
  REQUIRE(value);
  return content_reader::of(kept_value{std::move(*value)}.entry());
}

/// Strings and lengths one behind the other.
std::string text(std::string_view bytes) {
  std::string out;
  append_rdb_string(out, bytes);
  return out;
}

std::string length(std::uint64_t value) {
  std::string out;
  append_rdb_length(out, value);
  return out;
}

std::string word(std::uint64_t value) {
  std::string out;
  append_little_endian(out, value, 8);
  return out;
}

std::string packed(std::initializer_list<std::string_view> elements) {
  listpack_builder block;
  for (const auto element : elements)
    block.append(element);
  return text(block.finish());
}

std::string raw_id(std::uint64_t ms, std::uint64_t seq = 0) {
  std::string out;
  append_big_endian(out, ms, 8);
  append_big_endian(out, seq, 8);
  return out;
}

/// A node of a stream that begins with 5-0.
std::string node(std::initializer_list<std::string_view> elements) {
  return text(raw_id(5)) + packed(elements);
}

/// A stream with one node: so many entries up to that ID, and what comes behind the counters.
std::string stream_of(const std::string& node, std::uint64_t size, std::uint64_t last,
                      const std::string& groups = length(0)) {
  return length(node.empty() ? 0 : 1) + node + length(size) + length(last) + length(0)
         + length(size == 0 ? 0 : 5) + length(0) + length(0) + length(0) + length(size) + groups;
}

std::string group(const std::string& pending, const std::string& consumers) {
  return length(1) + text("group") + length(5) + length(0) + length(1) + pending + consumers;
}

std::string pending(std::uint64_t ms, std::uint64_t delivered_ms = 7, std::uint64_t count = 1) {
  return raw_id(ms) + word(delivered_ms) + length(count);
}

std::string consumer(std::string_view name, const std::string& ids, std::uint64_t seen_ms = 8,
                     std::uint64_t active_ms = 9) {
  return text(name) + word(seen_ms) + word(active_ms) + ids;
}

const std::string one_entry = node({"1", "0", "1", "f", "0", "2", "0", "0", "v", "4"});

} // namespace

TEST_CASE("what does not exist here is refused", "[value]") {
  for (const int type : {6, 7, 8, 26, 100, 243, 255})
    CHECK(fault_in(static_cast<rdb_type>(type), std::string(100, '\1')) != "none");
  CHECK(fault_in(rdb_type::module, "") == "a value of a module");
}

TEST_CASE("collections without elements are refused", "[value]") {
  for (const auto type :
       {rdb_type::list, rdb_type::set, rdb_type::zset, rdb_type::hash, rdb_type::zset_binary_scores,
        rdb_type::list_quicklist, rdb_type::list_quicklist_2, rdb_type::hash_expiry_candidate})
    CHECK(fault_in(type, length(0)) == "a collection without elements");
  for (const auto type : {rdb_type::set_listpack, rdb_type::zset_listpack, rdb_type::hash_listpack,
                          rdb_type::hash_listpack_expiry_candidate})
    CHECK(fault_in(type, packed({})) == "a collection without elements");
  CHECK(fault_in(rdb_type::set_intset, text("\2\0\0\0\0\0\0\0"s))
        == "a collection without elements");
  CHECK(fault_in(rdb_type::list_quicklist_2, length(1) + length(2) + packed({}))
        == "a collection without elements");
}

TEST_CASE("more elements than bytes are refused before memory is taken", "[value]") {
  const auto many = std::numeric_limits<std::uint64_t>::max();
  for (const auto type :
       {rdb_type::list, rdb_type::set, rdb_type::zset, rdb_type::hash, rdb_type::zset_binary_scores,
        rdb_type::list_quicklist, rdb_type::list_quicklist_2, rdb_type::hash_expiry_candidate,
        rdb_type::stream, rdb_type::stream_2, rdb_type::stream_3})
    for (const auto count : {many, many / 2, many / 16 + 1, std::uint64_t{100}})
      CHECK(fault_in(type, length(count) + std::string(50, '\1')) != "none");
  CHECK(fault_in(rdb_type::set_intset, text("\2\0\0\0\xff\xff\xff\xff\1\0"s)) != "none");
  CHECK(fault_in(rdb_type::set_intset, text("\0\0\0\0\xff\xff\xff\xff"s)) != "none");
  CHECK(fault_in(rdb_type::set_intset, text("\3\0\0\0\1\0\0\0\1\0\0"s)) != "none");
}

TEST_CASE("elements that are there twice are refused", "[value]") {
  CHECK(fault_in(rdb_type::set, length(2) + text("a") + text("a")) == "a member of a set twice");
  CHECK(fault_in(rdb_type::set, length(2) + "\xc0\x05" + text("5")) == "a member of a set twice");
  CHECK(fault_in(rdb_type::set_listpack, packed({"a", "b", "a"})) == "a member of a set twice");
  CHECK(fault_in(rdb_type::set_intset, text("\2\0\0\0\2\0\0\0\1\0\1\0"s))
        == "integers of a set are not in order");
  CHECK(fault_in(rdb_type::hash, length(2) + text("f") + text("1") + text("f") + text("2"))
        == "a field of a hash twice");
  CHECK(fault_in(rdb_type::hash_listpack, packed({"f", "1", "f", "2"}))
        == "a field of a hash twice");
  CHECK(fault_in(rdb_type::zset_listpack, packed({"m", "1", "m", "2"}))
        == "a member of a sorted set twice");
}

TEST_CASE("pairs of which one is missing are refused", "[value]") {
  CHECK(fault_in(rdb_type::hash_listpack, packed({"f", "1", "g"})) == "a broken block");
  CHECK(fault_in(rdb_type::zset_listpack, packed({"m"})) == "a broken block");
  CHECK(fault_in(rdb_type::hash_listpack_expiry_candidate, packed({"f", "1"})) == "a broken block");
}

TEST_CASE("scores that are no numbers are refused, and of any order sorted", "[value]") {
  const auto nan = word(std::bit_cast<std::uint64_t>(std::nan("")));
  CHECK(fault_in(rdb_type::zset_binary_scores, length(1) + text("m") + nan)
        == "a score that is not a number");
  CHECK(fault_in(rdb_type::zset, length(1) + text("m") + "\xfd") != "none");
  CHECK(fault_in(rdb_type::zset, length(1) + text("m") + "\3nan") != "none");
  CHECK(fault_in(rdb_type::zset_listpack, packed({"m", "nan"})) != "none");
  CHECK(fault_in(rdb_type::zset_listpack, packed({"m", ""})) != "none");
  CHECK(fault_in(rdb_type::zset_listpack, packed({"m", "1x"})) != "none");
  const auto sorted = content_in(rdb_type::zset_listpack,
                                 packed({"b", "2", "c", "-inf", "a", "1"}));
  CHECK(sorted.at(1) == "c");
  CHECK(sorted.at(3) == "a");
  CHECK(sorted.at(5) == "b");
}

TEST_CASE("times at which fields expire are possible ones", "[value]") {
  const auto field = text("f") + text("v");
  const auto never = static_cast<std::uint64_t>(types::hash_item::never);
  const auto expiring = [&](std::uint64_t lowest, std::uint64_t time) {
    return word(lowest) + length(1) + length(time) + field;
  };
  CHECK(content_in(rdb_type::hash_expiry, expiring(1000, 1)) == content{"hash", "f", "v", "1000"});
  CHECK(content_in(rdb_type::hash_expiry, expiring(1000, 0)).at(3) == std::to_string(never));
  CHECK(content_in(rdb_type::hash_expiry, expiring(never - 1, 1)).at(3)
        == std::to_string(never - 1));
  CHECK(fault_in(rdb_type::hash_expiry, expiring(never - 1, 2)) == "an impossible time of expiry");
  CHECK(fault_in(rdb_type::hash_expiry, expiring(1, never)) == "an impossible time of expiry");
  CHECK(fault_in(rdb_type::hash_expiry, expiring(~std::uint64_t{0}, 1))
        == "an impossible time of expiry");
  CHECK(fault_in(rdb_type::hash_expiry_candidate, length(1) + length(never) + field)
        == "an impossible time of expiry");
  CHECK(fault_in(rdb_type::hash_listpack_expiry_candidate, packed({"f", "v", "-1"}))
        == "an impossible time of expiry");
  CHECK(fault_in(rdb_type::hash_listpack_expiry_candidate, packed({"f", "v", "x"}))
        == "a time that is no number");
}

TEST_CASE("a hash of Valkey has the times of its fields behind their values", "[value]") {
  const auto hash = [&](std::uint64_t at_ms) {
    return length(2) + text("f") + text("v") + word(at_ms) + text("g") + text("w")
           + word(~std::uint64_t{0});
  };
  const auto type = rdb_type::valkey_hash_expiry;
  const auto never = std::to_string(types::hash_item::never);
  CHECK(content_in(type, hash(1000)) == content{"hash", "f", "v", "1000", "g", "w", never});
  CHECK(content_in(type, hash(~std::uint64_t{0})).at(3) == never);
  for (const auto impossible : {std::uint64_t{0}, ~std::uint64_t{1}})
    CHECK(fault_in(type, hash(impossible)) == "an impossible time of expiry");
  for (std::size_t size = 0; size < hash(1).size(); ++size)
    CHECK(fault_in(type, hash(1).substr(0, size)) != "none");
  CHECK(fault_in(type, length(0)) == "a collection without elements");
  CHECK(rdb_type_of(22, rdb_version_valkey) == type);
  CHECK(rdb_type_of(22, rdb_version_max) == rdb_type::hash_expiry_candidate);
}

TEST_CASE("a stream is read with its counters", "[value]") {
  CHECK(content_in(rdb_type::stream_3, stream_of(one_entry, 1, 5))
        == content{"stream", "5-0", "5-0", "0-0", "1", "5-0", "f", "v"});
  CHECK(content_in(rdb_type::stream_3, stream_of("", 0, 0))
        == content{"stream", "0-0", "0-0", "0-0", "0"});
}

TEST_CASE("counters of a stream that cannot be are refused", "[value]") {
  CHECK(fault_in(rdb_type::stream_3, stream_of(one_entry, 2, 5))
        == "a wrong number of entries in a stream");
  CHECK(fault_in(rdb_type::stream_3, stream_of(one_entry, 1, 4))
        == "the last ID of a stream is too low");
}

TEST_CASE("blocks of a stream that are none are refused", "[value]") {
  const auto fault = [](std::initializer_list<std::string_view> elements) {
    return fault_in(rdb_type::stream_3, stream_of(node(elements), 1, 5));
  };
  CHECK(fault({"1", "0", "1", "f", "0", "2", "0", "0", "v", "4"}) == "none");
  CHECK(fault({}) != "none");
  CHECK(fault({"x"}) != "none");
  CHECK(fault({"1000", "0", "1", "f", "0"}) != "none");
  CHECK(fault({"1", "0", "9223372036854775807", "f", "0"}) != "none");
  CHECK(fault({"-1", "0", "1", "f", "0"}) != "none");
  CHECK(fault({"1", "0", "1", "f", "1", "2", "0", "0", "v", "4"}) != "none");
  CHECK(fault({"1", "0", "1", "f", "0", "2", "0", "0", "v", "5"}) != "none");
  CHECK(fault({"1", "0", "1", "f", "0", "2", "0", "0", "v"}) != "none");
  CHECK(fault({"1", "0", "1", "f", "0", "2", "0", "0", "v", "4", "x"}) != "none");
  CHECK(fault({"1", "0", "1", "f", "0", "3", "0", "0", "v", "4"}) != "none");
  CHECK(fault({"1", "1", "1", "f", "0", "2", "0", "0", "v", "4"}) != "none");
  CHECK(fault({"1", "0", "0", "0", "2", "0", "0", "3"}) != "none");
  CHECK(fault({"1", "0", "0", "0", "0", "0", "0", "0", "4"}) != "none");
  CHECK(fault({"1", "0", "1", "f", "0", "2", "-9", "0", "v", "4"}) != "none");
}

TEST_CASE("pending entries have one consumer each, or nobody", "[value]") {
  const auto fault = [](const std::string& groups) {
    return fault_in(rdb_type::stream_3, stream_of(one_entry, 1, 5, groups));
  };
  const auto two = length(2) + pending(5) + pending(6);
  const auto both = length(2) + raw_id(5) + raw_id(6);
  const auto only = [](std::uint64_t ms) { return length(1) + raw_id(ms); };
  CHECK(fault(group(two, length(1) + consumer("a", both))) == "none");
  CHECK(fault(group(two, length(1) + consumer("a", only(5))))
        == "a pending entry without a consumer");
  CHECK(fault(group(two, length(2) + consumer("a", both) + consumer("b", only(5))))
        == "an entry is pending for two consumers");
  CHECK(fault(group(two, length(1) + consumer("a", length(3) + raw_id(5) + raw_id(6) + raw_id(7))))
        == "an entry is pending for two consumers");
  CHECK(fault(group(two, length(2) + consumer("a", only(5)) + consumer("a", only(6))))
        == "a consumer twice");
  CHECK(fault(group(length(2) + pending(5) + pending(5), length(1) + consumer("a", both)))
        == "a pending entry twice");
  CHECK(fault(length(2) + group(two, length(1) + consumer("a", both)).substr(1)
              + group(two, length(1) + consumer("a", both)).substr(1))
        == "a consumer group twice");
}

TEST_CASE("entries of a consumer whom nobody ever saw are nobody's", "[value]") {
  const auto groups = group(length(2) + pending(5) + pending(6),
                            length(2) + consumer("a", length(1) + raw_id(6))
                              + consumer("", length(1) + raw_id(5), 0, 0));
  auto value = read_with(settings, rdb_type::stream_3, stream_of(one_entry, 1, 5, groups));
  REQUIRE(value);
  kept_value kept{std::move(*value)};
  const auto made = kept.look<types::stream>();
  const auto& read = *made->find_group("group");
  CHECK(read.consumers().size() == 1);
  CHECK(read.pending().find({5, 0})->owner == nullptr);
  CHECK(read.pending().find({6, 0})->owner == read.find_consumer("a"));
}

TEST_CASE("times and counts of pending entries are possible ones", "[value]") {
  const auto fault = [](std::uint64_t delivered_ms, std::uint64_t count, std::uint64_t seen_ms,
                        std::uint64_t active_ms) {
    return fault_in(
      rdb_type::stream_3,
      stream_of(one_entry, 1, 5,
                group(length(1) + pending(5, delivered_ms, count),
                      length(1) + consumer("a", length(1) + raw_id(5), seen_ms, active_ms))));
  };
  constexpr std::uint64_t highest = std::numeric_limits<std::int64_t>::max();
  constexpr auto minus_1 = ~std::uint64_t{0};
  CHECK(fault(0, 0, 1, minus_1) == "none");
  CHECK(fault(highest, highest, highest, highest) == "none");
  CHECK(fault(minus_1, 1, 1, 1) == "an impossible time");
  CHECK(fault(highest + 1, 1, 1, 1) == "an impossible time");
  CHECK(fault(1, 1, minus_1, 1) == "an impossible time");
  CHECK(fault(1, 1, 1, minus_1 - 1) == "an impossible time");
  CHECK(fault(1, highest + 1, 1, 1) == "an impossible number");
}

namespace {

/// A stream of one node: `count` entries with that field and short values. `own`: every second one
/// repeats another field itself.
std::string stream_with_long_name(std::size_t name_bytes, std::int64_t count, bool own) {
  listpack_builder block;
  block.append(count);
  block.append(std::int64_t{0});
  block.append(std::int64_t{1});
  block.append(std::string(name_bytes, 'n'));
  block.append(std::int64_t{0});
  for (std::int64_t i = 0; i < count; ++i) {
    const bool same = !own || i % 2 == 1;
    block.append(std::int64_t{same ? 2 : 0});
    block.append(i);
    block.append(std::int64_t{0});
    if (!same) {
      block.append(std::int64_t{1});
      block.append(std::string_view{"f"});
    }
    block.append(std::string_view{"v"});
    block.append(std::int64_t{same ? 4 : 6});
  }
  const auto size = static_cast<std::uint64_t>(count);
  return stream_of(text(raw_id(5)) + text(block.finish()), size, size + 4);
}

} // namespace

TEST_CASE("a stream takes about as much memory as its payload, however long its fields are",
          "[value]") {
  for (const std::size_t name_bytes : {10, 1000, 4096, 70'000, 1'000'000})
    for (const bool own : {false, true}) {
      CAPTURE(name_bytes, own);
      const auto payload = stream_with_long_name(name_bytes, 20'000, own);
      const auto started = std::chrono::steady_clock::now();
      auto value = read_with(settings, rdb_type::stream_3, payload);
      REQUIRE(value);
      kept_value kept{std::move(*value)};
      CHECK(kept.entry().memory_bytes() < 4 * payload.size() + 4096);
      CHECK(written(kept.entry(), {.version = 11, .compress = false}).size()
            < 4 * payload.size() + 4096);
      // Comparing the field of each entry would take a thousand times as long.
      CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{20});
    }
}
