#include "commands/function_library.hpp"

#include "commands/rows.hpp"
#include "commands/shebang.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace thespis;
using namespace thespis::commands;

namespace {

using joining = function_library::joining;

struct function_table {
  library_figures figures;
  script_hints hints;
  function_library all{figures, hints};

  function_library::entry make(std::string name, const std::vector<std::string>& functions,
                               std::uint32_t flags = 0) {
    scripting::library made{all.next_id(), std::move(name), "source", {}};
    for (const auto& one : functions)
      made.functions.push_back({one, std::nullopt, flags});
    return std::make_shared<const scripting::library>(std::move(made));
  }
  std::string join(const std::vector<function_library::entry>& more,
                   joining how = joining::append) {
    return all.join(more, how).value_or("");
  }
  std::string home_of(std::string_view function) const {
    const auto* found = all.find(function);
    return found == nullptr ? "none" : found->library->name + "." + found->about().name;
  }
  bool declares(const std::vector<std::string_view>& request) const {
    return hints.declares_keys(*all_commands().resolve(request).spec, request);
  }
};

} // namespace

TEST_CASE("functions are found in any case, libraries by their very names", "[function]") {
  function_table f;
  CHECK(f.join({f.make("One", {"aB", "c"}), f.make("one", {"d"})}) == "");
  CHECK(f.home_of("AB") == "One.aB");
  CHECK(f.home_of("ab") == "One.aB");
  CHECK(f.home_of("d") == "one.d");
  CHECK(f.home_of("") == "none");
  CHECK(f.all.has_library("one"));
  CHECK_FALSE(f.all.has_library("ONE"));
  CHECK_FALSE(f.all.remove("ONE"));
  CHECK(f.all.remove("One"));
  CHECK(f.home_of("ab") == "none");
  CHECK(f.home_of("d") == "one.d");
}

TEST_CASE("names that are taken change nothing", "[function]") {
  function_table f;
  CHECK(f.join({f.make("one", {"a"}), f.make("two", {"b"})}) == "");
  const auto generation = f.all.generation();
  CHECK(f.join({f.make("three", {"x"}), f.make("one", {"y"})}) == "Library one already exists");
  CHECK(f.join({f.make("three", {"x", "B"})}) == "Function B already exists");
  CHECK(f.join({f.make("one", {"x", "b"})}, joining::replace) == "Function b already exists");
  CHECK(f.join({f.make("x", {"x"}), f.make("y", {"X"})}, joining::flush)
        == "Function X already exists");
  CHECK(f.home_of("x") == "none");
  CHECK(f.home_of("a") == "one.a");
  CHECK(f.all.generation() == generation);
  CHECK(f.figures.functions.get() == 2);
}

TEST_CASE("a library takes the place of one that has its name, or of all", "[function]") {
  function_table f;
  CHECK(f.join({f.make("one", {"a", "b"}), f.make("two", {"c"})}) == "");
  CHECK(f.join({f.make("one", {"A", "d"}), f.make("three", {"b"})}, joining::replace) == "");
  CHECK(f.home_of("a") == "one.A");
  CHECK(f.home_of("b") == "three.b");
  CHECK(f.home_of("c") == "two.c");
  CHECK(f.figures.libraries.get() == 3);
  CHECK(f.figures.functions.get() == 4);
  CHECK(f.join({f.make("four", {"a"})}, joining::flush) == "");
  CHECK(f.home_of("a") == "four.a");
  CHECK(f.home_of("c") == "none");
  CHECK(f.all.ids().size() == 1);
  CHECK(f.figures.function_bytes.get() > 0);
  f.all.clear();
  CHECK(f.home_of("a") == "none");
  CHECK(f.all.ids().empty());
  CHECK(f.figures.libraries.get() == 0);
  CHECK(f.figures.functions.get() == 0);
  CHECK(f.figures.function_bytes.get() == 0);
}

TEST_CASE("names that differ by their case alone are the first one's", "[function]") {
  function_table f;
  CHECK(f.join({f.make("one", {"ab", "AB"})}) == "");
  CHECK(f.home_of("Ab") == "one.ab");
  CHECK(f.join({f.make("one", {"AB"})}, joining::replace) == "");
  CHECK(f.home_of("ab") == "one.AB");
  CHECK(f.all.remove("one"));
  CHECK(f.home_of("ab") == "none");
}

TEST_CASE("a function that says so is known to declare its keys", "[function]") {
  function_table f;
  CHECK_FALSE(f.declares({"FCALL", "a", "1", "k"}));
  CHECK(f.join({f.make("one", {"a"}, script_declared_keys), f.make("two", {"b"})}) == "");
  CHECK(f.declares({"FCALL", "a", "1", "k"}));
  CHECK(f.declares({"FCALL_RO", "A", "1", "k"}));
  CHECK_FALSE(f.declares({"FCALL", "b", "1", "k"}));
  f.hints.allow_undeclared(false);
  CHECK(f.declares({"FCALL", "b", "1", "k"}));
  f.hints.allow_undeclared(true);
  CHECK(f.join({f.make("one", {"a"})}, joining::replace) == "");
  CHECK_FALSE(f.declares({"FCALL", "a", "1", "k"}));
}
