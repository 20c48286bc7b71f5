#include "protocol/command_table.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <deque>
#include <random>
#include <set>
#include <string>

using namespace thespis;
using namespace thespis::protocol;

namespace {

void run_nothing(keyspace::command_context&, arguments) {
}

constexpr command_spec first_rows[] = {
  {.name = "get", .arity = 2, .run = run_nothing},
  {.name = "client", .arity = -2},
  {.name = "client|id", .arity = 2, .run = run_nothing},
  {.name = "client|no-evict", .arity = 3, .run = run_nothing},
  {.name = "command", .arity = -1, .run = run_nothing},
  {.name = "command|count", .arity = 2, .run = run_nothing},
};

constexpr command_spec second_rows[] = {
  {.name = "georadiusbymember_ro", .arity = -5, .run = run_nothing},
  {.name = "georadiusbymember_rx", .arity = -5, .run = run_nothing},
  {.name = "debug", .arity = -2, .run = run_nothing},
  {.name = "debug|object", .arity = 3, .flags = hidden, .run = run_nothing},
};

const command_table& table() {
  static const std::array<std::span<const command_spec>, 2> families = {first_rows, second_rows};
  static const command_table result{families};
  return result;
}

std::string name_of(const command_spec* spec) {
  return spec == nullptr ? "(none)" : std::string{spec->name};
}

struct outcome {
  std::string name;
  resolution kind;
  bool operator==(const outcome&) const = default;
};

outcome resolve(std::initializer_list<std::string_view> words) {
  const resolved_command found = table().resolve({words.begin(), words.size()});
  return {name_of(found.spec), found.outcome};
}

} // namespace

TEST_CASE("commands are found in any case, subcommands only in their container",
          "[command_table]") {
  CHECK(name_of(table().find("get")) == "get");
  CHECK(name_of(table().find("GeT")) == "get");
  CHECK(name_of(table().find("GEORADIUSBYMEMBER_RX")) == "georadiusbymember_rx");
  CHECK(table().find("client|id") == nullptr);
  CHECK(table().find("id") == nullptr);
  const command_spec& client = *table().find("client");
  CHECK(name_of(table().find_subcommand(client, "NO-EVICT")) == "client|no-evict");
  CHECK(table().find_subcommand(client, "count") == nullptr);
  CHECK(table().find_subcommand(*table().find("get"), "id") == nullptr);
}

TEST_CASE("what only looks like a name is not found", "[command_table]") {
  using namespace std::string_view_literals;
  for (const std::string_view name :
       {""sv, "g"sv, "ge"sv, "gett"sv, "get\0"sv, "\0"sv, "gEt "sv, "g\x65\xd4"sv, "\x47\x45\xf4"sv,
        "georadiusbymember_r"sv, "georadiusbymember_roo"sv, "georadiusXXmember_ro"sv, "|"sv})
    CHECK(table().find(name) == nullptr);
  CHECK(table().find(std::string(command_table::name_bytes_max, 'a')) == nullptr);
  CHECK(table().find(std::string(1 << 20, 'g')) == nullptr);
}

TEST_CASE("letters are folded, other characters are not", "[command_table]") {
  static const std::deque<std::string> names = [] {
    std::deque<std::string> all;
    for (char c = '!'; c < 0x7f; ++c)
      if (c != '|' && !std::isupper(c))
        all.push_back(std::string{"x"} + c);
    return all;
  }();
  std::vector<command_spec> rows;
  for (const std::string& name : names)
    rows.push_back({.name = name, .arity = 1, .run = run_nothing});
  const std::span<const command_spec> family{rows};
  const command_table small{{&family, 1}};
  for (int byte = 0; byte < 256; ++byte) {
    const std::string wanted = {'X', static_cast<char>(byte)};
    const std::string lower = {'x', static_cast<char>(std::isupper(byte) ? byte + 32 : byte)};
    const bool exists = std::find(names.begin(), names.end(), lower) != names.end();
    CHECK(name_of(small.find(wanted)) == (exists ? lower : "(none)"));
  }
}

TEST_CASE("hundreds of random names are all found, and nothing else", "[command_table]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  const auto random_name = [&] {
    std::string name(1 + random() % command_table::name_bytes_max, 'a');
    for (char& c : name)
      c = "abcdez_-"[random() % 8];
    return name;
  };
  std::set<std::string> names;
  while (names.size() < 600)
    names.insert(random_name());
  std::vector<command_spec> rows;
  for (const std::string& name : names)
    rows.push_back({.name = name, .arity = 1, .run = run_nothing});
  const std::span<const command_spec> family{rows};
  const command_table big{{&family, 1}};
  for (const std::string& name : names) {
    std::string mixed = name;
    for (char& c : mixed)
      if (random() % 2 == 0)
        c = static_cast<char>(std::toupper(c));
    CHECK(name_of(big.find(mixed)) == name);
  }
  for (int i = 0; i < 2000; ++i) {
    const std::string name = random_name();
    CHECK((big.find(name) != nullptr) == names.contains(name));
  }
}

TEST_CASE("full names find subcommands, but never hidden ones", "[command_table]") {
  CHECK(name_of(table().find_full_name("GET")) == "get");
  CHECK(name_of(table().find_full_name("Client|ID")) == "client|id");
  CHECK(table().find_full_name("debug|object") == nullptr);
  CHECK(table().find_full_name("get|id") == nullptr);
  CHECK(table().find_full_name("client|") == nullptr);
  CHECK(table().find_full_name("client|id|x") == nullptr);
  CHECK(table().find_full_name("|id") == nullptr);
  CHECK(table().find_full_name("") == nullptr);
}

TEST_CASE("a request resolves to the row that runs it", "[command_table]") {
  CHECK(resolve({"GET", "k"}) == outcome{"get", resolution::ok});
  CHECK(resolve({"client", "ID"}) == outcome{"client|id", resolution::ok});
  CHECK(resolve({"command"}) == outcome{"command", resolution::ok});
  CHECK(resolve({"command", "count"}) == outcome{"command|count", resolution::ok});
}

TEST_CASE("what does not resolve says why", "[command_table]") {
  CHECK(resolve({"gut", "k"}) == outcome{"(none)", resolution::unknown_command});
  CHECK(resolve({""}) == outcome{"(none)", resolution::unknown_command});
  CHECK(resolve({"client|id"}) == outcome{"(none)", resolution::unknown_command});
  CHECK(resolve({"client", "ids"}) == outcome{"client", resolution::unknown_subcommand});
  CHECK(resolve({"command", "x"}) == outcome{"command", resolution::unknown_subcommand});
  CHECK(resolve({"client"}) == outcome{"client", resolution::wrong_arity});
  CHECK(resolve({"get"}) == outcome{"get", resolution::wrong_arity});
  CHECK(resolve({"get", "a", "b"}) == outcome{"get", resolution::wrong_arity});
  CHECK(resolve({"client", "id", "x"}) == outcome{"client|id", resolution::wrong_arity});
}

TEST_CASE("a hidden row is chosen if it fits, otherwise its container runs", "[command_table]") {
  CHECK(resolve({"debug", "OBJECT", "k"}) == outcome{"debug|object", resolution::ok});
  CHECK(resolve({"debug", "object"}) == outcome{"debug", resolution::ok});
  CHECK(resolve({"debug", "nonsense", "k"}) == outcome{"debug", resolution::ok});
  CHECK(resolve({"debug"}) == outcome{"debug", resolution::wrong_arity});
}

TEST_CASE("rows have dense indexes and containers list what they show", "[command_table]") {
  CHECK(table().rows().size() == 10);
  std::set<std::size_t> indexes;
  for (const command_spec& spec : table().rows())
    indexes.insert(table().index_of(spec));
  CHECK(indexes.size() == 10);
  CHECK(*indexes.rbegin() == 9);
  CHECK(table().commands().size() == 6);
  const auto subs = table().subcommands(*table().find("client"));
  REQUIRE(subs.size() == 2);
  CHECK(table().rows()[subs[0]].name == "client|id");
  CHECK(table().is_container(*table().find("command")));
  CHECK_FALSE(table().is_container(*table().find("debug")));
  CHECK_FALSE(table().is_container(*table().find("get")));
}

TEST_CASE("a renamed command is found by its new name alone, and so are its subcommands",
          "[command_table]") {
  const std::array<std::span<const command_spec>, 2> families = {first_rows, second_rows};
  command_table renamed{families};
  const std::string long_name(100, 'X');
  CHECK(renamed.rename("CLIENT", "Cl13nt") == renaming::done);
  CHECK(renamed.rename("get", long_name) == renaming::done);
  CHECK(name_of(renamed.find("client")) == "(none)");
  CHECK(name_of(renamed.find("cl13NT")) == "client");
  CHECK(name_of(renamed.find("GET")) == "(none)");
  CHECK(name_of(renamed.find(std::string(100, 'x'))) == "get");
  CHECK(name_of(renamed.find(std::string(99, 'x'))) == "(none)");
  CHECK(name_of(renamed.find_full_name("cl13nt|id")) == "client|id");
  CHECK(name_of(renamed.find_full_name("client|id")) == "(none)");
  CHECK(renamed.commands().size() == table().commands().size());
  CHECK(renamed.rename("CL13NT", "client") == renaming::done);
  CHECK(name_of(renamed.find_full_name("client|no-evict")) == "client|no-evict");
}

TEST_CASE("a command without a name is gone", "[command_table]") {
  const std::array<std::span<const command_spec>, 2> families = {first_rows, second_rows};
  command_table renamed{families};
  CHECK(renamed.rename("command", "") == renaming::done);
  CHECK(name_of(renamed.find("command")) == "(none)");
  CHECK(name_of(renamed.find("")) == "(none)");
  CHECK(name_of(renamed.find_full_name("command|count")) == "(none)");
  CHECK(renamed.commands().size() == table().commands().size() - 1);
  CHECK(renamed.rename("command", "x") == renaming::no_such_command);
  CHECK(renamed.rename("get", "command") == renaming::done);
  CHECK(name_of(renamed.find("command")) == "get");
}

TEST_CASE("a name that is taken or unknown changes nothing", "[command_table]") {
  const std::array<std::span<const command_spec>, 2> families = {first_rows, second_rows};
  command_table renamed{families};
  CHECK(renamed.rename("get", "CLIENT") == renaming::name_is_taken);
  CHECK(renamed.rename("nosuch", "a") == renaming::no_such_command);
  CHECK(renamed.rename("client|id", "a") == renaming::no_such_command);
  CHECK(renamed.rename("", "a") == renaming::no_such_command);
  CHECK(name_of(renamed.find("get")) == "get");
  CHECK(name_of(renamed.find("a")) == "(none)");
  CHECK(renamed.rename("get", "GET") == renaming::done);
  CHECK(name_of(renamed.find("get")) == "get");
}
