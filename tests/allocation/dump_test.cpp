/// DUMP and RESTORE with every one of their allocations failing in turn.

#include "tests/allocation/small_store.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace thespis::tests;

namespace {

void fill_collections(small_store& store) {
  fill(store);
  for (const auto* const command : {"RPUSH", "SADD"})
    store.run({command, command, "1", long_text, "short", "-17"});
  store.run({"SADD", "integers", "1", "2", "70000"});
  store.run({"ZADD", "packed", "1", "a", "-inf", "b", "0.1", "c"});
  store.run({"ZADD", "ranked", "1", long_text, "2.5", "b", "3", "c"});
  store.run({"HSET", "small", "f", "v", "g", "1"});
  store.run({"HSET", "large", "f", long_text, "g", "1"});
  store.run({"HSET", "expiring", "f", "v", "g", "1", "h", "2"});
  store.run({"HPEXPIRE", "expiring", "5000", "FIELDS", "2", "f", "h"});
  fill_stream(store);
  store.run({"XNACK", "s", "g", "FAIL", "IDS", "1", "3"});
}

const char* const keys[] = {"number", "short",  "long",  "huge",  "RPUSH",    "SADD", "integers",
                            "packed", "ranked", "small", "large", "expiring", "s"};

/// The payload of a key in a store like those under test.
std::string payload_of(const std::string& key) {
  small_store store{1};
  fill_collections(store);
  const auto reply = store.run({"DUMP", key});
  REQUIRE(reply[0] == '$');
  const auto head = reply.find('\n') + 1;
  return reply.substr(head, reply.size() - head - 2);
}

} // namespace

TEST_CASE("an allocation that fails while a value is dumped is an error alone", "[allocation]") {
  for (const auto* const key : keys)
    check({"DUMP", key}, fill_collections);
}

TEST_CASE("an allocation that fails while a value is restored changes nothing", "[allocation]") {
  for (const auto* const key : keys) {
    const auto payload = payload_of(key);
    check({"RESTORE", "new", "0", payload}, fill_collections);
    check({"RESTORE", "new", "10000", payload}, fill_collections);
  }
}

TEST_CASE("an allocation that fails while a value is replaced leaves the old one", "[allocation]") {
  // Each kind of time with each payload and with each key.
  std::size_t turn = 0;
  for (const auto* const payload_key : {"huge", "ranked", "expiring", "s"}) {
    const auto payload = payload_of(payload_key);
    for (const auto* const key : {"short", "huge", "dying", "expiring"}) {
      const words requests[] = {{"RESTORE", key, "0", payload, "REPLACE"},
                                {"RESTORE", key, "10000", payload, "REPLACE", "IDLETIME", "5"},
                                {"RESTORE", key, "1700000900000", payload, "REPLACE", "ABSTTL"}};
      check(requests[turn++ % 3], fill_collections);
    }
  }
  check({"RESTORE", "dying", "1", payload_of("s"), "REPLACE", "ABSTTL"}, fill_collections);
}

TEST_CASE("an allocation that fails while a bad payload is read is an error alone",
          "[allocation]") {
  for (const auto* const key : {"huge", "RPUSH", "ranked", "expiring", "s"}) {
    auto payload = payload_of(key);
    check({"RESTORE", "new", "0", payload.substr(1)}, fill_collections);
    payload.back() = static_cast<char>(payload.back() ^ 1);
    check({"RESTORE", "new", "0", payload}, fill_collections);
  }
}
