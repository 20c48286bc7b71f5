#include "commands/function_payload.hpp"

#include "persistence/dump_footer.hpp"
#include "persistence/rdb_reader.hpp"
#include "persistence/rdb_writer.hpp"

#include <cstdint>
#include <utility>

namespace thespis::commands {

namespace {

/// RDB's opcode for a library.
constexpr std::uint8_t opcode_library = 245;

} // namespace

std::string function_payload(const function_library& all) {
  std::string payload;
  for (const auto& [name, one] : all.libraries()) {
    payload += static_cast<char>(opcode_library);
    persistence::append_rdb_string(payload, one->source);
  }
  persistence::append_dump_footer(payload);
  return payload;
}

base::result<std::vector<std::string>> read_function_payload(std::string_view payload,
                                                             bool verify) {
  const auto content = persistence::without_dump_footer(payload, verify);
  if (!content)
    return base::fault{"DUMP payload version or checksum are wrong"};
  std::vector<std::string> sources;
  for (persistence::rdb_reader reader{*content}; !reader.at_end();) {
    if (reader.byte() != opcode_library)
      return base::fault{"given type is not a function"};
    auto source = reader.string();
    if (!source)
      return base::fault{"Failed loading library payload"};
    sources.push_back(*std::move(source));
  }
  return sources;
}

} // namespace thespis::commands
