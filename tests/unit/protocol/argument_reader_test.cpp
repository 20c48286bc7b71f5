#include "protocol/argument_reader.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <initializer_list>
#include <string_view>
#include <vector>

using namespace thespis::protocol;

namespace {

/// Arguments that outlive the reader of a test.
struct words {
  words(std::initializer_list<std::string_view> list) : views(list) {
  }
  operator arguments() const {
    return views;
  }
  std::vector<std::string_view> views;
};

} // namespace

TEST_CASE("arguments are read one after the other", "[argument_reader]") {
  const words args{"SET", "key", "value", "ex", "10"};
  argument_reader in{args};
  CHECK(in.left() == 4);
  CHECK(in.next() == "key");
  CHECK(in.next() == "value");
  CHECK_FALSE(in.option("PX"));
  CHECK(in.peek() == "ex");
  CHECK(in.option("EX"));
  CHECK(in.integer() == 10);
  CHECK_FALSE(in.more());
  CHECK_FALSE(in.option("EX"));
  in.finish();
  CHECK_FALSE(in.failed());
}

TEST_CASE("a missing argument is a syntax error", "[argument_reader]") {
  const words args{"X"};
  argument_reader in{args};
  CHECK(in.integer("ERR other") == 0);
  CHECK(in.error() == errors::syntax);
}

TEST_CASE("what has not been read is a syntax error at the end", "[argument_reader]") {
  const words args{"X", "y"};
  argument_reader in{args};
  in.finish();
  CHECK(in.error() == errors::syntax);
}

TEST_CASE("the first error stays", "[argument_reader]") {
  const words args{"X", "a", "b", "3"};
  argument_reader in{args};
  CHECK(in.integer() == 0);
  CHECK(in.number() == 0);
  in.fail(errors::syntax);
  in.fail(std::string{"ERR made up"});
  CHECK(in.next().empty());
  CHECK_FALSE(in.more());
  CHECK(in.error() == errors::not_an_integer);
}

TEST_CASE("numbers out of range give Redis' texts", "[argument_reader]") {
  const auto error_of = [](std::string_view arg, auto read) {
    const words args{"X", arg};
    argument_reader in{args};
    read(in);
    return std::string{in.failed() ? in.error() : "none"};
  };
  const auto natural = [](argument_reader& in) { return in.natural(); };
  CHECK(error_of("-1", natural) == "ERR value is out of range, must be positive");
  CHECK(error_of("x", natural) == "ERR value is out of range, must be positive");
  CHECK(error_of("0", natural) == "none");
  const auto small = [](argument_reader& in) { return in.small_integer(); };
  CHECK(error_of("2147483648", small)
        == "ERR value is out of range, value must between -2147483648 and 2147483647");
  CHECK(error_of("x", small) == "ERR value is not an integer or out of range");
  CHECK(error_of("-2147483648", small) == "none");
  const auto cursor = [](argument_reader& in) { return in.unsigned_integer(); };
  CHECK(error_of("-1", cursor) == "ERR invalid cursor");
  CHECK(error_of("18446744073709551615", cursor) == "none");
  CHECK(error_of("nan", [](auto& in) { return in.number(); }) == "ERR value is not a valid float");
  CHECK(error_of("1e5000", [](auto& in) { return in.long_number(); })
        == "ERR value is not a valid float");
  CHECK(error_of("5", [](auto& in) { return in.integer_in(6, 7, "ERR mine"); }) == "ERR mine");
}

TEST_CASE("several arguments are taken at once or not at all", "[argument_reader]") {
  const words args{"X", "a", "b", "c"};
  argument_reader in{args};
  const auto two = in.next(2);
  REQUIRE(two.size() == 2);
  CHECK(two[1] == "b");
  CHECK(in.next(2).empty());
  CHECK(in.error() == errors::syntax);
}

TEST_CASE("an option with values needs them all behind it", "[argument_reader]") {
  const words args{"X", "LIMIT", "1"};
  argument_reader in{args};
  CHECK_FALSE(in.option("limit", 2));
  CHECK(in.option("limit", 1));
  CHECK(in.position() == 2);
}

TEST_CASE("a reader may start behind the end", "[argument_reader]") {
  const words args{"X"};
  argument_reader in{args, 5};
  CHECK(in.left() == 0);
  in.skip(3);
  CHECK(in.rest().empty());
  CHECK(in.peek().empty());
}
