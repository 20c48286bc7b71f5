#include "base/glob.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis::base;

TEST_CASE("a star matches any run of bytes", "[glob]") {
  CHECK(glob_match("*", "anything"));
  CHECK(glob_match("a*", "a"));
  CHECK(glob_match("a**", "a"));
  CHECK(glob_match("*b*", "abc"));
  CHECK(glob_match("h*llo", "heeeello"));
  CHECK(glob_match("*a*b*c", "xxaxxbxxcc"));
  CHECK(glob_match("*ab", "aaab"));
  CHECK_FALSE(glob_match("h*llo", "heeeell"));
  CHECK_FALSE(glob_match("*a*b", "bbbb"));
}

TEST_CASE("an empty text matches the empty pattern only", "[glob]") {
  CHECK(glob_match("", ""));
  CHECK_FALSE(glob_match("*", ""));
  CHECK_FALSE(glob_match("**", ""));
  CHECK_FALSE(glob_match("", "a"));
}

TEST_CASE("a question mark matches one byte", "[glob]") {
  CHECK(glob_match("h?llo", "hello"));
  CHECK_FALSE(glob_match("h?llo", "hllo"));
  CHECK_FALSE(glob_match("?", "ab"));
}

TEST_CASE("a class matches one of its bytes", "[glob]") {
  CHECK(glob_match("h[ae]llo", "hallo"));
  CHECK_FALSE(glob_match("h[ae]llo", "hillo"));
  CHECK(glob_match("h[^e]llo", "hallo"));
  CHECK_FALSE(glob_match("h[^e]llo", "hello"));
  CHECK(glob_match("h[a-c]llo", "hbllo"));
  CHECK(glob_match("h[c-a]llo", "hbllo"));
  CHECK_FALSE(glob_match("h[a-c]llo", "hdllo"));
  CHECK(glob_match("[\\]]", "]"));
  CHECK(glob_match("[\\-]", "-"));
  CHECK(glob_match("[a^]", "^"));
}

TEST_CASE("a backslash takes the next byte literally", "[glob]") {
  CHECK(glob_match("\\*", "*"));
  CHECK_FALSE(glob_match("\\*", "a"));
  CHECK(glob_match("a\\?b", "a?b"));
  CHECK(glob_match("\\\\", "\\"));
}

TEST_CASE("broken patterns mean what they mean to Redis", "[glob]") {
  CHECK_FALSE(glob_match("[", "["));
  CHECK_FALSE(glob_match("[", "a"));
  CHECK(glob_match("[^", "a"));
  CHECK(glob_match("[a", "a"));
  CHECK_FALSE(glob_match("[a", "b"));
  CHECK_FALSE(glob_match("[]a]", "]"));
  CHECK_FALSE(glob_match("[]", "a"));
  CHECK(glob_match("[a-", "-"));
  CHECK(glob_match("[a-]", "^")); // a range from ']' to 'a'
  CHECK(glob_match("[\\", "\\"));
  CHECK(glob_match("a\\", "a\\"));
  CHECK_FALSE(glob_match("a\\", "a"));
}

TEST_CASE("ranges compare signed bytes", "[glob]") {
  CHECK(glob_match("[a-\xff]", "A"));
  CHECK_FALSE(glob_match("[a-\xff]", "z"));
}

TEST_CASE("without case, letters match in either case", "[glob]") {
  CHECK(glob_match("MAX*", "maxmemory", true));
  CHECK(glob_match("m[A-C]x", "mbx", true));
  CHECK(glob_match("m[ABC]x", "mbx", true));
  CHECK_FALSE(glob_match("m[\\B]x", "mbx", true));
  CHECK_FALSE(glob_match("[Z-a]", "z", true));
  CHECK_FALSE(glob_match("MAX*", "maxmemory"));
}

TEST_CASE("a hostile pattern takes polynomial time", "[glob]") {
  std::string pattern;
  for (int i = 0; i < 1000; ++i)
    pattern += "a*";
  pattern += "b";
  CHECK_FALSE(glob_match(pattern, std::string(3000, 'a')));
  CHECK(glob_match(pattern, std::string(3000, 'a') + "b"));
}

namespace {

/// The grammar without classes as plain recursion, to compare with.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty())
    return text.empty();
  if (pattern[0] == '*')
    return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0])
         && matches(pattern.substr(1), text.substr(1));
}

} // namespace

TEST_CASE("stars and question marks agree with the recursive definition", "[glob]") {
  const std::uint64_t seed = 99;
  CAPTURE(seed);
  random_bits random{seed};
  int hits = 0;
  for (int i = 0; i < 50000; ++i) {
    std::string pattern;
    std::string text(1 + random.below(7), 'a');
    for (auto n = random.below(7); n > 0; --n)
      pattern += "ab*?"[random.below(4)];
    for (auto& c : text)
      c = "ab"[random.below(2)];
    CAPTURE(pattern, text);
    const bool expected = matches(pattern, text);
    REQUIRE(glob_match(pattern, text) == expected);
    hits += expected ? 1 : 0;
  }
  CHECK(hits > 5000);
}

TEST_CASE("a plain text is known as such", "[glob]") {
  CHECK(is_plain_text("user:1"));
  for (const auto* pattern : {"a*", "?", "[a", "a\\"})
    CHECK_FALSE(is_plain_text(pattern));
}
