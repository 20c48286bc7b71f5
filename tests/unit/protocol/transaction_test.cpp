#include "protocol/transaction.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace thespis;
using protocol::transaction;

namespace {

constexpr protocol::command_spec get{.name = "get", .flags = protocol::readonly};
constexpr protocol::command_spec set{.name = "set", .flags = protocol::write | protocol::denyoom};

/// As in a read buffer that the next request overwrites.
void add(transaction& to, const protocol::command_spec& spec, std::vector<std::string> words) {
  const std::vector<std::string_view> views{words.begin(), words.end()};
  to.add(spec, views);
}

std::vector<std::string> words_of(const transaction& from, std::size_t number) {
  const auto words = from.words_of(from.requests()[number]);
  return {words.begin(), words.end()};
}

} // namespace

TEST_CASE("what is queued stays as it was said", "[transaction]") {
  transaction queued;
  CHECK(queued.requests().empty());
  CHECK(queued.flags() == 0);
  add(queued, set, {"SET", "k", std::string(100'000, 'v')});
  add(queued, get, {"get", ""});
  for (int i = 0; i < 1000; ++i)
    add(queued, get, {"GET", std::to_string(i)});
  queued.seal();
  REQUIRE(queued.requests().size() == 1002);
  CHECK(words_of(queued, 0) == std::vector<std::string>{"SET", "k", std::string(100'000, 'v')});
  CHECK(words_of(queued, 1) == std::vector<std::string>{"get", ""});
  for (std::size_t i = 0; i < 1000; ++i)
    REQUIRE(words_of(queued, i + 2) == std::vector<std::string>{"GET", std::to_string(i)});
  CHECK(queued.requests()[0].spec == &set);
  CHECK(queued.requests()[1].spec == &get);
  CHECK(queued.flags() == (protocol::readonly | protocol::write | protocol::denyoom));
  CHECK(queued.bytes() > 100'000);
  queued.clear();
  CHECK(queued.bytes() < 100);
}

TEST_CASE("a transaction that was aborted stays so", "[transaction]") {
  transaction queued;
  CHECK_FALSE(queued.aborted());
  queued.abort();
  add(queued, get, {"GET", "k"});
  CHECK(queued.aborted());
  queued.clear();
  CHECK_FALSE(queued.aborted());
  CHECK(queued.requests().empty());
  CHECK(queued.flags() == 0);
}
