#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;
using strings = std::vector<std::string>;

namespace {

constexpr std::int64_t string_limit = 512 * 1024 * 1024;

resp_value wrong_arity(std::string_view command) {
  return error(errors::wrong_arity(command));
}

} // namespace

TEST_CASE("GET replies the string or null", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("GET", "k") == null());
  store.run("SET", "k", "value");
  CHECK(store.run("GET", "k") == bulk("value"));
  store.run("SET", "k", "");
  CHECK(store.run("get", "k") == bulk(""));
  store.run("SET", "k", "-42");
  CHECK(store.run("GET", "k") == bulk("-42"));
}

TEST_CASE("A missing string is a null of the client's protocol", "[string]") {
  CHECK(test_store(1, 2).wire("GET", "k") == "$-1\r\n");
  CHECK(test_store(1, 3).wire("GET", "k") == "_\r\n");
}

TEST_CASE("String commands refuse another number of arguments", "[string]") {
  test_store store;
  CHECK(store.run("GET") == wrong_arity("get"));
  CHECK(store.run("GET", "a", "b") == wrong_arity("get"));
  CHECK(store.run("MGET") == wrong_arity("mget"));
  CHECK(store.run("STRLEN", "a", "b") == wrong_arity("strlen"));
  CHECK(store.run("GETRANGE", "a", 0) == wrong_arity("getrange"));
  CHECK(store.run("SUBSTR", "a", 0) == wrong_arity("substr"));
  CHECK(store.run("APPEND", "a") == wrong_arity("append"));
  CHECK(store.run("SETRANGE", "a", 0) == wrong_arity("setrange"));
  CHECK(store.run("GETDEL") == wrong_arity("getdel"));
}

TEST_CASE("String commands refuse values of another type and leave them alone", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  store.plant("h", value_type::hash);
  const auto refused = error(errors::wrong_type);
  CHECK(store.run("GET", "h") == refused);
  CHECK(store.run("GETDEL", "h") == refused);
  CHECK(store.run("STRLEN", "h") == refused);
  CHECK(store.run("GETRANGE", "h", 0, -1) == refused);
  CHECK(store.run("SUBSTR", "h", 0, -1) == refused);
  CHECK(store.run("APPEND", "h", "x") == refused);
  CHECK(store.run("SETRANGE", "h", 0, "x") == refused);
  CHECK(store.run("SETRANGE", "h", 0, "") == refused);
  CHECK(store.run("TYPE", "h") == simple("hash"));
}

TEST_CASE("A string that has expired is not there", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  for (const auto* key : {"a", "b", "c"})
    store.run("SET", key, "v", "PX", 10);
  store.advance(9ms);
  CHECK(store.run("MGET", "a", "b", "c") == bulks({"v", "v", "v"}));
  store.advance(1ms);
  CHECK(store.run("GET", "a") == null());
  CHECK(store.run("MGET", "a", "b", "c") == array({null(), null(), null()}));
  CHECK(store.run("STRLEN", "b") == integer(0));
  CHECK(store.run("APPEND", "c", "new") == integer(3));
  CHECK(store.run("TTL", "c") == integer(-1));
}

TEST_CASE("MGET replies in the order of the keys, with null for what is no string", "[string]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  store.run("MSET", "a", "1", "b", "2", "c", "3", "d", "4");
  store.plant("h", value_type::list);
  CHECK(store.run("MGET", "c", "a", "none", "h", "d", "b", "c")
        == array({bulk("3"), bulk("1"), null(), null(), bulk("4"), bulk("2"), bulk("3")}));
}

TEST_CASE("GETDEL replies and deletes, and is replayed as DEL", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("GETDEL", "k") == null());
  CHECK(store.effects().empty());
  store.run("SET", "k", "v");
  store.forget();
  CHECK(store.run("GETDEL", "k") == bulk("v"));
  CHECK(store.run("EXISTS", "k") == integer(0));
  CHECK(store.events() == strings{"del k"});
  CHECK(store.replays() == strings{"DEL k"});
}

TEST_CASE("STRLEN counts bytes of texts and digits of integers", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("STRLEN", "k") == integer(0));
  store.run("SET", "k", std::string("\0\xff\r\n", 4));
  CHECK(store.run("STRLEN", "k") == integer(4));
  store.run("SET", "k", "-9223372036854775808");
  CHECK(store.run("STRLEN", "k") == integer(20));
  store.run("SET", "k", std::string(5000, 'x'));
  CHECK(store.run("STRLEN", "k") == integer(5000));
}

TEST_CASE("GETRANGE cuts from either end", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  const auto* const command = GENERATE("GETRANGE", "SUBSTR");
  store.run("SET", "k", "This is a string");
  CHECK(store.run(command, "k", 0, 3) == bulk("This"));
  CHECK(store.run(command, "k", -3, -1) == bulk("ing"));
  CHECK(store.run(command, "k", 0, -1) == bulk("This is a string"));
  CHECK(store.run(command, "k", 10, 100) == bulk("string"));
  CHECK(store.run(command, "k", 5, 3) == bulk(""));
  CHECK(store.run(command, "k", -1, -3) == bulk(""));
  CHECK(store.run(command, "k", 16, 20) == bulk(""));
  CHECK(store.run(command, "k", -100, 0) == bulk("T"));
  // An end before the beginning is the beginning, unless both ends are counted from behind.
  CHECK(store.run(command, "k", 0, -100) == bulk("T"));
  CHECK(store.run(command, "none", 0, -1) == bulk(""));
  store.run("SET", "k", "");
  CHECK(store.run(command, "k", 0, -1) == bulk(""));
  store.run("SET", "k", 12345);
  CHECK(store.run(command, "k", 1, 2) == bulk("23"));
}

TEST_CASE("GETRANGE survives offsets at the ends of 64 bits", "[string]") {
  test_store store;
  store.run("SET", "k", "abc");
  const auto* const least = "-9223372036854775808";
  const auto* const most = "9223372036854775807";
  CHECK(store.run("GETRANGE", "k", least, most) == bulk("abc"));
  CHECK(store.run("GETRANGE", "k", most, least) == bulk(""));
  CHECK(store.run("GETRANGE", "k", least, least) == bulk("a"));
  CHECK(store.run("GETRANGE", "k", most, most) == bulk(""));
  CHECK(store.run("GETRANGE", "k", "x", 1) == error(errors::not_an_integer));
  CHECK(store.run("GETRANGE", "k", 1, "9223372036854775808") == error(errors::not_an_integer));
  CHECK(store.run("GETRANGE", "none", "x", 1) == error(errors::not_an_integer));
}

TEST_CASE("APPEND makes and grows strings", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("APPEND", "k", "foo") == integer(3));
  CHECK(store.events() == strings{"new k", "append k"});
  store.forget();
  CHECK(store.run("APPEND", "k", "bar") == integer(6));
  CHECK(store.events() == strings{"append k"});
  CHECK(store.replays() == strings{"APPEND k bar"});
  CHECK(store.run("GET", "k") == bulk("foobar"));
  store.run("SET", "n", 12);
  CHECK(store.run("APPEND", "n", 3) == integer(3));
  CHECK(store.run("INCR", "n") == integer(124));
  CHECK(store.run("APPEND", "n", "") == integer(3));
}

TEST_CASE("APPEND equals concatenation at every size", "[string]") {
  test_store store;
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string tail(static_cast<std::size_t>(i % 23), static_cast<char>('a' + i % 26));
    expected += tail;
    REQUIRE(store.run("APPEND", "k", tail) == integer(static_cast<std::int64_t>(expected.size())));
    REQUIRE(store.run("GET", "k") == bulk(expected));
  }
}

TEST_CASE("APPEND keeps the time to live", "[string]") {
  test_store store;
  store.run("SET", "k", "v", "PX", 1000);
  store.run("APPEND", "k", "w");
  CHECK(store.run("PTTL", "k") == integer(1000));
}

TEST_CASE("SETRANGE overwrites, grows and pads with zero bytes", "[string]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("SETRANGE", "k", 2, "ab") == integer(4));
  CHECK(store.events() == strings{"new k", "setrange k"});
  CHECK(store.run("GET", "k") == bulk(std::string_view("\0\0ab", 4)));
  store.run("SET", "k", "Hello World");
  store.forget();
  CHECK(store.run("SETRANGE", "k", 6, "Redis") == integer(11));
  CHECK(store.events() == strings{"setrange k"});
  CHECK(store.run("GET", "k") == bulk("Hello Redis"));
  CHECK(store.run("SETRANGE", "k", 0, "J") == integer(11));
  CHECK(store.run("GET", "k") == bulk("Jello Redis"));
  CHECK(store.run("SETRANGE", "k", 13, "!") == integer(14));
  CHECK(store.run("GET", "k") == bulk(std::string_view("Jello Redis\0\0!", 14)));
  store.run("SET", "n", 1234);
  CHECK(store.run("SETRANGE", "n", 1, "00") == integer(4));
  CHECK(store.run("GET", "n") == bulk("1004"));
}

TEST_CASE("SETRANGE with nothing changes nothing", "[string]") {
  test_store store;
  CHECK(store.run("SETRANGE", "k", 10, "") == integer(0));
  CHECK(store.run("EXISTS", "k") == integer(0));
  store.run("SET", "k", "abc");
  store.forget();
  CHECK(store.run("SETRANGE", "k", 100, "") == integer(3));
  CHECK(store.events().empty());
  CHECK(store.replays().empty());
}

TEST_CASE("SETRANGE refuses offsets that are none", "[string]") {
  test_store store;
  CHECK(store.run("SETRANGE", "k", -1, "x") == error(errors::offset_out_of_range));
  CHECK(store.run("SETRANGE", "k", "x", "x") == error(errors::not_an_integer));
  CHECK(store.run("SETRANGE", "k", "", "x") == error(errors::not_an_integer));
}

TEST_CASE("Strings do not grow beyond 512 MB", "[string]") {
  test_store store;
  const auto refused = error(errors::string_too_long);
  CHECK(store.run("SETRANGE", "k", string_limit, "x") == refused);
  CHECK(store.run("SETRANGE", "k", string_limit - 1, "xy") == refused);
  CHECK(store.run("SETRANGE", "k", INT64_MAX, "x") == refused);
  CHECK(store.run("EXISTS", "k") == integer(0));
}

} // namespace thespis::tests
