#include "persistence/rdb_reader.hpp"
#include "persistence/rdb_writer.hpp"

#include <catch2/catch.hpp>

#include <string>

#include <lzf.h>

using namespace thespis::persistence;
using namespace std::string_literals;

namespace {

std::optional<std::uint64_t> length_in(std::string_view bytes) {
  return rdb_reader{bytes}.length();
}

std::optional<std::string> string_in(std::string_view bytes) {
  rdb_reader reader{bytes};
  auto text = reader.string();
  CHECK((!text || reader.at_end()));
  return text;
}

std::string compressed(std::string_view text) {
  std::string small(text.size(), '\0');
  small.resize(lzf_compress(text.data(), static_cast<unsigned>(text.size()), small.data(),
                            static_cast<unsigned>(small.size())));
  REQUIRE(!small.empty());
  std::string out{"\xc3"};
  append_rdb_length(out, small.size());
  append_rdb_length(out, text.size());
  return out + small;
}

} // namespace

TEST_CASE("a length is read as it was written, in as few bytes as it needs", "[rdb]") {
  struct sized {
    std::uint64_t length;
    std::size_t bytes;
  };
  for (const auto [length, bytes] :
       {sized{0, 1}, sized{63, 1}, sized{64, 2}, sized{16383, 2}, sized{16384, 5},
        sized{0xffff'ffff, 5}, sized{0x1'0000'0000, 9}, sized{~std::uint64_t{0}, 9}}) {
    std::string out;
    append_rdb_length(out, length);
    CHECK(out.size() == bytes);
    CHECK(length_in(out) == length);
    for (std::size_t i = 0; i < out.size(); ++i)
      CHECK(length_in(std::string_view{out}.substr(0, i)) == std::nullopt);
  }
}

TEST_CASE("lengths are big endian, and others than the four are none", "[rdb]") {
  CHECK(length_in("\x41\x02"s) == 0x102);
  CHECK(length_in("\x80\x00\x01\x02\x03"s) == 0x10203);
  CHECK(length_in("\x81\x00\x00\x00\x00\x00\x00\x01\x02"s) == 0x102);
  CHECK(length_in("\x82\x00\x00\x00\x00"s) == std::nullopt);
  CHECK(length_in("\xc0\x01"s) == std::nullopt);
}

TEST_CASE("a string is read as it was written", "[rdb]") {
  for (const std::size_t size : {0, 1, 63, 64, 16383, 16384, 100'000}) {
    const std::string text(size, 'x');
    std::string out;
    append_rdb_string(out, text);
    CHECK(string_in(out) == text);
    CHECK(string_in(std::string_view{out}.substr(0, out.size() - 1)) == std::nullopt);
  }
}

TEST_CASE("strings may be written as integers", "[rdb]") {
  CHECK(string_in("\xc0\x05"s) == "5");
  CHECK(string_in("\xc0\xff"s) == "-1");
  CHECK(string_in("\xc1\x00\x80"s) == "-32768");
  CHECK(string_in("\xc2\xff\xff\xff\x7f"s) == "2147483647");
  CHECK(string_in("\xc0"s) == std::nullopt);
  CHECK(string_in("\xc2\x01\x02\x03"s) == std::nullopt);
  CHECK(string_in("\xc4\x05"s) == std::nullopt);
}

TEST_CASE("strings may be compressed", "[rdb]") {
  const std::string text = std::string(1000, 'x') + "end" + std::string(1000, 'y');
  const auto small = compressed(text);
  CHECK(small.size() < 100);
  CHECK(string_in(small) == text);
  for (std::size_t i = 0; i < small.size(); ++i)
    CHECK(string_in(std::string_view{small}.substr(0, i)) == std::nullopt);
}

TEST_CASE("a compressed string whose lengths are wrong is none", "[rdb]") {
  CHECK(string_in("\xc3\x04\x03\x02"s + "abc") == "abc");
  CHECK(string_in("\xc3\x04\x04\x02"s + "abc") == std::nullopt);
  CHECK(string_in("\xc3\x04\x02\x02"s + "abc") == std::nullopt);
  CHECK(string_in("\xc3\x00\x00"s) == std::nullopt);
  CHECK(string_in("\xc3\x02\x05\x20\x00"s) == std::nullopt);
  // It would fill gigabytes.
  CHECK(string_in("\xc3\x04\x80\xff\xff\xff\xff\x02"s + "abc") == std::nullopt);
  CHECK(string_in("\xc3\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01"s) == std::nullopt);
}
