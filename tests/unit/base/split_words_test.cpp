#include "base/split_words.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <string>
#include <vector>

using namespace thespis::base;

using words = std::vector<std::string>;

TEST_CASE("words are separated by white space", "[split_words]") {
  CHECK(split_words("SET key value") == words{"SET", "key", "value"});
  CHECK(split_words("  a\t b \r\n") == words{"a", "b"});
  CHECK(split_words("") == words{});
  CHECK(split_words(" \t\v\f ") == words{});
}

TEST_CASE("vertical tab and form feed are skipped before a word and kept within", "[split_words]") {
  CHECK(split_words(" \v a\vb\f c") == words{"a\vb\f", "c"});
}

TEST_CASE("double quotes keep white space and know escapes", "[split_words]") {
  CHECK(split_words(R"("a b" "" "\x41\xfF\n\r\t\b\a\"\\\q")")
        == words{"a b", "", "A\xff\n\r\t\b\a\"\\q"});
  CHECK(split_words(R"("\x4" "\xg1" "\x")") == words{"x4", "xg1", "x"});
  CHECK(split_words(R"(\x41)") == words{R"(\x41)"});
}

TEST_CASE("single quotes know one escape", "[split_words]") {
  CHECK(split_words(R"('a b' 'it\'s' '\n')") == words{"a b", "it's", "\\n"});
}

TEST_CASE("a quote may open within a word", "[split_words]") {
  CHECK(split_words(R"(a"b c" d'e')") == words{"ab c", "de"});
}

TEST_CASE("unbalanced quotes are an error", "[split_words]") {
  for (const auto* line : {"\"", "'", "\"a", "'a", "\"a\"b", "'a'b", "a\"b", R"("a\")", R"('a\')",
                           R"("a\)", "\"a\"\"b\""})
    CHECK_FALSE(split_words(line));
}

TEST_CASE("a line without quotes splits the same into views", "[split_words]") {
  const std::uint64_t seed = 5;
  CAPTURE(seed);
  random_bits random{seed};
  for (int i = 0; i < 5000; ++i) {
    std::string line;
    for (auto n = random.below(12); n > 0; --n)
      line += std::string_view{"ab \t\v\n\\\0", 8}[random.below(8)];
    std::vector<std::string_view> views;
    split_plain_words(line, views);
    REQUIRE(split_words(line) == words(views.begin(), views.end()));
  }
}

TEST_CASE("any bytes written as escapes come back", "[split_words]") {
  const std::uint64_t seed = 6;
  CAPTURE(seed);
  random_bits random{seed};
  for (int i = 0; i < 2000; ++i) {
    words expected;
    std::string line;
    for (auto n = random.below(4); n > 0; --n) {
      auto& word = expected.emplace_back();
      line += " \"";
      for (auto length = random.below(6); length > 0; --length) {
        const auto byte = static_cast<unsigned>(random.below(256));
        word += static_cast<char>(byte);
        char escape[5];
        std::snprintf(escape, sizeof escape, "\\x%02x", byte);
        line += escape;
      }
      line += '"';
    }
    REQUIRE(split_words(line) == expected);
  }
}
