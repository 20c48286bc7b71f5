#pragma once

#include <algorithm>
#include <string_view>

namespace thespis::commands {

/// Whether a text may name a client or its library: printable ASCII without spaces, as it goes into
/// the lines of CLIENT LIST. The empty text may.
constexpr bool is_client_name(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

} // namespace thespis::commands
