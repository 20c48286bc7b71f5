#include "keyspace/entry.hpp"

#include "keyspace/database.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>

using namespace thespis::keyspace;

namespace {

std::string text_of(const entry& e) {
  char scratch[24];
  return std::string(e.text(scratch));
}

/// A database with one string in it.
struct one {
  one(std::string_view key, std::string_view value) : db(1), at(db.find(key)) {
    db.set_string(at, value);
  }
  database db;
  database::slot at;
};

} // namespace

TEST_CASE("a short string lives in its entry and is embstr up to 44 bytes", "[entry]") {
  for (std::size_t size : {1, 16, 43, 44}) {
    one x("key", std::string(size, 'v'));
    CHECK(x.at->stored() == entry::form::inlined);
    CHECK(x.at->encoding_name() == "embstr");
    CHECK(text_of(*x.at) == std::string(size, 'v'));
    CHECK(x.at->size() == size);
  }
  one longer("key", std::string(45, 'v'));
  CHECK(longer.at->encoding_name() == "raw");
  CHECK(longer.at->stored() == entry::form::inlined);
}

TEST_CASE("a long string lives behind a pointer", "[entry]") {
  for (auto size : {entry::inline_bytes_max, entry::inline_bytes_max + 1, std::size_t{100'000}}) {
    one x("key", std::string(size, 'v'));
    CHECK((x.at->stored() == entry::form::pointer) == (size > entry::inline_bytes_max));
    CHECK(x.at->encoding_name() == "raw");
    CHECK(text_of(*x.at) == std::string(size, 'v'));
    CHECK(x.at->memory_bytes() >= size);
    CHECK(x.at->memory_bytes() < size * 3 / 2 + 128);
  }
}

TEST_CASE("the canonical text of an integer becomes one, any other text stays", "[entry]") {
  for (auto value :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1234567890123},
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    one x("key", std::to_string(value));
    REQUIRE(x.at->is_integer());
    CHECK(x.at->integer() == value);
    CHECK(x.at->encoding_name() == "int");
    CHECK(text_of(*x.at) == std::to_string(value));
    CHECK(x.at->size() == std::to_string(value).size());
  }
  for (auto text : {"", "-", "-0", "01", "+1", " 1", "1 ", "1.0", "9223372036854775808",
                    "-9223372036854775809", "123456789012345678901", "0x10"}) {
    one x("key", text);
    CHECK_FALSE(x.at->is_integer());
    CHECK(text_of(*x.at) == text);
  }
}

TEST_CASE("keys of any length and content are kept", "[entry]") {
  for (std::size_t size : {0, 1, 15, 16, 65'534, 65'535, 65'536, 200'000}) {
    std::string key(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
      key[i] = static_cast<char>(i * 31);
    one x(key, "value");
    CHECK(x.at->key() == key);
    CHECK(text_of(*x.at) == "value");
    x.db.set_expiry(x.at, 1234);
    CHECK(x.at->key() == key);
    CHECK(x.at->expire_at_ms() == 1234);
    x.db.set_string(x.at, "77", true);
    CHECK(x.at->key() == key);
    CHECK(x.at->integer() == 77);
    CHECK(x.at->expire_at_ms() == 1234);
    x.db.set_string(x.at, std::string(5000, 'x'));
    CHECK(x.at->key() == key);
    CHECK(text_of(*x.at) == std::string(5000, 'x'));
    CHECK(x.db.find(key));
  }
}

TEST_CASE("16 bytes of key and 16 of value take 48 bytes with and without an expiry, an integer 32",
          "[entry]") {
  // What the allocator adds to that is its own.
  one text("0123456789abcdef", "fedcba9876543210x");
  text.db.set_string(text.at, "abcdefghijklmnop");
  const auto plain = text.at->memory_bytes();
  CHECK(plain >= 48);
  CHECK(plain <= 56);
  text.db.set_expiry(text.at, 99);
  CHECK(text.at->memory_bytes() == plain);
  CHECK(text_of(*text.at) == "abcdefghijklmnop");
  one number("0123456789abcdef", "1234567890");
  CHECK(number.at->memory_bytes() >= 32);
  CHECK(number.at->memory_bytes() <= 40);
}

TEST_CASE("a value that fits is overwritten in place", "[entry]") {
  one x("0123456789abcdef", "aaaaaaaaaaaaaaaa");
  auto* before = &*x.at;
  x.db.set_string(x.at, "bbbbbbbbbbbbbbb");
  CHECK(&*x.at == before);
  x.db.set_expiry(x.at, 5);
  CHECK(&*x.at == before);
  x.db.set_string(x.at, "cccccccccccccccc", true);
  CHECK(&*x.at == before);
  CHECK(x.db.clear_expiry(x.at));
  CHECK(&*x.at == before);
  CHECK(text_of(*x.at) == "cccccccccccccccc");
  CHECK(x.at->key() == "0123456789abcdef");
}

TEST_CASE("a much shorter value gives the room back", "[entry]") {
  one x("k", std::string(900, 'a'));
  x.db.set_string(x.at, "b");
  CHECK(x.at->memory_bytes() < 64);
}

TEST_CASE("the access clock is 24 bits and survives changes of the value", "[entry]") {
  one x("k", "v");
  x.at->set_access(0xab'cdef);
  CHECK(x.at->access() == 0xab'cdef);
  x.db.set_string(x.at, std::string(3000, 'a'));
  x.db.set_expiry(x.at, 77);
  x.db.set_integer(x.at, -5, true);
  CHECK(x.at->access() == 0xab'cdef);
  CHECK(x.at->integer() == -5);
  CHECK(x.at->expire_at_ms() == 77);
}

TEST_CASE("expiry times are any 64 bits", "[entry]") {
  one x("k", "v");
  for (auto at :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 62,
        std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    x.db.set_expiry(x.at, at);
    CHECK(x.at->has_expiry());
    CHECK(x.at->expire_at_ms() == at);
    CHECK(x.at->expired_at(at));
    if (at != std::numeric_limits<std::int64_t>::min())
      CHECK_FALSE(x.at->expired_at(at - 1));
  }
}

TEST_CASE("types have the names that TYPE replies", "[entry]") {
  CHECK(type_name(value_type::string) == "string");
  CHECK(type_name(value_type::list) == "list");
  CHECK(type_name(value_type::set) == "set");
  CHECK(type_name(value_type::zset) == "zset");
  CHECK(type_name(value_type::hash) == "hash");
  CHECK(type_name(value_type::stream) == "stream");
}
