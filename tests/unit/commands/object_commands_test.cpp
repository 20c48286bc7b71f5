#include "tests/unit/commands/test_store.hpp"

#include "protocol/errors.hpp"

namespace thespis::tests {

namespace errors = protocol::errors;

TEST_CASE("OBJECT replies null for a missing key", "[generic]") {
  test_store store{GENERATE(1u, 3u), GENERATE(2, 3)};
  const auto* const subcommand = GENERATE("ENCODING", "FREQ", "IDLETIME", "REFCOUNT");
  CHECK(store.run("OBJECT", subcommand, "none") == null());
  CHECK(store.run("OBJECT", subcommand).is_error());
}

TEST_CASE("OBJECT ENCODING names how a string is stored", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  const auto encoding = [&](const std::string& value) {
    store.run("SET", "k", value);
    return store.run("OBJECT", "ENCODING", "k");
  };
  CHECK(encoding("12") == bulk("int"));
  CHECK(encoding("012") == bulk("embstr"));
  CHECK(encoding(std::string(44, 'x')) == bulk("embstr"));
  CHECK(encoding(std::string(45, 'x')) == bulk("raw"));
  encoding("short");
  store.run("APPEND", "k", "er");
  CHECK(store.run("OBJECT", "ENCODING", "k") == bulk("raw"));
}

TEST_CASE("OBJECT IDLETIME counts seconds since the last access", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.run("SET", "k", "v");
  store.advance(12s);
  CHECK(store.run("OBJECT", "IDLETIME", "k") == integer(12));
  CHECK(store.run("OBJECT", "FREQ", "k") == error(errors::no_lfu_policy));
  store.run("GET", "k");
  CHECK(store.run("OBJECT", "IDLETIME", "k") == integer(0));
}

TEST_CASE("OBJECT FREQ counts accesses under an LFU policy", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  store.access().lfu = true;
  store.run("SET", "k", "v");
  CHECK(store.run("OBJECT", "FREQ", "k") == integer(5));
  store.run("GET", "k");
  CHECK(store.run("OBJECT", "FREQ", "k") == integer(6));
  CHECK(store.run("OBJECT", "IDLETIME", "k") == error(errors::lfu_policy));
  store.advance(4min);
  CHECK(store.run("OBJECT", "FREQ", "k") == integer(2));
}

TEST_CASE("OBJECT REFCOUNT takes small integers for shared ones", "[generic]") {
  test_store store;
  store.run("MSET", "text", "v", "small", 9999, "large", 10000, "negative", -1);
  CHECK(store.run("OBJECT", "REFCOUNT", "text") == integer(1));
  CHECK(store.run("OBJECT", "REFCOUNT", "small") == integer(2147483647));
  CHECK(store.run("OBJECT", "REFCOUNT", "large") == integer(1));
  CHECK(store.run("OBJECT", "REFCOUNT", "negative") == integer(1));
}

TEST_CASE("OBJECT HELP lists the subcommands", "[generic]") {
  test_store store{GENERATE(1u, 3u)};
  const auto help = store.run("OBJECT", "HELP");
  REQUIRE(help.items.size() == 11);
  CHECK(help.items.front()
        == simple("OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
  CHECK(help.items.back() == simple("    Print this help."));
  CHECK(store.run("OBJECT", "FOO", "k") == error("ERR unknown subcommand 'FOO'. Try OBJECT HELP."));
  CHECK(store.run("OBJECT") == error(errors::wrong_arity("object")));
}

} // namespace thespis::tests
