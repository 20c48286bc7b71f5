#include "protocol/reply_merge.hpp"

#include "protocol/errors.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace thespis;
using protocol::merge;

namespace {

constexpr std::string_view no_memory = "-OOM the server has not enough memory for this command\r\n";

std::string merged(merge rule, const std::vector<std::string_view>& shares,
                   const std::vector<std::uint32_t>& order = {}, bool changes = true) {
  base::byte_buffer out;
  protocol::merge_replies(rule, changes, shares, order, out);
  return std::string{out.view()};
}

} // namespace

TEST_CASE("shares that agree make one reply", "[reply_merge]") {
  CHECK(merged(merge::first, {"+OK\r\n", "+OK\r\n"}) == "+OK\r\n");
  CHECK(merged(merge::sum, {":2\r\n", ":40\r\n"}) == ":42\r\n");
  CHECK(merged(merge::by_key, {"*1\r\n$1\r\na\r\n", "*2\r\n$1\r\nb\r\n$-1\r\n"}, {1, 0, 1})
        == "*3\r\n$1\r\nb\r\n$1\r\na\r\n$-1\r\n");
  CHECK(merged(merge::concatenate, {"*1\r\n:1\r\n", "*0\r\n", "*1\r\n:2\r\n"})
        == "*2\r\n:1\r\n:2\r\n");
}

TEST_CASE("an error of all shares is the reply", "[reply_merge]") {
  CHECK(merged(merge::first, {"-ERR a\r\n", "-ERR b\r\n"}) == "-ERR a\r\n");
  CHECK(merged(merge::sum, {no_memory, no_memory}) == no_memory);
}

TEST_CASE("a request that had memory for some shares only says so", "[reply_merge]") {
  const auto partly = "-" + std::string{protocol::errors::out_of_memory_partly} + "\r\n";
  CHECK(merged(merge::first, {"+OK\r\n", no_memory}) == partly);
  CHECK(merged(merge::sum, {no_memory, ":1\r\n", no_memory}) == partly);
  CHECK(merged(merge::sum, {no_memory, ":1\r\n"}, {}, false) == no_memory);
}
