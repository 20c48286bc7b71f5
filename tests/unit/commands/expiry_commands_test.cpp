#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using strings = std::vector<std::string>;

TEST_CASE("EXPIRE and its kin set the time in each notation", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v");
  CHECK(store.run("EXPIRE", "k", 10) == integer(1));
  CHECK(store.run("PTTL", "k") == integer(10'000));
  CHECK(store.run("PEXPIRE", "k", 1500) == integer(1));
  CHECK(store.run("PTTL", "k") == integer(1500));
  CHECK(store.run("EXPIREAT", "k", store.now_ms() / 1000 + 3) == integer(1));
  CHECK(store.run("PTTL", "k") == integer(3000));
  CHECK(store.run("PEXPIREAT", "k", store.now_ms() + 7) == integer(1));
  CHECK(store.run("PTTL", "k") == integer(7));
  CHECK(store.run("GET", "k") == bulk("v"));
  store.advance(7ms);
  CHECK(store.run("GET", "k") == null());
}

TEST_CASE("EXPIRE of a missing key does nothing", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.run("EXPIRE", "k", 10) == integer(0));
  CHECK(store.run("PEXPIREAT", "k", 1) == integer(0));
  CHECK(store.run("PERSIST", "k") == integer(0));
  CHECK(store.effects().empty());
}

TEST_CASE("EXPIRE is replayed as PEXPIREAT", "[generic]") {
  test_store store;
  store.run("SET", "k", "v");
  const auto expected = strings{"PEXPIREAT k " + std::to_string(store.now_ms() + 2000)};
  CHECK(store.replays_of("EXPIRE", "k", 2) == expected);
  CHECK(store.events() == strings{"expire k"});
  CHECK(store.replays_of("PEXPIRE", "k", 2000, "XX") == expected);
  CHECK(store.replays_of("EXPIREAT", "k", store.now_ms() / 1000 + 2) == expected);
}

TEST_CASE("A time that has passed deletes the key", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  for (const auto& request : std::vector<strings>{{"EXPIRE", "k", "0"},
                                                  {"EXPIRE", "k", "-1"},
                                                  {"PEXPIRE", "k", "-9223372036854775808"},
                                                  {"EXPIREAT", "k", "1"},
                                                  {"PEXPIREAT", "k", "-5"},
                                                  {"EXPIREAT", "k", "1700000000"}}) {
    store.run("SET", "k", "v");
    store.forget();
    CAPTURE(request);
    CHECK(store.run_words(request) == integer(1));
    CHECK(store.events() == strings{"del k"});
    CHECK(store.replays() == strings{"DEL k"});
    CHECK(store.run("EXISTS", "k") == integer(0));
  }
}

TEST_CASE("EXPIRE NX, XX, GT and LT look at the time so far", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v");
  CHECK(store.run("EXPIRE", "k", 100, "XX") == integer(0));
  CHECK(store.run("EXPIRE", "k", 100, "GT") == integer(0));
  CHECK(store.run("EXPIRE", "k", 100, "NX") == integer(1));
  CHECK(store.run("EXPIRE", "k", 200, "nx") == integer(0));
  CHECK(store.run("EXPIRE", "k", 100, "GT") == integer(0));
  CHECK(store.run("EXPIRE", "k", 101, "gt") == integer(1));
  CHECK(store.run("EXPIRE", "k", 101, "LT") == integer(0));
  CHECK(store.run("EXPIRE", "k", 50, "lt", "XX") == integer(1));
  CHECK(store.run("TTL", "k") == integer(50));
  CHECK(store.run("PERSIST", "k") == integer(1));
  CHECK(store.run("EXPIRE", "k", 60, "LT") == integer(1));
  CHECK(store.run("EXPIRE", "k", -1, "GT") == integer(0));
  CHECK(store.run("EXPIRE", "k", -1, "LT") == integer(1));
  CHECK(store.run("EXISTS", "k") == integer(0));
}

TEST_CASE("EXPIRE refuses conditions that contradict each other", "[generic]") {
  test_store store;
  const auto nx_conflict = error(errors::expire_nx_conflict);
  CHECK(store.run("EXPIRE", "k", 1, "NX", "XX") == nx_conflict);
  CHECK(store.run("EXPIRE", "k", 1, "GT", "NX") == nx_conflict);
  CHECK(store.run("EXPIRE", "k", 1, "NX", "LT") == nx_conflict);
  CHECK(store.run("EXPIRE", "k", 1, "LT", "GT") == error(errors::expire_gt_conflict));
  CHECK(store.run("EXPIRE", "k", "x", "FOO") == error("ERR Unsupported option FOO"));
  CHECK(store.run("EXPIRE", "k") == error(errors::wrong_arity("expire")));
}

TEST_CASE("EXPIRE refuses times that 64 bits do not hold", "[generic]") {
  test_store store;
  store.run("SET", "k", "v");
  const auto refused = [](std::string_view command) {
    return error(errors::invalid_expire_time(command));
  };
  CHECK(store.run("EXPIRE", "k", "9223372036854775807") == refused("expire"));
  CHECK(store.run("EXPIRE", "k", "9223372036854775") == refused("expire"));
  CHECK(store.run("EXPIRE", "k", "-9223372036854775808") == refused("expire"));
  CHECK(store.run("PEXPIRE", "k", "9223372036854775807") == refused("pexpire"));
  CHECK(store.run("EXPIREAT", "k", "9223372036854776") == refused("expireat"));
  CHECK(store.run("PEXPIREAT", "k", "9223372036854775808") == error(errors::not_an_integer));
  CHECK(store.run("EXPIRE", "k", "") == error(errors::not_an_integer));
  CHECK(store.run("EXPIRE", "none", "x") == error(errors::not_an_integer));
  CHECK(store.run("TTL", "k") == integer(-1));
  CHECK(store.run("PEXPIREAT", "k", "9223372036854775807") == integer(1));
  CHECK(store.run("PEXPIRETIME", "k") == integer(INT64_MAX));
}

TEST_CASE("TTL and its kin tell the time, -1 without one and -2 without the key", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  const auto* const command = GENERATE("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME");
  CHECK(store.run(command, "k") == integer(-2));
  store.run("SET", "k", "v");
  CHECK(store.run(command, "k") == integer(-1));
  store.run("PEXPIRE", "k", 1);
  store.advance(1ms);
  CHECK(store.run(command, "k") == integer(-2));
  CHECK(store.run(command, "k", "x").is_error());
}

TEST_CASE("TTL rounds half seconds up", "[generic]") {
  test_store store;
  store.run("SET", "k", "v", "PX", 1499);
  CHECK(store.run("TTL", "k") == integer(1));
  CHECK(store.run("EXPIRETIME", "k") == integer(store.now_ms() / 1000 + 1));
  store.run("PEXPIRE", "k", 1500);
  CHECK(store.run("TTL", "k") == integer(2));
  CHECK(store.run("EXPIRETIME", "k") == integer(store.now_ms() / 1000 + 2));
  CHECK(store.run("PTTL", "k") == integer(1500));
  CHECK(store.run("PEXPIRETIME", "k") == integer(store.now_ms() + 1500));
  store.run("PEXPIRE", "k", 499);
  CHECK(store.run("TTL", "k") == integer(0));
}

TEST_CASE("PERSIST takes the time off", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v", "EX", 10);
  CHECK(store.events_of("PERSIST", "k") == strings{"persist k"});
  CHECK(store.replays() == strings{"PERSIST k"});
  CHECK(store.run("TTL", "k") == integer(-1));
  CHECK(store.run("PERSIST", "k") == integer(0));
}

TEST_CASE("A read of an expired key is replayed as its deletion", "[generic]") {
  test_store store;
  store.run("SET", "k", "v", "PX", 5);
  store.advance(5ms);
  CHECK(store.replays_of("GET", "k") == strings{"DEL k"});
  CHECK(store.events() == strings{"expired k"});
}

} // namespace thespis::tests
