#include "commands/function_payload.hpp"

#include "persistence/dump_footer.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace thespis;
using namespace thespis::commands;
using namespace std::string_literals;

namespace {

std::string function_payload_of(const std::vector<std::string>& sources) {
  library_figures figures;
  script_hints hints;
  function_library all{figures, hints};
  std::vector<function_library::entry> entries;
  for (const auto& source : sources) {
    const auto id = all.next_id();
    entries.push_back(std::make_shared<const scripting::library>(
      scripting::library{id, "l" + std::to_string(id), source, {}}));
  }
  REQUIRE_FALSE(all.join(entries, function_library::joining::append));
  return function_payload(all);
}

std::string payload_fault_of(std::string content) {
  persistence::append_dump_footer(content);
  const auto sources = read_function_payload(content);
  return sources ? "" : sources.why();
}

} // namespace

TEST_CASE("a payload has the sources of all libraries", "[function]") {
  const std::vector<std::vector<std::string>> lists{
    {}, {"a"}, {"", "one", std::string(63, 'x'), std::string(64, 'y'), std::string(20'000, 'z')}};
  for (const auto& sources : lists) {
    const auto read = read_function_payload(function_payload_of(sources));
    REQUIRE(read);
    CHECK(*read == sources);
  }
}

TEST_CASE("a payload that has been cut or changed is refused", "[function]") {
  const auto payload = function_payload_of({"one", "two"});
  const auto refused = [](std::string_view bytes) {
    const auto read = read_function_payload(bytes);
    return !read && read.why() == "DUMP payload version or checksum are wrong";
  };
  for (std::size_t i = 0; i < payload.size(); ++i) {
    CHECK(refused(std::string_view{payload}.substr(0, i)));
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = payload;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      CHECK(refused(changed));
    }
  }
}

TEST_CASE("a payload of something else is refused, though its footer is right", "[function]") {
  CHECK(payload_fault_of("") == "");
  CHECK(payload_fault_of("\x00\x01x"s) == "given type is not a function");
  CHECK(payload_fault_of("\xf6\x01x"s) == "given type is not a function");
  CHECK(payload_fault_of("\xf5\x01x\x00"s) == "given type is not a function");
  CHECK(payload_fault_of("\xf5") == "Failed loading library payload");
  CHECK(payload_fault_of("\xf5\x02x"s) == "Failed loading library payload");
  CHECK(payload_fault_of("\xf5\xc3\x04\x05\x02"s + "abc") == "Failed loading library payload");
  CHECK(payload_fault_of("\xf5\xc3\x04\x03\x02"s + "abc") == "");
}
