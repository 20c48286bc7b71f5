#pragma once

/// A library of functions as FUNCTION LOAD brought it. Immutable once it is complete, shared by the
/// engines of all partitions; each runs its body for itself.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::scripting {

/// What the body of a library said of a function when it registered it.
struct library_function {
  std::string name;
  std::optional<std::string> description;
  /// As the library's `flag_reader` reads them; the engine does not look at them.
  std::uint32_t flags = 0;
};

struct library {
  /// No other library of the process has it, not even one of the same name.
  std::uint64_t id = 0;
  std::string name;
  /// As it was sent, with its first line "#!lua name=…" (the engine skips it).
  std::string source;
  /// In the order in which they were registered.
  std::vector<library_function> functions;
};

/// The bit of the flag of that name; 0: there is none.
using flag_reader = std::uint32_t (*)(std::string_view name) noexcept;

} // namespace thespis::scripting
