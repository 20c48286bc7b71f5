#pragma once

/// What the commands about single fields of a hash (HEXPIRE, HGETEX …) share: the words `FIELDS
/// count field …`, times that only fields know, and the replay of a change that was done to some of
/// the fields.

#include "commands/expire_time.hpp"
#include "keyspace/command_context.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// The fields named from argument `at` on: FIELDS, their number, themselves, and nothing behind
/// them. `bad_count`: the error for a number that is none. Empty: an error has been replied.
std::optional<protocol::arguments> read_fields(keyspace::command_context& ctx,
                                               protocol::arguments args, std::size_t at,
                                               std::string_view bad_count);

/// A field's time of expiry as Unix time in ms; it may lie in the past, but it is not negative and
/// not beyond 2^46. Empty: an error has been replied.
std::optional<std::int64_t> read_field_time(keyspace::command_context& ctx, std::string_view text,
                                            time_notation how);

/// Collects the fields to which something was done, for a replay `command key [time] FIELDS count
/// field …`, or `HDEL key field …`.
class field_replay {
public:
  void add(std::string_view field) {
    fields_.push_back(field);
  }
  std::size_t size() const noexcept {
    return fields_.size();
  }
  /// `head`: the words between key and FIELDS.
  void replay(keyspace::command_context& ctx, std::string_view command, std::string_view key,
              std::initializer_list<std::string_view> head = {}) const;
  void replay_deletion(keyspace::command_context& ctx, std::string_view key) const;

private:
  std::vector<std::string_view> fields_;
};

} // namespace thespis::commands
