#pragma once

/// ACL categories. A row names only those that its flags do not imply; Redis derives the rest when
/// it fills its table, and so does `acl_categories`.

#include "protocol/command_spec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::protocol {

/// The names without '@', in the order of the bits of `acl_category`, which is the order in which
/// COMMAND INFO shows them.
inline constexpr std::array<std::string_view, 21> acl_category_names = {
  "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
  "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
  "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};

/// The bits of `acl_category` that a command is in: those of its row and those that follow from its
/// flags. Every command is either fast or slow.
constexpr std::uint32_t acl_categories(const command_spec& spec) noexcept {
  std::uint32_t all = spec.acl;
  const auto imply = [&](std::uint32_t flag, std::uint32_t categories) {
    if ((spec.flags & flag) != 0)
      all |= categories;
  };
  imply(write, acl_write);
  // What a script does is not known from the command that runs it.
  if ((spec.acl & acl_scripting) == 0)
    imply(readonly, acl_read);
  imply(admin, acl_admin | acl_dangerous);
  imply(pubsub, acl_pubsub);
  imply(fast, acl_fast);
  imply(blocking, acl_blocking);
  if ((all & acl_fast) == 0)
    all |= acl_slow;
  return all;
}

/// The bit of a category's name (without '@', any case); 0 if there is none.
std::uint32_t find_acl_category(std::string_view name) noexcept;

} // namespace thespis::protocol
