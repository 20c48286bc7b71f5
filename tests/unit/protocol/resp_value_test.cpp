#include "protocol/resp_value.hpp"

#include "base/byte_buffer.hpp"
#include "base/random.hpp"
#include "protocol/reply_writer.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <string>

using namespace thespis::protocol;
using thespis::base::byte_buffer;
using thespis::base::random_bits;

namespace {

resp_value parsed(std::string_view bytes) {
  std::size_t consumed = 0;
  auto value = parse_resp_value(bytes, consumed);
  REQUIRE(value);
  CHECK(consumed == bytes.size());
  CHECK(skip_resp_value(bytes) == bytes.size());
  return *value;
}

resp_status status_of(std::string_view bytes) {
  std::size_t consumed = 99;
  resp_value value;
  const auto status = parse_resp_value(bytes, consumed, value);
  if (status != resp_status::complete)
    CHECK(consumed == 0);
  return status;
}

std::string random_text(random_bits& random) {
  std::string text(random.below(12), ' ');
  for (auto& c : text)
    c = static_cast<char>(random.below(256));
  return text;
}

/// Writes something random and returns what reading it must give in RESP3.
resp_value write_random(reply_writer& out, random_bits& random, int depth) {
  resp_value value;
  const auto kinds = depth > 3 ? 9 : 13;
  value.type = static_cast<resp_type>(random.below(static_cast<std::uint64_t>(kinds)));
  // The leaves come first when the nesting is deep enough.
  if (depth > 3 && value.type >= resp_type::array)
    value.type = resp_type::null;
  const auto count = static_cast<std::size_t>(random.below(4));
  const auto fill = [&](std::size_t values) {
    for (std::size_t i = 0; i < values; ++i)
      value.items.push_back(write_random(out, random, depth + 1));
  };
  switch (value.type) {
    case resp_type::null:
      out.null();
      break;
    case resp_type::simple:
      value.text = "simple";
      out.simple(value.text);
      break;
    case resp_type::error:
      value.text = "ERR some error";
      out.error(value.text);
      break;
    case resp_type::integer:
      value.number = static_cast<std::int64_t>(random.next() >> random.below(64));
      out.integer(value.number);
      break;
    case resp_type::bulk:
      value.text = random_text(random);
      out.bulk(value.text);
      break;
    case resp_type::array:
      out.array(count);
      fill(count);
      break;
    case resp_type::map:
      out.map(count);
      fill(count * 2);
      break;
    case resp_type::set:
      out.set(count);
      fill(count);
      break;
    case resp_type::dbl:
      value.real = std::bit_cast<double>(random.next());
      if (std::isnan(value.real))
        value.real = std::nan("");
      out.dbl(value.real);
      break;
    case resp_type::boolean:
      value.number = static_cast<std::int64_t>(random.below(2));
      out.boolean(value.number == 1);
      break;
    case resp_type::big_number:
      value.text = "-3492890328409238509324850943850943825024385";
      out.big_number(value.text);
      break;
    case resp_type::verbatim: {
      const auto text = random_text(random);
      value.text = "txt:" + text;
      out.verbatim("txt", text);
      break;
    }
    case resp_type::push:
      out.push(count);
      fill(count);
      break;
  }
  return value;
}

} // namespace

TEST_CASE("each type of RESP2 and RESP3 is read", "[resp_value]") {
  CHECK(parsed("+OK\r\n") == resp_value::make_simple("OK"));
  CHECK(parsed("-ERR x\r\n") == resp_value::make_error("ERR x"));
  CHECK(parsed("!5\r\nERR\r\n\r\n") == resp_value::make_error("ERR\r\n"));
  CHECK(parsed(":-5\r\n") == resp_value::make_integer(-5));
  CHECK(parsed("$3\r\na\r\n\r\n") == resp_value::make_bulk("a\r\n"));
  CHECK(parsed("$-1\r\n").is_null());
  CHECK(parsed("*-1\r\n").is_null());
  CHECK(parsed("_\r\n").is_null());
  CHECK(parsed("*2\r\n:1\r\n*0\r\n")
        == resp_value::make_array({resp_value::make_integer(1), resp_value::make_array({})}));
  CHECK(parsed("#t\r\n").number == 1);
  CHECK(parsed(",-inf\r\n").real == -HUGE_VAL);
  CHECK(std::isnan(parsed(",nan\r\n").real));
  CHECK(parsed("(123\r\n").text == "123");
  CHECK(parsed("=6\r\ntxt:hi\r\n").text == "txt:hi");
  CHECK(parsed("|1\r\n+ttl\r\n:3600\r\n+OK\r\n") == resp_value::make_simple("OK"));
  const auto map = parsed("%2\r\n+a\r\n:1\r\n$1\r\nb\r\n:2\r\n");
  REQUIRE(map.find("b") != nullptr);
  CHECK(map.find("b")->number == 2);
  CHECK(map.find("c") == nullptr);
}

TEST_CASE("only the first of several values is read", "[resp_value]") {
  std::size_t consumed = 0;
  CHECK(parse_resp_value(":1\r\n:2\r\n", consumed)->number == 1);
  CHECK(consumed == 4);
  CHECK(skip_resp_value("*1\r\n$1\r\nx\r\n+OK\r\n") == 11);
}

TEST_CASE("malformed values are told from incomplete ones", "[resp_value]") {
  for (const auto* bytes :
       {"x\r\n", "\r\n", ":\r\n", ":abc\r\n", "$abc\r\n", "$-2\r\n", "*-2\r\n", "%-1\r\n",
        "~-1\r\n", "!-1\r\n", "#x\r\n", ",\r\n", ",1x\r\n", "_x\r\n", "*1\r\nx\r\n",
        "*9223372036854775807\r\n:1\r\nx\r\n", "$?\r\n", "%9223372036854775807\r\n"})
    CHECK(status_of(bytes) == resp_status::malformed);
  for (const auto* bytes :
       {"", "$", "$5", "$5\r", "$5\r\nabc", "$5\r\nabcde", "$5\r\nabcde\r", "*2\r\n",
        "*2\r\n:1\r\n", "*2147483647\r\n", "$9223372036854775807\r\n"}) {
    CHECK(status_of(bytes) == resp_status::incomplete);
    CHECK(skip_resp_value(bytes) == 0);
  }
}

TEST_CASE("nesting is bounded when reading and free when skipping", "[resp_value]") {
  std::string deep;
  for (int i = 0; i < 100000; ++i)
    deep += "*1\r\n";
  deep += ":1\r\n";
  CHECK(status_of(deep) == resp_status::malformed);
  CHECK(skip_resp_value(deep) == deep.size());
  std::string attributes;
  for (int i = 0; i < 100000; ++i)
    attributes += "|0\r\n";
  CHECK(status_of(attributes + ":1\r\n") == resp_status::malformed);
}

TEST_CASE("writing and reading a value is the identity", "[resp_value]") {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    random_bits random{seed};
    byte_buffer out;
    reply_writer writer{out, 3};
    const auto expected = write_random(writer, random, 0);
    std::size_t consumed = 0;
    const auto value = parse_resp_value(out.view(), consumed);
    REQUIRE(value);
    REQUIRE(*value == expected);
    REQUIRE(consumed == out.size());
    REQUIRE(skip_resp_value(out.view()) == out.size());
    if (seed % 10 == 0)
      for (std::size_t cut = 0; cut < out.size(); ++cut) {
        REQUIRE(status_of(out.view().substr(0, cut)) == resp_status::incomplete);
        REQUIRE(skip_resp_value(out.view().substr(0, cut)) == 0);
      }
  }
}

TEST_CASE("RESP2 replies have the lengths that were written", "[resp_value]") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    random_bits random{seed};
    byte_buffer out;
    reply_writer writer{out, 2};
    write_random(writer, random, 0);
    const auto length = out.size();
    writer.ok();
    std::size_t consumed = 0;
    REQUIRE(parse_resp_value(out.view(), consumed));
    REQUIRE(consumed == length);
    REQUIRE(skip_resp_value(out.view()) == length);
  }
}
