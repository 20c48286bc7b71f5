#include "protocol/argument_syntax.hpp"

#include "tests/unit/protocol/rendered_reply.hpp"

#include <catch2/catch.hpp>

using namespace thespis::protocol;

namespace {

std::string expanded(std::string_view syntax, int protocol = 3) {
  return rendered(protocol, [&](reply_writer& out) { write_arguments(syntax, out); });
}

} // namespace

TEST_CASE("a word is a string argument, shown by its name", "[argument_syntax]") {
  CHECK(expanded("value") == "[{name: value, type: string, display_text: value}]");
  CHECK(expanded("value", 2) == "[[name, value, type, string, display_text, value]]");
  CHECK(expanded("") == "[]");
}

TEST_CASE("a type follows a colon, another text to show an equals sign", "[argument_syntax]") {
  CHECK(expanded("offset:integer") == "[{name: offset, type: integer, display_text: offset}]");
  CHECK(expanded("at=time:unix-time") == "[{name: at, type: unix-time, display_text: time}]");
  CHECK(expanded("p:pattern d:double")
        == "[{name: p, type: pattern, display_text: p}, {name: d, type: double, display_text: d}]");
}

TEST_CASE("keys name their key specification", "[argument_syntax]") {
  CHECK(expanded("key") == "[{name: key, type: key, display_text: key, key_spec_index: 0}]");
  CHECK(expanded("to#1") == "[{name: to, type: key, display_text: to, key_spec_index: 1}]");
  CHECK(expanded("by:pattern#1")
        == "[{name: by, type: pattern, display_text: by, key_spec_index: 1}]");
  CHECK(expanded("key:string") == "[{name: key, type: string, display_text: key}]");
}

TEST_CASE("a token alone is called by its letters in lower case", "[argument_syntax]") {
  CHECK(expanded("NX") == "[{name: nx, type: pure-token, display_text: nx, token: NX}]");
  CHECK(expanded("'~' 'lib name'")
        == "[{name: ~, type: pure-token, display_text: ~, token: ~}, "
           "{name: lib name, type: pure-token, display_text: lib name, token: lib name}]");
  CHECK(expanded("<'=' equal:token>")
        == "[{name: equal, type: pure-token, display_text: equal, token: =}]");
  CHECK(expanded("COMMAND:string") == "[{name: COMMAND, type: string, display_text: COMMAND}]");
}

TEST_CASE("brackets are optional, angle brackets are not", "[argument_syntax]") {
  CHECK(expanded("[EX seconds:integer]")
        == "[{name: seconds, type: integer, display_text: seconds, token: EX, "
           "flags: ~[+optional]}]");
  CHECK(expanded("<EX seconds:integer>")
        == "[{name: seconds, type: integer, display_text: seconds, token: EX}]");
}

TEST_CASE("an ellipsis repeats the argument, behind a token both", "[argument_syntax]") {
  CHECK(expanded("member...")
        == "[{name: member, type: string, display_text: member, flags: ~[+multiple]}]");
  CHECK(expanded("[GET... p:pattern]")
        == "[{name: p, type: pattern, display_text: p, token: GET, "
           "flags: ~[+optional, +multiple, +multiple_token]}]");
}

TEST_CASE("versions follow the word that they belong to", "[argument_syntax]") {
  CHECK(expanded("[GET@6.2.0]")
        == "[{name: get, type: pure-token, display_text: get, token: GET, since: 6.2.0, "
           "flags: ~[+optional]}]");
  CHECK(expanded("old!2.8.12")
        == "[{name: old, type: string, display_text: old, deprecated_since: 2.8.12}]");
  CHECK(expanded("old...@1.2.0!2.8.12")
        == "[{name: old, type: string, display_text: old, since: 1.2.0, "
           "deprecated_since: 2.8.12, flags: ~[+multiple]}]");
}

TEST_CASE("alternatives and blocks hold arguments instead of a text to show", "[argument_syntax]") {
  CHECK(expanded("[condition(NX|PX ms:integer)@2.6.12]")
        == "[{name: condition, type: oneof, since: 2.6.12, flags: ~[+optional], arguments: "
           "[{name: nx, type: pure-token, display_text: nx, token: NX}, "
           "{name: ms, type: integer, display_text: ms, token: PX}]}]");
  CHECK(expanded("data{key value}...")
        == "[{name: data, type: block, flags: ~[+multiple], arguments: "
           "[{name: key, type: key, display_text: key, key_spec_index: 0}, "
           "{name: value, type: string, display_text: value}]}]");
}

TEST_CASE("nesting and quotes do not confuse the brackets", "[argument_syntax]") {
  CHECK(expanded("[op(a{<GET x> [y]}|'|)'|b{z(P|Q)})]")
        == "[{name: op, type: oneof, flags: ~[+optional], arguments: ["
           "{name: a, type: block, arguments: ["
           "{name: x, type: string, display_text: x, token: GET}, "
           "{name: y, type: string, display_text: y, flags: ~[+optional]}]}, "
           "{name: |), type: pure-token, display_text: |), token: |)}, "
           "{name: b, type: block, arguments: [{name: z, type: oneof, arguments: ["
           "{name: p, type: pure-token, display_text: p, token: P}, "
           "{name: q, type: pure-token, display_text: q, token: Q}]}]}]}]");
}
