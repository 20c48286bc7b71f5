#include "tests/unit/commands/test_store.hpp"

#include "keyspace/access_clock.hpp"
#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;
using keyspace::value_type;
using strings = std::vector<std::string>;

TEST_CASE("DEL and UNLINK delete keys of any type and count them", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  const auto* const command = GENERATE("DEL", "UNLINK");
  store.run("MSET", "a", 1, "b", 2, "c", 3);
  store.plant("h", value_type::hash);
  CHECK(store.run(command, "a", "none", "b", "h", "a") == integer(3));
  CHECK(store.run("EXISTS", "a", "b", "h") == integer(0));
  CHECK(store.run(command, "none") == integer(0));
  CHECK(store.events_of(command, "c", "none") == strings{"del c"});
  CHECK(store.run(command) == error(errors::wrong_arity(command[0] == 'D' ? "del" : "unlink")));
}

TEST_CASE("DEL that deletes nothing tells nothing", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  CHECK(store.replays_of("DEL", "a", "b").empty());
}

TEST_CASE("An expired key neither exists nor counts as deleted", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "a", 1, "PX", 10);
  store.run("SET", "b", 1, "PX", 10);
  store.run("SET", "c", 1, "PX", 11);
  store.advance(10ms);
  CHECK(store.run("EXISTS", "a", "c") == integer(1));
  CHECK(store.run("DEL", "b", "c") == integer(1));
  CHECK(store.run("TYPE", "a") == simple("none"));
  CHECK(store.run("TOUCH", "a") == integer(0));
}

TEST_CASE("EXISTS counts a key as often as it is named", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("MSET", "a", 1, "b", 2);
  CHECK(store.run("EXISTS", "a", "b", "a", "none") == integer(3));
  CHECK(store.run("EXISTS", "none") == integer(0));
  CHECK(store.run("EXISTS") == error(errors::wrong_arity("exists")));
}

TEST_CASE("TYPE names the type", "[generic]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  CHECK(store.run("TYPE", "k") == simple("none"));
  store.run("SET", "k", "v");
  CHECK(store.run("TYPE", "k") == simple("string"));
  store.plant("z", value_type::zset);
  CHECK(store.run("TYPE", "z") == simple("zset"));
}

TEST_CASE("TOUCH counts keys and sets their clock even for clients that do not touch",
          "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("MSET", "a", 1, "b", 2);
  store.advance(100s);
  store.client().no_touch = true;
  CHECK(store.run("GET", "a") == bulk("1"));
  CHECK(store.run("OBJECT", "IDLETIME", "a") == integer(100));
  CHECK(store.run("TOUCH", "a", "b", "none", "a") == integer(3));
  CHECK(store.run("OBJECT", "IDLETIME", "a") == integer(0));
  CHECK(store.client().no_touch);
}

TEST_CASE("Asking about a key counts as a hit or a miss but does not touch it", "[generic]") {
  test_store store;
  store.run("SET", "k", 1, "EX", 1000);
  store.advance(50s);
  for (const auto* command : {"EXISTS", "TYPE", "TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"}) {
    store.run(command, "k");
    store.run(command, "none");
  }
  CHECK(store.shard(0).hits.get() == 6);
  CHECK(store.shard(0).misses.get() == 6);
  CHECK(store.run("OBJECT", "IDLETIME", "k") == integer(50));
  store.run("GET", "k");
  CHECK(store.run("OBJECT", "IDLETIME", "k") == integer(0));
}

} // namespace thespis::tests
