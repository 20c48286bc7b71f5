#pragma once

/// Finds the keys of a concrete request. The specifications of the row say where they stand; a few
/// commands have options that a specification cannot describe, and a rule of their own
/// (`key_rule`).
///
/// Indexes count from the command's name, which is argument 0. They come in the order of the
/// specifications and may repeat. What is only marked as a key (`key_not_key`: shard channels) is
/// left out.

#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thespis::protocol {

struct found_key {
  std::uint32_t index = 0;
  /// Bits of `key_flag`.
  std::uint16_t flags = 0;

  friend bool operator==(const found_key&, const found_key&) = default;
};

/// Meant to be reused from request to request: it allocates only when a request has more keys than
/// any before.
using found_keys = std::vector<found_key>;

/// Whether the command always has exactly one key, at `keys[0].position`.
constexpr bool has_one_key(const command_spec& spec) noexcept {
  if (spec.keys.size() != 1)
    return false;
  const key_spec& only = spec.keys[0];
  return only.begin_search == key_spec::begin::index && only.find_keys == key_spec::find::range
         && only.last_key == 0 && (only.flags & (key_incomplete | key_not_key)) == 0;
}

/// The general case of `find_keys`.
bool find_keys_by_specs(const command_spec& spec, arguments request, found_keys& out);

/// Puts the keys into `out`, with the flags that the row gives. False, and nothing in `out`, if the
/// request has no key or makes no sense (a count beyond the arguments); whether that is an error is
/// for the command to say. Cost: O(1) for one key, otherwise O(arguments).
inline bool find_keys(const command_spec& spec, arguments request, found_keys& out) {
  if (!has_one_key(spec))
    return find_keys_by_specs(spec, request, out);
  out.clear();
  const auto index = static_cast<std::uint32_t>(spec.keys[0].position);
  if (index >= request.size())
    return false;
  out.push_back({index, spec.keys[0].flags});
  return true;
}

/// The same, but commands whose options change what happens to a key (SET with GET reads) get the
/// flags that hold for this request.
bool find_keys_and_flags(const command_spec& spec, arguments request, found_keys& out);

/// Whether BY or GET of a SORT has a pattern from which names of keys are made.
bool has_sort_pattern(arguments request) noexcept;

/// Whether the request also reads keys that none of its words names: SORT makes their names from
/// the patterns of BY and GET and the elements of the key, so they may be anywhere. Cost: O(1) for
/// all other commands.
inline bool reads_unnamed_keys(const command_spec& spec, arguments request) noexcept {
  return (spec.keys_rule == key_rule::sort || spec.keys_rule == key_rule::sort_ro)
         && has_sort_pattern(request);
}

/// Whether COMMAND GETKEYS could ever find one.
bool may_have_keys(const command_spec& spec) noexcept;

/// The one range of keys that older clients understand; all 0 if there is none. `last` counts from
/// the end if negative.
struct key_range {
  int first = 0;
  int last = 0;
  int step = 0;

  friend bool operator==(const key_range&, const key_range&) = default;
};

key_range simple_key_range(const command_spec& spec) noexcept;

/// The flag "movablekeys" of COMMAND INFO: `simple_key_range` does not tell all of the keys.
bool has_movable_keys(const command_spec& spec) noexcept;

} // namespace thespis::protocol
