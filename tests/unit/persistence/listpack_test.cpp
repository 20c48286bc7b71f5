#include "persistence/listpack.hpp"

#include "tests/unit/persistence/packed_blocks.hpp"
#include "types/listpack_size.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using namespace std::string_literals;
using thespis::base::random_bits;
using thespis::types::empty_listpack_bytes;
using thespis::types::listpack_element_bytes;

namespace {

std::string listpack_of(const elements& all) {
  listpack_builder block;
  for (const auto& element : all)
    block.append(std::string_view{element});
  const auto bytes = block.bytes();
  const auto made = block.finish();
  CHECK(made.size() == bytes);
  return std::string{made};
}

/// The bytes of one element in a block of its own.
std::string coded(std::string_view element) {
  const auto block = listpack_of({std::string{element}});
  CHECK(block.substr(4, 2) == "\x01\x00"s);
  CHECK(block.back() == '\xff');
  return block.substr(6, block.size() - 7);
}

} // namespace

TEST_CASE("a listpack has the bytes that its specification says", "[listpack]") {
  CHECK(listpack_of({}) == "\x07\x00\x00\x00\x00\x00\xff"s);
  CHECK(listpack_of({"a", "1"}) == "\x0c\x00\x00\x00\x02\x00\x81\x61\x02\x01\x01\xff"s);
  CHECK(coded("") == "\x80\x01"s);
  CHECK(coded("0") == "\x00\x01"s);
  CHECK(coded("127") == "\x7f\x01"s);
  CHECK(coded("128") == "\xc0\x80\x02"s);
  CHECK(coded("-1") == "\xdf\xff\x02"s);
  CHECK(coded("4095") == "\xcf\xff\x02"s);
  CHECK(coded("-4096") == "\xd0\x00\x02"s);
  CHECK(coded("4096") == "\xf1\x00\x10\x03"s);
  CHECK(coded("-32768") == "\xf1\x00\x80\x03"s);
  CHECK(coded("32768") == "\xf2\x00\x80\x00\x04"s);
  CHECK(coded("-8388608") == "\xf2\x00\x00\x80\x04"s);
  CHECK(coded("8388608") == "\xf3\x00\x00\x80\x00\x05"s);
  CHECK(coded("2147483648") == "\xf4\x00\x00\x00\x80\x00\x00\x00\x00\x09"s);
  CHECK(coded(std::string(63, 'x')) == "\xbf"s + std::string(63, 'x') + "\x40");
  CHECK(coded(std::string(64, 'x')) == "\xe0\x40"s + std::string(64, 'x') + "\x42");
  CHECK(coded(std::string(4095, 'x')) == "\xef\xff"s + std::string(4095, 'x') + "\x20\x81");
  CHECK(coded(std::string(4096, 'x'))
        == "\xf0\x00\x10\x00\x00"s + std::string(4096, 'x') + "\x20\x85");
}

TEST_CASE("texts that only look like integers stay texts in a listpack", "[listpack]") {
  for (const auto* const text : {"-0", "+1", "01", " 1", "1 ", "9223372036854775808", "1.0", "-"}) {
    CHECK(coded(text)[0] == static_cast<char>(0x80 | std::string{text}.size()));
    CHECK(elements_in<listpack_reader>(listpack_of({text})) == elements{text});
  }
}

TEST_CASE("integers go into a listpack with and without being written first", "[listpack]") {
  for (const auto integer : border_integers()) {
    listpack_builder block;
    block.append(integer);
    CHECK(block.size() == 1);
    const std::string made{block.finish()};
    CHECK(made == listpack_of({std::to_string(integer)}));
    CHECK(elements_in<listpack_reader>(made) == elements{std::to_string(integer)});
  }
}

TEST_CASE("texts of all lengths come out of a listpack as they went in", "[listpack]") {
  elements all;
  for (std::size_t size = 0; size < 600; ++size)
    all.push_back(std::string(size, 'x'));
  for (const std::size_t border : {4096, 16383, 65536, 2097151})
    for (const std::size_t size : {border - 6, border - 5, border - 2, border - 1, border})
      all.push_back(std::string(size, 'y'));
  CHECK(elements_in<listpack_reader>(listpack_of(all)) == all);
}

TEST_CASE("what goes into a listpack comes out of it", "[listpack]") {
  const auto seed = some_seed();
  CAPTURE(seed);
  random_bits random(seed);
  listpack_builder block;
  for (int round = 0; round < 300; ++round) {
    const auto all = some_elements(random, 40);
    block.clear();
    auto bytes = empty_listpack_bytes;
    for (const auto& element : all) {
      block.append(std::string_view{element});
      bytes += listpack_element_bytes(element);
    }
    REQUIRE(block.size() == all.size());
    const auto made = block.finish();
    REQUIRE(made.size() == bytes);
    REQUIRE(elements_in<listpack_reader>(made) == all);
  }
}

TEST_CASE("a listpack of 65535 elements and more must be counted", "[listpack]") {
  for (const std::size_t count : {65534, 65535, 65536, 100'000}) {
    listpack_builder block;
    for (std::size_t i = 0; i < count; ++i)
      block.append(std::int64_t{1});
    auto made = std::string{block.finish()};
    const auto said = static_cast<unsigned char>(made[4])
                      | static_cast<unsigned char>(made[5]) << 8;
    CHECK(said == (count < 65535 ? 65534 : 65535));
    CHECK(elements_in<listpack_reader>(made)->size() == count);
    made[4] = '\x01';
    CHECK(elements_in<listpack_reader>(made) == std::nullopt);
  }
}

TEST_CASE("a listpack that is damaged is refused, or is one of as many elements", "[listpack]") {
  check_damaged_blocks<listpack_reader>(listpack_of);
}

TEST_CASE("a bit that changes in a listpack is noticed unless it is an element's", "[listpack]") {
  check_flips_of_text<listpack_reader>(listpack_of);
}

TEST_CASE("noise in the frame of a listpack is no cause to read outside of it", "[listpack]") {
  check_noise<listpack_reader>(7, [](std::string& block) {
    block.replace(0, 6, {static_cast<char>(block.size()), '\0', '\0', '\0', '\xff', '\xff'});
  });
}

TEST_CASE("a listpack may say more than a byte can hold, but not more than it has", "[listpack]") {
  const auto frame = [](const std::string& content) {
    return std::string{static_cast<char>(content.size() + 7), '\0', '\0', '\0', '\xff', '\xff'}
           + content + '\xff';
  };
  CHECK(elements_in<listpack_reader>(frame("\x81\x61\x02"s)) == elements{"a"});
  CHECK(elements_in<listpack_reader>(frame("\xf0\xff\xff\xff\xff\x61\x02"s)) == std::nullopt);
  CHECK(elements_in<listpack_reader>(frame("\xef\xff\x61\x02"s)) == std::nullopt);
  CHECK(elements_in<listpack_reader>(frame("\xf4\x01\x02\x03"s)) == std::nullopt);
  CHECK(elements_in<listpack_reader>(frame("\xf5\x01"s)) == std::nullopt);
  CHECK(elements_in<listpack_reader>(frame("\xfe\x01"s)) == std::nullopt);
  CHECK(elements_in<listpack_reader>(frame("\xff\x01"s)) == std::nullopt);
  // Longer than it need be, which is an encoding nevertheless.
  CHECK(elements_in<listpack_reader>(frame("\xf1\x01\x00\x03"s)) == elements{"1"});
  CHECK(elements_in<listpack_reader>(frame("\xe0\x01\x61\x03"s)) == elements{"a"});
}
