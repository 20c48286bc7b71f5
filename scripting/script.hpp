#pragma once

/// A script as SCRIPT LOAD or EVAL brought it. Immutable, shared by the engines of all partitions;
/// each compiles it for itself.

#include "base/sha1.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace thespis::scripting {

/// Digits of the hexadecimal number.
inline constexpr std::size_t sha_digits = 40;

struct script {
  /// 40 hexadecimal digits in lower case: SHA-1 of the source.
  std::string sha;
  /// As it was sent, with its first line "#!lua flags=…" if it has one (the engine skips it).
  std::string source;
  /// For those who make scripts: what the shebang allows. The engine does not look at it.
  std::uint32_t flags = 0;
};

inline script make_script(std::string_view source, std::uint32_t flags = 0) {
  return {base::to_hex(base::sha1(source)), std::string{source}, flags};
}

} // namespace thespis::scripting
