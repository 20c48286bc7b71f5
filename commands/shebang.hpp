#pragma once

/// The first line of a script, "#!lua flags=no-writes,allow-oom": what the script says of itself.
/// Source: Redis, "Lua API reference", "Script flags".

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace thespis::commands {

enum script_flag : std::uint32_t {
  /// It only reads.
  script_no_writes = 1u << 0,
  /// It may run when memory is over maxmemory.
  script_allow_oom = 1u << 1,
  script_allow_stale = 1u << 2,
  script_no_cluster = 1u << 3,
  script_allow_cross_slot_keys = 1u << 4,
  /// It uses no keys but those that are named when it is called, so that it needs their partitions
  /// alone. Ours: Redis does not know it.
  script_declared_keys = 1u << 5,
  /// It has a first line of that kind, so that its flags are all that is known of it.
  script_has_flags = 1u << 6,
};

struct named_script_flag {
  std::string_view name;
  script_flag flag;
};
/// All flags that have names: those of Redis in its order, then ours.
std::span<const named_script_flag> script_flag_names() noexcept;

/// The flag of that name; 0: there is none.
std::uint32_t script_flag_named(std::string_view name) noexcept;

/// The flags of a script; 0 if it does not begin with "#!". The fault is the text of Redis' error,
/// without its code.
base::result<std::uint32_t> read_shebang(std::string_view source);

} // namespace thespis::commands
