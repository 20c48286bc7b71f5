#include "protocol/resp_parser.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis::protocol;
using thespis::base::random_bits;

namespace {

using request = std::vector<std::string>;

/// All that came of some bytes.
struct outcome {
  std::vector<request> requests;
  std::string error;
  bool operator==(const outcome&) const = default;
};

/// A connection in small: keeps what is unread in a buffer that moves with every piece.
class feeder {
public:
  explicit feeder(resp_parser& parser) : parser_(parser) {
  }

  void feed(std::string_view piece) {
    std::string moved = unread_;
    moved += piece;
    unread_.swap(moved);
    std::fill(moved.begin(), moved.end(), '#'); // views into the old place would show
    std::string_view rest = unread_;
    while (out.error.empty() && step(rest)) {
    }
    unread_.erase(0, unread_.size() - rest.size());
  }

  std::size_t unread() const {
    return unread_.size();
  }

  outcome out;

private:
  bool step(std::string_view& rest) {
    std::size_t consumed = 0;
    std::vector<std::string_view> args{"before"};
    const auto status = parser_.next(rest, consumed, args);
    rest.remove_prefix(consumed);
    if (status == parse_status::error)
      out.error = parser_.error();
    if (status == parse_status::complete)
      out.requests.emplace_back(args.begin() + 1, args.end());
    else
      CHECK(args.size() == 1);
    parser_.release_inline();
    return status == parse_status::complete;
  }

  resp_parser& parser_;
  std::string unread_;
};

template <class Setup>
outcome parse_with(Setup setup, std::string_view bytes, std::size_t piece_size) {
  resp_parser parser;
  setup(parser);
  feeder in{parser};
  for (std::size_t at = 0; at < bytes.size(); at += piece_size)
    in.feed(bytes.substr(at, piece_size));
  return in.out;
}

outcome parse(std::string_view bytes, std::size_t piece_size = std::string_view::npos / 2) {
  return parse_with([](resp_parser&) {}, bytes, piece_size);
}

std::string encode(const request& words) {
  std::string out = "*" + std::to_string(words.size()) + "\r\n";
  for (const auto& word : words)
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return out;
}

std::string error_of(std::string_view bytes) {
  const auto whole = parse(bytes).error;
  CHECK(parse(bytes, 1).error == whole);
  return whole;
}

constexpr auto unauthenticated = [](resp_parser& parser) { parser.set_authenticated(false); };

} // namespace

TEST_CASE("a request is its words", "[resp_parser]") {
  const outcome expected{{{"SET", "key", "value"}}, ""};
  CHECK(parse("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n") == expected);
  CHECK(parse("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n", 1) == expected);
}

TEST_CASE("the words of a whole request are views into the input", "[resp_parser]") {
  resp_parser parser;
  std::vector<std::string_view> args;
  std::size_t consumed = 0;
  const std::string input = "*1\r\n$4\r\nPING\r\nGET a\r\n";
  REQUIRE(parser.next(input, consumed, args) == parse_status::complete);
  CHECK(args[0].data() == input.data() + 8);
  REQUIRE(parser.next(std::string_view{input}.substr(consumed), consumed, args)
          == parse_status::complete);
  CHECK(args.size() == 3);
  CHECK(args[2].data() == input.data() + 18);
}

TEST_CASE("empty requests are none", "[resp_parser]") {
  const outcome ping{{{"PING"}}, ""};
  for (const auto* prefix :
       {"*0\r\n", "*-1\r\n", "*-5\r\n", "\r\n", "\n", "  \r\n", "\r\n\r\n*0\r\n"}) {
    CHECK(parse(prefix) == outcome{});
    CHECK(parse(prefix + std::string{"*1\r\n$4\r\nPING\r\n"}) == ping);
    CHECK(parse(prefix + std::string{"PING\r\n"}, 1) == ping);
  }
}

TEST_CASE("inline requests are split like a shell's", "[resp_parser]") {
  CHECK(parse("SET k v\r\n") == outcome{{{"SET", "k", "v"}}, ""});
  CHECK(parse("SET k v\n") == outcome{{{"SET", "k", "v"}}, ""});
  CHECK(parse("  SET\t'a b' \"\\x41\\n\" \"\"\r\n") == outcome{{{"SET", "a b", "A\n", ""}}, ""});
  CHECK(error_of("SET 'a\r\n") == "ERR Protocol error: unbalanced quotes in request");
  CHECK(error_of("SET \"a\"b\r\n") == "ERR Protocol error: unbalanced quotes in request");
}

TEST_CASE("words of quoted inline requests last until they are released", "[resp_parser]") {
  resp_parser parser;
  std::vector<std::string_view> args;
  std::string input;
  for (int i = 0; i < 200; ++i)
    input += "ECHO 'a rather long word with number " + std::to_string(i) + "'\r\n";
  std::string_view rest = input;
  std::size_t consumed = 0;
  while (parser.next(rest, consumed, args) == parse_status::complete)
    rest.remove_prefix(consumed);
  REQUIRE(args.size() == 400);
  for (std::size_t i = 0; i < 200; ++i)
    REQUIRE(args[2 * i + 1] == "a rather long word with number " + std::to_string(i));
  args.clear();
  parser.release_inline();
}

TEST_CASE("the two bytes behind a bulk string are not looked at", "[resp_parser]") {
  CHECK(parse("*2\r\n$4\r\nECHOxx$1\r\nayy") == outcome{{{"ECHO", "a"}}, ""});
  CHECK(parse("*1\rX$4\rYPINGzz") == outcome{{{"PING"}}, ""});
}

TEST_CASE("protocol errors have Redis' texts", "[resp_parser]") {
  const std::string count_error = "ERR Protocol error: invalid multibulk length";
  for (const auto* bytes : {"*\r\n", "*abc\r\n", "*01\r\n", "*+1\r\n", "*-0\r\n", "*1 \r\n",
                            "*2147483648\r\n", "*9223372036854775808\r\n", "*1a\r\n$4\r\nPING\r\n"})
    CHECK(error_of(bytes) == count_error);
  const std::string length_error = "ERR Protocol error: invalid bulk length";
  for (const auto* bytes :
       {"*1\r\n$\r\n", "*1\r\n$-1\r\n", "*1\r\n$01\r\nx\r\n", "*1\r\n$00\r\n\r\n",
        "*1\r\n$536870913\r\n", "*1\r\n$4x\r\nPING\r\n", "*1\r\n$+4\r\nPING\r\n",
        "*1\r\n$9999999999\r\n", "*2\r\n$1\r\na\r\n$-0\r\n\r\n"})
    CHECK(error_of(bytes) == length_error);
  CHECK(error_of("*1\r\nxfoo\r\n") == "ERR Protocol error: expected '$', got 'x'");
  CHECK(error_of("*1\r\n\r\n") == "ERR Protocol error: expected '$', got '\r'");
  CHECK(error_of("*2\r\n$1\r\na\r\n*1\r\n") == "ERR Protocol error: expected '$', got '*'");
}

TEST_CASE("requests before an error are still seen", "[resp_parser]") {
  const auto out = parse("PING\r\n*1\r\n$1\r\na\r\n*x\r\nPING\r\n");
  CHECK(out.requests == std::vector<request>{{"PING"}, {"a"}});
  CHECK(out.error == "ERR Protocol error: invalid multibulk length");
}

TEST_CASE("an error stays until the parser is reset", "[resp_parser]") {
  resp_parser parser;
  std::vector<std::string_view> args;
  std::size_t consumed = 0;
  CHECK(parser.next("*x\r\n", consumed, args) == parse_status::error);
  CHECK(parser.next("PING\r\n", consumed, args) == parse_status::error);
  CHECK(parser.next("*1\r\n$4\r\nPING\r\n", consumed, args) == parse_status::error);
  CHECK(args.empty());
  parser.reset();
  CHECK(parser.error().empty());
  CHECK(parser.next("PING\r\n", consumed, args) == parse_status::complete);
}

TEST_CASE("lines are limited to 64 KiB however they arrive", "[resp_parser]") {
  const auto max = resp_parser::line_bytes_max;
  const auto errors_of = [&](const std::string& bytes) {
    const auto whole = parse(bytes).error;
    CHECK(parse(bytes, 1000).error == whole);
    CHECK(parse(bytes, 4095).error == whole);
    return whole;
  };
  CHECK(errors_of(std::string(max + 1, 'x')) == "ERR Protocol error: too big inline request");
  CHECK(errors_of(std::string(max + 1, 'x') + "\n")
        == "ERR Protocol error: too big inline request");
  CHECK(parse(std::string(max, 'x') + "\n").requests.size() == 1);
  CHECK(parse(std::string(max, 'x') + "\n", 64).requests.size() == 1);
  CHECK(errors_of("*" + std::string(max, '1')) == "ERR Protocol error: too big mbulk count string");
  CHECK(errors_of("*" + std::string(max - 1, '1')).empty());
  CHECK(errors_of("*" + std::string(max - 1, '1') + "\r\n")
        == "ERR Protocol error: invalid multibulk length");
  CHECK(errors_of("*1\r\n$" + std::string(max, '1'))
        == "ERR Protocol error: too big bulk count string");
}

TEST_CASE("an unauthenticated client gets small limits", "[resp_parser]") {
  const auto error = [](std::string_view bytes) {
    const auto whole = parse_with(unauthenticated, bytes, bytes.size()).error;
    CHECK(parse_with(unauthenticated, bytes, 1).error == whole);
    return whole;
  };
  CHECK(error("*11\r\n") == "ERR Protocol error: unauthenticated multibulk length");
  CHECK(error(encode(request(11, "x"))) == "ERR Protocol error: unauthenticated multibulk length");
  CHECK(error(encode(request(10, "x"))).empty());
  CHECK(error("*1\r\n$16385\r\n") == "ERR Protocol error: unauthenticated bulk length");
  CHECK(error(encode({std::string(16384, 'x')})).empty());
}

TEST_CASE("bulk strings are limited by proto-max-bulk-len", "[resp_parser]") {
  const auto small = [](resp_parser& parser) { parser.set_bulk_bytes_max(5); };
  CHECK(parse_with(small, encode({"12345"}), 100).requests.size() == 1);
  CHECK(parse_with(small, encode({"123456"}), 100).error
        == "ERR Protocol error: invalid bulk length");
  const auto large = [](resp_parser& parser) { parser.set_bulk_bytes_max(std::int64_t{1} << 40); };
  CHECK(parse_with(large, "*1\r\n$1099511627776\r\n", 100) == outcome{});
}

TEST_CASE("limits that are lowered within a request hold for its rest", "[resp_parser]") {
  resp_parser parser;
  std::vector<std::string_view> args;
  std::size_t consumed = 0;
  const auto bytes = encode({std::string(20000, 'x'), "y"});
  CHECK(parser.next(bytes.substr(0, 20010), consumed, args) == parse_status::incomplete);
  parser.set_authenticated(false);
  CHECK(parser.next(bytes, consumed, args) == parse_status::error);
  CHECK(parser.error() == "ERR Protocol error: unauthenticated bulk length");
  CHECK(args.empty());
}

TEST_CASE("the parser says how much of a bulk string is missing", "[resp_parser]") {
  resp_parser parser;
  std::vector<std::string_view> args;
  std::size_t consumed = 0;
  CHECK(parser.next("*2\r\n$3\r\nGET\r\n", consumed, args) == parse_status::incomplete);
  CHECK(parser.bytes_wanted() == 0);
  CHECK(parser.next("*2\r\n$3\r\nGET\r\n$1000000\r\n", consumed, args) == parse_status::incomplete);
  CHECK(parser.bytes_wanted() == 1000002);
  CHECK(parser.next("*2\r\n$3\r\nGET\r\n$1000000\r\nabc", consumed, args)
        == parse_status::incomplete);
  CHECK(parser.bytes_wanted() == 999999);
  CHECK(consumed == 0);
}

TEST_CASE("an announced size reserves nothing", "[resp_parser]") {
  resp_parser parser;
  std::vector<std::string_view> args;
  std::size_t consumed = 0;
  CHECK(parser.next("*2147483647\r\n$536870912\r\n", consumed, args) == parse_status::incomplete);
  CHECK(args.capacity() < 16);
}

TEST_CASE("a million words in pieces are parsed in linear time", "[resp_parser]") {
  // Pieces of 64 KiB: looking at everything again for each piece would be 100 times the work.
  request words(1000000, "x");
  const auto bytes = encode(words);
  resp_parser parser;
  std::vector<std::string_view> args;
  std::size_t consumed = 0;
  for (std::size_t size = 0; size < bytes.size(); size += 65536)
    REQUIRE(parser.next(std::string_view{bytes}.substr(0, size), consumed, args)
            == parse_status::incomplete);
  REQUIRE(parser.next(bytes, consumed, args) == parse_status::complete);
  CHECK(consumed == bytes.size());
  CHECK(args.size() == words.size());
  CHECK(args.back() == "x");
}

TEST_CASE("pieces of every size give the same requests", "[resp_parser]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    random_bits random{seed};
    std::string bytes;
    outcome expected;
    for (auto n = random.below(6); n > 0; --n) {
      request words(1 + random.below(12), "");
      for (auto& word : words) {
        word.resize(random.below(10) == 0 ? random.below(300) : random.below(12));
        for (auto& c : word)
          c = "*$\r\n01\0xyz"[random.below(10)];
      }
      bytes += encode(words);
      expected.requests.push_back(std::move(words));
    }
    for (std::size_t piece = 1; piece <= 20; ++piece)
      REQUIRE(parse(bytes, piece) == expected);
    REQUIRE(parse(bytes) == expected);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      resp_parser parser;
      feeder in{parser};
      in.feed(std::string_view{bytes}.substr(0, cut));
      in.feed(std::string_view{bytes}.substr(cut));
      REQUIRE(in.out == expected);
      REQUIRE(in.unread() == 0);
    }
  }
}

TEST_CASE("damaged requests end the same in pieces of every size", "[resp_parser]") {
  int errors = 0;
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    CAPTURE(seed);
    random_bits random{seed};
    std::string bytes = encode({"SET", "key:1", "value"}) + "SET 'a b' c\r\n" + encode({"GET", ""});
    for (auto n = 1 + random.below(3); n > 0; --n) {
      const auto at = random.below(bytes.size());
      if (random.below(2) == 0)
        bytes[at] = "*$\r\n019-x' "[random.below(11)];
      else
        bytes.erase(at, 1 + random.below(3));
    }
    const auto whole = parse(bytes);
    for (const std::size_t piece : {1u, 2u, 3u, 7u, 11u})
      REQUIRE(parse(bytes, piece) == whole);
    errors += whole.error.empty() ? 0 : 1;
  }
  CHECK(errors > 500);
}
