#include "commands/shebang.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace thespis;
using namespace thespis::commands;

namespace {

std::string fault_of(std::string_view source) {
  const auto flags = read_shebang(source);
  return flags ? "" : flags.why();
}

} // namespace

TEST_CASE("a script without a first line of flags has none", "[script]") {
  CHECK(*read_shebang("return 1") == 0);
  CHECK(*read_shebang("") == 0);
  CHECK(*read_shebang(" #!lua\nreturn 1") == 0);
  CHECK(*read_shebang("-- #!lua\nreturn 1") == 0);
}

TEST_CASE("the first line of a script has its flags", "[script]") {
  CHECK(*read_shebang("#!lua\nreturn 1") == script_has_flags);
  CHECK(*read_shebang("#!lua flags=\nreturn 1") == script_has_flags);
  CHECK(*read_shebang("#!lua flags=no-writes\nreturn 1") == (script_has_flags | script_no_writes));
  CHECK(*read_shebang("#!lua flags=no-writes,allow-oom flags=allow-stale\nreturn 1")
        == (script_has_flags | script_no_writes | script_allow_oom | script_allow_stale));
  CHECK(*read_shebang("#!lua flags=no-cluster,allow-cross-slot-keys,declared-keys\n")
        == (script_has_flags | script_no_cluster | script_allow_cross_slot_keys
            | script_declared_keys));
}

TEST_CASE("a first line that makes no sense is refused", "[script]") {
  CHECK(fault_of("#!lua") == "Invalid script shebang");
  CHECK(fault_of("#!'\nreturn 1") == "Invalid engine in script shebang");
  CHECK(fault_of("#!js\nreturn 1") == "Unexpected engine in script shebang: #!js");
  CHECK(fault_of("#!\nreturn 1") == "Unexpected engine in script shebang: #!");
  CHECK(fault_of("#!lua x=1\nreturn 1") == "Unknown lua shebang option: x=1");
  CHECK(fault_of("#!lua flags=x\nreturn 1") == "Unexpected flag in script shebang: x");
  CHECK(fault_of("#!lua flags=no-writes,\nreturn 1") == "Unexpected flag in script shebang: ");
}
