#pragma once

/// Adding members with their scores: the part of ZADD that ZINCRBY and GEOADD share.

#include "keyspace/command_context.hpp"
#include "protocol/arguments.hpp"

#include <cstddef>
#include <string_view>

namespace thespis::commands {

struct zadd_options {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;
  bool ch = false;
  bool incr = false;
};

/// The words of a request in groups of the same size, each with a member at its end.
struct member_groups {
  protocol::arguments words;
  std::size_t group_size;

  std::size_t size() const noexcept {
    return words.size() / group_size;
  }
  std::string_view member(std::size_t index) const noexcept {
    return words[(index + 1) * group_size - 1];
  }
};

/// Adds them, tells "zadd" or "zincr" if something changed, and replies as ZADD does. `scores`: one
/// for each. REQUIRES: there is a member; not NaN.
void add_members(keyspace::command_context& ctx, std::string_view key, const member_groups& members,
                 const double* scores, const zadd_options& options);

} // namespace thespis::commands
