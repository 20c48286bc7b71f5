#include "persistence/rdb_writer.hpp"

#include "base/random.hpp"
#include "persistence/rdb_reader.hpp"
#include "tests/unit/persistence/packed_blocks.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using namespace std::string_literals;

namespace {

std::string string_as(std::string_view text, bool compress = true) {
  std::string out;
  append_rdb_string(out, text, compress);
  rdb_reader in{out};
  CHECK(in.string() == text);
  CHECK(in.at_end());
  return out;
}

std::string integer_as(std::int64_t value) {
  std::string out;
  append_rdb_integer(out, value);
  return out;
}

} // namespace

TEST_CASE("a string is written as an integer where that is its text", "[rdb]") {
  CHECK(string_as("0") == "\xc0\x00"s);
  CHECK(string_as("127") == "\xc0\x7f"s);
  CHECK(string_as("-128") == "\xc0\x80"s);
  CHECK(string_as("128") == "\xc1\x80\x00"s);
  CHECK(string_as("-32768") == "\xc1\x00\x80"s);
  CHECK(string_as("32768") == "\xc2\x00\x80\x00\x00"s);
  CHECK(string_as("2147483647") == "\xc2\xff\xff\xff\x7f"s);
  CHECK(string_as("-2147483648") == "\xc2\x00\x00\x00\x80"s);
  CHECK(string_as("2147483648") == "\x0a"s + "2147483648");
  CHECK(string_as("-2147483649") == "\x0b"s + "-2147483649");
  for (const auto* const text : {"", "-", "-0", "+1", "01", " 1", "1 ", "1.0", "0x1"})
    CHECK(string_as(text).size() == std::string{text}.size() + 1);
}

TEST_CASE("an integer is written as its text would be", "[rdb]") {
  for (const auto integer : border_integers())
    CHECK(integer_as(integer) == string_as(std::to_string(integer)));
}

TEST_CASE("a string is compressed from 21 bytes on, if that makes it shorter", "[rdb]") {
  CHECK(string_as(std::string(20, 'x')).size() == 21);
  CHECK(string_as(std::string(21, 'x')).size() < 15);
  CHECK(string_as(std::string(21, 'x'))[0] == '\xc3');
  CHECK(string_as(std::string(21, 'x'), false) == "\x15"s + std::string(21, 'x'));
  CHECK(string_as("abcdefghijklmnopqrstuvwxyz")[0] == '\x1a');
  CHECK(string_as(std::string(1'000'000, 'x')).size() < 12'000);
}

TEST_CASE("strings of all lengths are read as they were written, compressed or not", "[rdb]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  thespis::base::random_bits random(seed);
  std::string all;
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) {
    auto text = some_element(random);
    for (auto left = random.below(4); left > 0; --left)
      text += text.substr(0, random.below(100));
    append_rdb_string(all, text, random.below(2) == 0);
    texts.push_back(text);
  }
  rdb_reader in{all};
  for (const auto& text : texts)
    REQUIRE(in.string() == text);
  CHECK(in.at_end());
}
