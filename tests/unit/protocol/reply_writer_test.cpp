#include "protocol/reply_writer.hpp"

#include "base/byte_buffer.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

using thespis::base::byte_buffer;
using thespis::protocol::reply_writer;

namespace {

/// What `write` writes for a client of the protocol.
template <class Write>
std::string written(int protocol, Write write) {
  byte_buffer out;
  reply_writer reply{out, protocol};
  write(reply);
  return std::string{out.view()};
}

} // namespace

TEST_CASE("plain values are the same in both protocols", "[reply_writer]") {
  for (const int protocol : {2, 3}) {
    CHECK(written(protocol, [](auto& r) { r.ok(); }) == "+OK\r\n");
    CHECK(written(protocol, [](auto& r) { r.simple("QUEUED"); }) == "+QUEUED\r\n");
    CHECK(written(protocol, [](auto& r) { r.error("ERR no"); }) == "-ERR no\r\n");
    CHECK(written(protocol, [](auto& r) { r.bulk(""); }) == "$0\r\n\r\n");
    CHECK(written(protocol, [](auto& r) { r.bulk("a\r\nb"); }) == "$4\r\na\r\nb\r\n");
    CHECK(written(protocol, [](auto& r) { r.bulk_integer(-12); }) == "$3\r\n-12\r\n");
    CHECK(written(protocol, [](auto& r) { r.array(12); }) == "*12\r\n");
    CHECK(written(protocol, [](auto& r) { r.raw(":1\r\n"); }) == ":1\r\n");
    CHECK(written(protocol, [](auto& r) { r.raw(""); }).empty());
  }
}

TEST_CASE("integers of every length are written", "[reply_writer]") {
  using limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t value :
       {limits::min(), std::int64_t{-10}, std::int64_t{-1}, std::int64_t{0}, std::int64_t{9},
        std::int64_t{10}, std::int64_t{99}, std::int64_t{100}, limits::max()})
    CHECK(written(2, [&](auto& r) { r.integer(value); }) == ":" + std::to_string(value) + "\r\n");
}

TEST_CASE("bulk strings of every header length are written", "[reply_writer]") {
  for (const std::size_t size : {9u, 10u, 99u, 100u, 999u, 1000u, 70000u}) {
    const std::string text(size, 'x');
    CHECK(written(2, [&](auto& r) { r.bulk(text); })
          == "$" + std::to_string(size) + "\r\n" + text + "\r\n");
  }
}

TEST_CASE("RESP2 has arrays and bulk strings for what RESP3 has types for", "[reply_writer]") {
  const auto both = [](auto write) { return written(2, write) + "|" + written(3, write); };
  CHECK(both([](auto& r) { r.null(); }) == "$-1\r\n|_\r\n");
  CHECK(both([](auto& r) { r.null_array(); }) == "*-1\r\n|_\r\n");
  CHECK(both([](auto& r) { r.map(2); }) == "*4\r\n|%2\r\n");
  CHECK(both([](auto& r) { r.set(3); }) == "*3\r\n|~3\r\n");
  CHECK(both([](auto& r) { r.push(3); }) == "*3\r\n|>3\r\n");
  CHECK(both([](auto& r) { r.dbl(3.1); }) == "$3\r\n3.1\r\n|,3.1\r\n");
  CHECK(both([](auto& r) { r.human_dbl(0.1L); }) == "$3\r\n0.1\r\n|,0.1\r\n");
  CHECK(both([](auto& r) { r.boolean(true); }) == ":1\r\n|#t\r\n");
  CHECK(both([](auto& r) { r.boolean(false); }) == ":0\r\n|#f\r\n");
  CHECK(both([](auto& r) { r.big_number("-123"); }) == "$4\r\n-123\r\n|(-123\r\n");
  CHECK(both([](auto& r) { r.verbatim("txt", "hi"); }) == "$2\r\nhi\r\n|=6\r\ntxt:hi\r\n");
  CHECK(both([](auto& r) { r.bulk_or_null(std::optional<std::string>{}); }) == "$-1\r\n|_\r\n");
  CHECK(both([](auto& r) { r.bulk_or_null(std::optional<std::string>{"x"}); })
        == "$1\r\nx\r\n|$1\r\nx\r\n");
}

TEST_CASE("line breaks cannot split a reply", "[reply_writer]") {
  CHECK(written(2, [](auto& r) { r.error("ERR a\r\nb\nc"); }) == "-ERR a  b c\r\n");
  CHECK(written(2, [](auto& r) { r.error("ERR end\r\n"); }) == "-ERR end\r\n");
  CHECK(written(2, [](auto& r) { r.simple("a\rb"); }) == "+a b\r\n");
  CHECK(written(3, [](auto& r) { r.big_number("1\r\n2"); }) == "(1  2\r\n");
}

TEST_CASE("the protocol may change between values", "[reply_writer]") {
  byte_buffer out;
  reply_writer reply{out, 2};
  reply.null();
  reply.set_protocol(3);
  CHECK(reply.protocol() == 3);
  reply.null();
  CHECK(out.view() == "$-1\r\n_\r\n");
}

TEST_CASE("a header that is written last lands in its place", "[reply_writer]") {
  for (const std::size_t expected : {0u, 5u, 10u, 1000u})
    for (const std::size_t count : {0u, 1u, 9u, 10u, 99u, 100u, 12345u}) {
      CAPTURE(expected, count);
      byte_buffer out;
      reply_writer reply{out, 2};
      reply.ok();
      const auto mark = reply.begin_array(expected);
      std::string elements;
      for (std::size_t i = 0; i < count; ++i) {
        reply.integer(static_cast<std::int64_t>(i));
        elements += ":" + std::to_string(i) + "\r\n";
      }
      reply.end_array(mark, count);
      reply.ok();
      REQUIRE(out.view() == "+OK\r\n*" + std::to_string(count) + "\r\n" + elements + "+OK\r\n");
    }
}

TEST_CASE("headers that are written last nest", "[reply_writer]") {
  byte_buffer out;
  reply_writer reply{out, 3};
  const auto outer = reply.begin_map();
  reply.bulk("key");
  const auto inner = reply.begin_set(100);
  reply.integer(1);
  const auto push = reply.begin_push();
  reply.end_push(push, 0);
  reply.end_set(inner, 2);
  reply.end_map(outer, 1);
  CHECK(out.view() == "%1\r\n$3\r\nkey\r\n~2\r\n:1\r\n>0\r\n");
}

TEST_CASE("a late map header counts twice in RESP2", "[reply_writer]") {
  byte_buffer out;
  reply_writer reply{out, 2};
  const auto mark = reply.begin_map(5);
  for (int i = 0; i < 12; ++i)
    reply.null();
  reply.end_map(mark, 6);
  CHECK(out.view().substr(0, 5) == "*12\r\n");
  CHECK(out.size() == 5 + 12 * 5);
}

TEST_CASE("the writer remembers errors and the last code word", "[reply_writer]") {
  byte_buffer out;
  reply_writer reply{out, 2};
  CHECK(reply.error_count() == 0);
  CHECK(reply.last_error_code().empty());
  reply.error("WRONGTYPE Operation against");
  CHECK(reply.error_count() == 1);
  CHECK(reply.last_error_code() == "WRONGTYPE");
  reply.error("ERR");
  CHECK(reply.last_error_code() == "ERR");
  reply.error(std::string(100, 'X'));
  CHECK(reply.last_error_code() == std::string(32, 'X'));
  reply.error("");
  CHECK(reply.last_error_code().empty());
  CHECK(reply.error_count() == 4);
}
