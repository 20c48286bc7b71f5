#include "tests/unit/commands/test_store.hpp"

#include "base/random.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <string>

namespace thespis::tests {

namespace errors = protocol::errors;

namespace {

resp_value range(std::int64_t start, std::int64_t end) {
  return array({integer(start), integer(end)});
}

bool is_subsequence(const std::string& part, const std::string& whole) {
  std::size_t at = 0;
  for (const char byte : whole)
    if (at < part.size() && part[at] == byte)
      ++at;
  return at == part.size();
}

/// The length by trying everything: exponential, for short strings.
std::size_t longest_common(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty())
    return 0;
  const auto rest_a = a.substr(1);
  const auto rest_b = b.substr(1);
  if (a[0] == b[0])
    return 1 + longest_common(rest_a, rest_b);
  return std::max(longest_common(rest_a, b), longest_common(a, rest_b));
}

} // namespace

TEST_CASE("LCS replies the longest common subsequence of two strings", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("MSET", "a", "ohmytext", "b", "mynewtext");
  CHECK(store.run("LCS", "a", "b") == bulk("mytext"));
  CHECK(store.run("LCS", "a", "b", "LEN") == integer(6));
  CHECK(store.run("LCS", "a", "none") == bulk(""));
  CHECK(store.run("LCS", "none", "b", "len") == integer(0));
  CHECK(store.run("LCS", "a", "a") == bulk("ohmytext"));
  store.run("MSET", "a", 12345, "c", 246);
  CHECK(store.run("LCS", "a", "c") == bulk("24"));
}

TEST_CASE("LCS IDX replies the ranges from the last to the first", "[string]") {
  const auto protocol = GENERATE(2, 3);
  test_store store{GENERATE(1u, 3u), protocol};
  store.run("MSET", "a", "ohmytext", "b", "mynewtext");
  const auto reply = [&](std::vector<resp_value> matches) {
    std::vector<resp_value> items{bulk("matches"), array(std::move(matches)), bulk("len"),
                                  integer(6)};
    return protocol == 3 ? map(std::move(items)) : array(std::move(items));
  };
  CHECK(store.run("LCS", "a", "b", "IDX")
        == reply({array({range(4, 7), range(5, 8)}), array({range(2, 3), range(0, 1)})}));
  CHECK(store.run("LCS", "a", "b", "IDX", "MINMATCHLEN", 4)
        == reply({array({range(4, 7), range(5, 8)})}));
  CHECK(store.run("LCS", "a", "b", "idx", "minmatchlen", 4, "withmatchlen")
        == reply({array({range(4, 7), range(5, 8), integer(4)})}));
  CHECK(store.run("LCS", "a", "b", "IDX", "MINMATCHLEN", 5) == reply({}));
  CHECK(store.run("LCS", "a", "b", "IDX", "MINMATCHLEN", -5) == store.run("LCS", "a", "b", "IDX"));
}

TEST_CASE("LCS finds a subsequence of both strings, as long as can be", "[string]") {
  const std::uint64_t seed = 4711;
  INFO("seed " << seed);
  base::random_bits random{seed};
  test_store store;
  const auto text = [&] {
    std::string out(random.below(9), ' ');
    std::generate(out.begin(), out.end(), [&] { return static_cast<char>('a' + random.below(3)); });
    return out;
  };
  for (int i = 0; i < 300; ++i) {
    const auto a = text();
    const auto b = text();
    store.run("MSET", "a", a, "b", b);
    const auto found = store.run("LCS", "a", "b").text;
    CAPTURE(a, b, found);
    REQUIRE(is_subsequence(found, a));
    REQUIRE(is_subsequence(found, b));
    REQUIRE(found.size() == longest_common(a, b));
  }
}

TEST_CASE("LCS refuses wrong values, options and sizes", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("MSET", "a", "x", "b", "y");
  CHECK(store.run("LCS", "a", "b", "LEN", "IDX") == error(errors::lcs_both_outputs));
  CHECK(store.run("LCS", "a", "b", "FOO") == error(errors::syntax));
  CHECK(store.run("LCS", "a", "b", "MINMATCHLEN") == error(errors::syntax));
  CHECK(store.run("LCS", "a", "b", "MINMATCHLEN", "x") == error(errors::not_an_integer));
  CHECK(store.run("LCS", "a") == error(errors::wrong_arity("lcs")));
  store.plant("h", keyspace::value_type::hash);
  CHECK(store.run("LCS", "a", "h", "FOO") == error(errors::lcs_not_strings));
  CHECK(store.run("LCS", "h", "a") == error(errors::lcs_not_strings));
  const std::string large(12'000, 'x');
  store.run("MSET", "a", large, "b", large);
  CHECK(store.run("LCS", "a", "b", "LEN") == error(errors::lcs_no_memory));
}

} // namespace thespis::tests
