#include "protocol/command_description.hpp"

#include "tests/unit/protocol/rendered_reply.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace thespis;
using namespace thespis::protocol;

namespace {

void run_nothing(keyspace::command_context&, arguments) {
}

constexpr key_spec set_keys[] = {{.flags = key_rw | key_access | key_update | key_variable_flags,
                                  .position = 1,
                                  .notes = "depends on GET"}};
constexpr key_spec odd_keys[] = {
  {.flags = key_ow | key_insert, .position = 1, .find_keys = key_spec::find::keynum},
  {.flags = key_rm | key_delete | key_incomplete,
   .begin_search = key_spec::begin::keyword,
   .position = -2,
   .keyword = "KEYS",
   .last_key = -1,
   .limit = 2},
  {.flags = key_not_key,
   .begin_search = key_spec::begin::unknown,
   .find_keys = key_spec::find::unknown}};

constexpr command_spec rows[] = {
  {.name = "set",
   .arity = -3,
   .flags = protocol::write | denyoom,
   .acl = acl_string,
   .keys = set_keys,
   .run = run_nothing,
   .group = command_group::string,
   .since = "1.0.0",
   .complexity = "O(1)",
   .summary = "Sets.",
   .syntax = "key"},
  {.name = "odd", .arity = 3, .flags = allow_busy | no_multi, .keys = odd_keys, .run = run_nothing},
  {.name = "box", .arity = -2, .group = command_group::sorted_set},
  {.name = "box|open",
   .arity = 2,
   .flags = system_command | touches_arbitrary_keys,
   .run = run_nothing,
   .since = "2.0.0",
   .deprecated_since = "6.0.0",
   .replaced_by = "`GET`",
   .tips = "request_policy:all_nodes nondeterministic_output"},
  {.name = "box|secret", .arity = 2, .flags = hidden, .run = run_nothing},
};

const command_table& table() {
  static const std::array<std::span<const command_spec>, 1> families = {rows};
  static const command_table result{families};
  return result;
}

std::string info(std::string_view name, int protocol = 3) {
  return rendered(protocol, [&](reply_writer& out) {
    write_command_info(table(), *table().find_full_name(name), out);
  });
}

std::string docs(std::string_view name, int protocol = 3) {
  return rendered(protocol, [&](reply_writer& out) {
    write_command_docs(table(), *table().find_full_name(name), out);
  });
}

} // namespace

TEST_CASE("COMMAND INFO describes a command in ten values", "[command_description]") {
  CHECK(info("set")
        == "[set, -3, ~[+write, +denyoom], 1, 1, 1, ~[+@write, +@string, +@slow], ~[], "
           "~[{notes: depends on GET, flags: ~[+RW, +access, +update, +variable_flags], "
           "begin_search: {type: index, spec: {index: 1}}, "
           "find_keys: {type: range, spec: {lastkey: 0, keystep: 1, limit: 0}}}], ~[]]");
  CHECK(info("set", 2)
        == "[set, -3, [+write, +denyoom], 1, 1, 1, [+@write, +@string, +@slow], [], "
           "[[notes, depends on GET, flags, [+RW, +access, +update, +variable_flags], "
           "begin_search, [type, index, spec, [index, 1]], "
           "find_keys, [type, range, spec, [lastkey, 0, keystep, 1, limit, 0]]]], []]");
}

TEST_CASE("COMMAND INFO shows every kind of key specification", "[command_description]") {
  CHECK(info("odd")
        == "[odd, 3, ~[+no_multi, +allow_busy, +movablekeys], 0, 0, 0, ~[+@slow], ~[], "
           "~[{flags: ~[+OW, +insert], begin_search: {type: index, spec: {index: 1}}, "
           "find_keys: {type: keynum, spec: {keynumidx: 0, firstkey: 1, keystep: 1}}}, "
           "{flags: ~[+RM, +delete, +incomplete], "
           "begin_search: {type: keyword, spec: {keyword: KEYS, startfrom: -2}}, "
           "find_keys: {type: range, spec: {lastkey: -1, keystep: 1, limit: 2}}}, "
           "{flags: ~[+not_key], begin_search: {type: unknown, spec: {}}, "
           "find_keys: {type: unknown, spec: {}}}], ~[]]");
}

TEST_CASE("COMMAND INFO nests subcommands, without hidden ones", "[command_description]") {
  CHECK(info("box")
        == "[box, -2, ~[], 0, 0, 0, ~[+@slow], ~[], ~[], [[box|open, 2, ~[], 0, 0, 0, ~[+@slow], "
           "~[request_policy:all_nodes, nondeterministic_output], ~[], ~[]]]]");
}

TEST_CASE("COMMAND DOCS tells what the row tells", "[command_description]") {
  CHECK(docs("set")
        == "{summary: Sets., since: 1.0.0, group: string, complexity: O(1), arguments: "
           "[{name: key, type: key, display_text: key, key_spec_index: 0}]}");
  CHECK(docs("set", 2)
        == "[summary, Sets., since, 1.0.0, group, string, complexity, O(1), arguments, "
           "[[name, key, type, key, display_text, key, key_spec_index, 0]]]");
  CHECK(docs("odd") == "{group: generic}");
}

TEST_CASE("COMMAND DOCS nests subcommands and marks what is old", "[command_description]") {
  CHECK(docs("box")
        == "{group: sorted-set, subcommands: {box|open: {since: 2.0.0, group: generic, "
           "doc_flags: ~[+deprecated, +syscmd], deprecated_since: 6.0.0, replaced_by: `GET`}}}");
}
