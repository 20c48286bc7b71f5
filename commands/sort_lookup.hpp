#pragma once

/// Finds what the patterns of SORT name: the strings and fields behind the keys that an element
/// stands in.

#include "commands/sort_options.hpp"
#include "keyspace/command_context.hpp"
#include "types/set_element.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace thespis::commands {

class sort_lookup {
public:
  /// `stores`: the result is stored, so it must be the same again when the request is replayed.
  /// Then fields that have expired are deleted, as by any command that writes, not passed over.
  sort_lookup(keyspace::command_context& ctx, bool stores) noexcept : ctx_(ctx), stores_(stores) {
  }

  /// Nothing: there is no such key or field, or it has another type, or the pattern names nothing.
  /// The view is valid until the next call, or until the value changes.
  std::optional<std::string_view> find(const sort_pattern& pattern, types::set_element element);

private:
  std::optional<std::string_view> find_field(std::string_view key, keyspace::database::slot& at,
                                             std::string_view field);

  keyspace::command_context& ctx_;
  bool stores_;
  std::string key_;
  char element_digits_[24];
  char value_digits_[24];
};

} // namespace thespis::commands
