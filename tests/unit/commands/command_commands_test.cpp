#include "commands/rows.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/acl_categories.hpp"
#include "protocol/command_description.hpp"
#include "protocol/key_finder.hpp"
#include "tests/unit/protocol/rendered_reply.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <vector>

using namespace thespis;
using commands::all_commands;
using protocol::command_spec;

namespace {

/// Runs a COMMAND request as the connection would.
std::string run(std::initializer_list<std::string_view> words, int protocol = 3) {
  const protocol::arguments args{words.begin(), words.size()};
  const auto found = all_commands().resolve(args);
  REQUIRE(found.outcome == protocol::resolution::ok);
  const keyspace::shard_map no_shards{std::vector<keyspace::shard*>{}};
  protocol::session client;
  return protocol::rendered(protocol, [&](protocol::reply_writer& out) {
    keyspace::command_context ctx{out, client, no_shards, {}};
    found.spec->run(ctx, args);
  });
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("COMMAND COUNT counts commands without subcommands", "[command]") {
  const auto rows = all_commands().rows();
  const auto count = std::count_if(rows.begin(), rows.end(), [](const command_spec& spec) {
    return !has(std::string{spec.name}, "|");
  });
  CHECK(run({"COMMAND", "COUNT"}) == std::to_string(count));
}

TEST_CASE("COMMAND describes every command, and COMMAND INFO without names too", "[command]") {
  const std::string all = run({"COMMAND"});
  CHECK(all == run({"COMMAND", "INFO"}));
  for (const std::uint16_t row : all_commands().commands())
    CHECK(has(all, "[" + std::string{all_commands().rows()[row].name} + ", "));
  CHECK_FALSE(has(all, "debug|"));
}

TEST_CASE("COMMAND INFO replies null for what there is not", "[command]") {
  CHECK(run({"COMMAND", "INFO", "nope", "debug|object", "GET|x"}, 2) == "[null, null, null]");
  CHECK(run({"COMMAND", "INFO", "GET"})
        == "[[get, 2, ~[+readonly, +fast], 1, 1, 1, ~[+@read, +@string, +@fast], ~[], "
           "~[{flags: ~[+RO, +access], begin_search: {type: index, spec: {index: 1}}, "
           "find_keys: {type: range, spec: {lastkey: 0, keystep: 1, limit: 0}}}], ~[]]]");
  CHECK(has(run({"COMMAND", "INFO", "Config|Get"}), "[[config|get, -3, "));
}

TEST_CASE("COMMAND DOCS leaves out what there is not", "[command]") {
  CHECK(run({"COMMAND", "DOCS", "nope"}) == "{}");
  CHECK(run({"COMMAND", "DOCS", "nope"}, 2) == "[]");
  const std::string docs = run({"COMMAND", "DOCS", "nope", "GETSET", "object|freq"});
  CHECK(has(docs, "{getset: {summary: "));
  CHECK(has(docs, "doc_flags: ~[+deprecated], deprecated_since: 6.2.0, "));
  CHECK(has(docs, ", object|freq: {summary: "));
}

TEST_CASE("COMMAND DOCS expands the arguments of every row", "[command]") {
  for (const int protocol : {2, 3}) {
    const std::string all = run({"COMMAND", "DOCS"}, protocol);
    CHECK(has(all, "debug"));
    CHECK_FALSE(has(all, "debug|"));
  }
  for (const command_spec& spec : all_commands().rows()) {
    CAPTURE(spec.name);
    const std::string docs = protocol::rendered(3, [&](protocol::reply_writer& out) {
      protocol::write_command_docs(all_commands(), spec, out);
    });
    const bool expanded = has(docs, "arguments: ");
    CHECK((expanded == !spec.syntax.empty() || all_commands().is_container(spec)));
  }
}

TEST_CASE("SET documents its options", "[command]") {
  const std::string docs = run({"COMMAND", "DOCS", "set"});
  CHECK(has(docs, "{name: condition, type: oneof, since: 2.6.12, flags: ~[+optional], arguments: "
                  "[{name: nx, type: pure-token, display_text: nx, token: NX}, "
                  "{name: xx, type: pure-token, display_text: xx, token: XX}, "
                  "{name: ifeq-value, type: string, display_text: ifeq-value, token: IFEQ, "
                  "since: 8.4.0}, "));
  CHECK(has(docs, "{name: keepttl, type: pure-token, display_text: keepttl, token: KEEPTTL, "
                  "since: 6.0.0}]}]"));
}

TEST_CASE("COMMAND LIST names everything that is not hidden", "[command]") {
  const std::string all = run({"COMMAND", "LIST"});
  for (const command_spec& spec : all_commands().rows()) {
    const bool listed = has(all, "[" + std::string{spec.name} + ",")
                        || has(all, " " + std::string{spec.name} + ",")
                        || has(all, " " + std::string{spec.name} + "]");
    CHECK(listed == ((spec.flags & protocol::hidden) == 0));
  }
}

TEST_CASE("COMMAND LIST filters by pattern, category and module", "[command]") {
  CHECK(run({"COMMAND", "LIST", "FILTERBY", "PATTERN", "GETR*"}) == "[getrange]");
  CHECK(run({"COMMAND", "LIST", "filterby", "pattern", "object|[ef]*"})
        == "[object|encoding, object|freq]");
  CHECK(run({"COMMAND", "LIST", "filterby", "module", "any"}) == "[]");
  CHECK(run({"COMMAND", "LIST", "filterby", "aclcat", "nope"}) == "[]");
  const std::string strings = run({"COMMAND", "LIST", "filterby", "aclcat", "STRING"});
  CHECK(has(strings, "append"));
  CHECK_FALSE(has(strings, "unlink"));
}

TEST_CASE("COMMAND LIST refuses other filters", "[command]") {
  CHECK(run({"COMMAND", "LIST", "x"}) == "-ERR syntax error");
  CHECK(run({"COMMAND", "LIST", "filterby", "pattern"}) == "-ERR syntax error");
  CHECK(run({"COMMAND", "LIST", "filterby", "name", "x"}) == "-ERR syntax error");
  CHECK(run({"COMMAND", "LIST", "filterby", "pattern", "x", "y"}) == "-ERR syntax error");
}

TEST_CASE("COMMAND GETKEYS finds the keys of a request", "[command]") {
  CHECK(run({"COMMAND", "GETKEYS", "GET", "k"}) == "[k]");
  CHECK(run({"COMMAND", "GETKEYS", "mset", "a", "1", "b", "2"}) == "[a, b]");
  CHECK(run({"COMMAND", "GETKEYS", "rename", "a", "b"}) == "[a, b]");
  CHECK(run({"COMMAND", "GETKEYS", "object", "freq", "k"}) == "[k]");
  CHECK(run({"COMMAND", "GETKEYS", "msetex", "2", "a", "1", "b", "2", "EX", "5"}) == "[a, b]");
}

TEST_CASE("COMMAND GETKEYS says why it finds none", "[command]") {
  for (const std::string_view way : {"GETKEYS", "GETKEYSANDFLAGS"}) {
    CHECK(run({"COMMAND", way, "nope", "k"}) == "-ERR Invalid command specified");
    CHECK(run({"COMMAND", way, "client", "nope"}) == "-ERR Invalid command specified");
    CHECK(run({"COMMAND", way, "ping"}) == "-ERR The command has no key arguments");
    CHECK(run({"COMMAND", way, "debug", "object", "k"}) == "-ERR The command has no key arguments");
    CHECK(run({"COMMAND", way, "get"}) == "-ERR Invalid number of arguments specified for command");
    CHECK(run({"COMMAND", way, "msetex", "9", "a", "1"})
          == "-ERR Invalid arguments specified for command");
  }
}

TEST_CASE("COMMAND GETKEYSANDFLAGS tells what happens to each key", "[command]") {
  CHECK(run({"COMMAND", "GETKEYSANDFLAGS", "set", "k", "v"}) == "[[k, ~[+OW, +update]]]");
  CHECK(run({"COMMAND", "GETKEYSANDFLAGS", "set", "k", "v", "GET"}, 2)
        == "[[k, [+RW, +access, +update]]]");
  CHECK(run({"COMMAND", "GETKEYSANDFLAGS", "copy", "a", "b"})
        == "[[a, ~[+RO, +access]], [b, ~[+OW, +update]]]");
}

TEST_CASE("COMMAND HELP lists its subcommands", "[command]") {
  const std::string help = run({"COMMAND", "HELP"});
  CHECK(has(help, "[+COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:, "));
  for (const std::uint16_t row : all_commands().subcommands(*all_commands().find("command"))) {
    std::string name{all_commands().rows()[row].name.substr(8)};
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    CHECK(has(help, "+" + name));
  }
}

TEST_CASE("rows are complete and go a way that fits their keys", "[command]") {
  using protocol::way;
  for (const command_spec& spec : all_commands().rows()) {
    CAPTURE(spec.name);
    const bool is_hidden = (spec.flags & protocol::hidden) != 0;
    CHECK((spec.run == nullptr) <= all_commands().is_container(spec));
    CHECK(is_hidden == spec.summary.empty());
    CHECK(is_hidden == spec.since.empty());
    // Both a category for reading and one for writing would make the policy of a command unclear.
    CHECK_FALSE(((spec.flags & protocol::write) != 0 && (spec.flags & protocol::readonly) != 0));
    switch (spec.route) {
      case way::single:
        CHECK((protocol::has_one_key(spec) || all_commands().is_container(spec)));
        break;
      case way::split:
      case way::borrow:
        CHECK(protocol::may_have_keys(spec));
        break;
      case way::session:
      case way::transaction:
      case way::administrator:
      case way::broker:
      case way::fan_out:
      case way::everywhere:
      case way::borrow_all:
      case way::by_cursor:
        CHECK_FALSE(protocol::may_have_keys(spec));
        break;
      case way::script:
        CHECK(protocol::may_have_keys(spec) == !spec.name.starts_with("script|"));
        break;
    }
  }
}
