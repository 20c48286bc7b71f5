#pragma once

/// The table of every setting of the server: all that Redis 7.2 has, and Thespis' own. One row per
/// option in the lists below by theme; the enumeration, the names, CONFIG GET, CONFIG SET, the
/// configuration file and CONFIG REWRITE derive from it. Whether a setting has an effect (yet) is
/// not part of the row.
///
/// A row is ROW(option, kind [, flags]). The option's name is its identifier with hyphens:
/// `maxmemory_policy` is maxmemory-policy. Kinds are described in option_kind.hpp.

#include "base/option_kind.hpp"
#include "base/option_rows_access.hpp"
#include "base/option_rows_cluster.hpp"
#include "base/option_rows_memory.hpp"
#include "base/option_rows_network.hpp"
#include "base/option_rows_observation.hpp"
#include "base/option_rows_persistence.hpp"
#include "base/option_rows_replication.hpp"
#include "base/option_rows_server.hpp"
#include "base/option_rows_tls.hpp"
#include "base/option_rows_types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// clang-format off
#define THESPIS_OPTIONS(ROW) \
  THESPIS_SERVER_OPTIONS(ROW) \
  THESPIS_NETWORK_OPTIONS(ROW) \
  THESPIS_ACCESS_OPTIONS(ROW) \
  THESPIS_MEMORY_OPTIONS(ROW) \
  THESPIS_TYPES_OPTIONS(ROW) \
  THESPIS_OBSERVATION_OPTIONS(ROW) \
  THESPIS_PERSISTENCE_OPTIONS(ROW) \
  THESPIS_REPLICATION_OPTIONS(ROW) \
  THESPIS_CLUSTER_OPTIONS(ROW) \
  THESPIS_TLS_OPTIONS(ROW)
// clang-format on

namespace thespis::base {

#define THESPIS_OPTION_IDENTIFIER(identifier, ...) identifier,
enum class option : std::uint16_t { THESPIS_OPTIONS(THESPIS_OPTION_IDENTIFIER) };
#undef THESPIS_OPTION_IDENTIFIER

#define THESPIS_OPTION_ONE(...) +1
inline constexpr std::size_t option_count = 0 THESPIS_OPTIONS(THESPIS_OPTION_ONE);
#undef THESPIS_OPTION_ONE

/// What else is special about an option; bits.
namespace option_flags {

inline constexpr unsigned immutable = 1;       ///< only at the start
inline constexpr unsigned guarded = 2;         ///< at run time only with enable-protected-configs
inline constexpr unsigned sensitive = 4;       ///< its value does not belong into logs
inline constexpr unsigned hidden = 8;          ///< not found by patterns
inline constexpr unsigned multi_argument = 16; ///< takes several words
inline constexpr unsigned deny_loading = 32;   ///< not while the data set is being loaded
inline constexpr unsigned nullable = 64;       ///< a text that is unset when it is empty

} // namespace option_flags

struct option_row {
  std::string_view name;
  option_kind kind;
  unsigned flags = 0;

  constexpr bool is(unsigned flag) const noexcept {
    return (flags & flag) != 0;
  }
  /// The name of earlier versions (slave-priority for replica-priority), or empty.
  constexpr std::string_view alias() const noexcept {
    return kind.older_name;
  }
};

/// All rows, in the order of `option`.
std::span<const option_row, option_count> option_rows() noexcept;

inline const option_row& row_of(option which) noexcept {
  return option_rows()[static_cast<std::size_t>(which)];
}

/// An option by one of its names.
struct named_option {
  option which;
  /// The row's spelling of the name that was asked for: the name or the alias.
  std::string_view name;
};

/// Finds an option by name or alias, in any case. Cost: O(log n).
std::optional<named_option> find_option(std::string_view name);

} // namespace thespis::base
