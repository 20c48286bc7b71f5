#include "commands/script_library.hpp"

#include "commands/rows.hpp"
#include "commands/shebang.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace thespis;
using namespace thespis::commands;

namespace {

script_library::entry script(std::string_view source) {
  return std::make_shared<const scripting::script>(
    scripting::make_script(source, *read_shebang(source)));
}

bool declares_keys(const script_hints& hints, const std::vector<std::string_view>& request) {
  return hints.declares_keys(*all_commands().resolve(request).spec, request);
}

} // namespace

TEST_CASE("scripts are found by their SHA-1 in any case", "[script]") {
  script_hints hints;
  library_figures figures;
  script_library all{figures, hints};
  const auto one = script("return 1");
  all.add(one);
  CHECK(all.find("e0e1f9fabfc9d4800c877a703b823ac0578ff8db") == one);
  CHECK(all.find("E0E1F9FABFC9D4800C877A703B823AC0578FF8DB") == one);
  CHECK(all.find("e0e1f9fabfc9d4800c877a703b823ac0578ff8d") == nullptr);
  CHECK(all.find("") == nullptr);
  CHECK(all.find(std::string(40, 'f')) == nullptr);
  all.add(script("return 1"));
  CHECK(all.find(one->sha) == one);
  CHECK(all.size() == 1);
  const auto before = all.generation();
  all.clear();
  CHECK(all.find(one->sha) == nullptr);
  CHECK(all.generation() != before);
}

TEST_CASE("a script that says so is known to declare its keys once it is loaded", "[script]") {
  script_hints hints;
  library_figures figures;
  script_library all{figures, hints};
  const auto one = script("#!lua flags=declared-keys\nreturn 1");
  const auto other = script("#!lua\nreturn 1");
  const auto asked = [&](const script_library::entry& which) {
    const auto by_source = declares_keys(hints, {"EVAL", which->source, "1", "k"});
    CHECK(declares_keys(hints, {"EVALSHA", which->sha, "1", "k"}) == by_source);
    return by_source;
  };
  CHECK_FALSE(asked(one));
  all.add(one);
  all.add(other);
  CHECK(asked(one));
  CHECK_FALSE(asked(other));
  CHECK_FALSE(declares_keys(hints, {"SCRIPT", "LOAD", one->source}));
  CHECK_FALSE(declares_keys(hints, {"EVALSHA", "x", "1", "k"}));
  hints.allow_undeclared(false);
  CHECK(asked(other));
  CHECK_FALSE(asked(script("return 2")));
  hints.allow_undeclared(true);
  CHECK_FALSE(asked(other));
  all.clear();
  CHECK_FALSE(asked(one));
}
