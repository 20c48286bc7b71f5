#pragma once

/// The words behind the key of SORT, and what a pattern among them names.
///
///     [BY pattern] [LIMIT offset count] [GET pattern] … [ASC | DESC] [ALPHA] [STORE destination]
///
/// They come in any order; the last one of a kind counts, but every GET. A pattern names one key
/// for each element: its first star is replaced by the element. Behind the star "->field" may name
/// a field of a hash. A pattern without a star names nothing, "#" names the element itself.
///
/// Redis reads patterns as C strings, so a star, a "->" or a field behind a zero byte is none;
/// bytes behind it belong to the key.

#include "keyspace/command_context.hpp"
#include "protocol/arguments.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// A view of the request's words.
class sort_pattern {
public:
  explicit sort_pattern(std::string_view text) noexcept;

  /// "#".
  bool is_element() const noexcept {
    return is_element_;
  }
  /// Whether it names keys: it has a star.
  bool names_keys() const noexcept {
    return names_keys_;
  }
  /// The field of a hash, if it names one.
  const std::optional<std::string_view>& field() const noexcept {
    return field_;
  }
  /// The key for an element, put together in `scratch`. REQUIRES: names_keys().
  std::string_view key_for(std::string_view element, std::string& scratch) const;

private:
  bool is_element_;
  bool names_keys_ = false;
  std::string_view in_front_{};
  std::string_view behind_{};
  std::optional<std::string_view> field_{};
};

struct sort_options {
  bool descending = false;
  bool alpha = false;
  /// Some BY had a pattern without a star: the order is the key's own.
  bool keeps_order = false;
  std::optional<sort_pattern> by{};
  std::vector<sort_pattern> gets{};
  std::int64_t offset = 0;
  /// Negative: all.
  std::int64_t count = -1;
  std::optional<std::string_view> store_in{};
};

/// Reads args[2 …]. `may_store`: whether STORE is an option. Empty: an error has been replied.
std::optional<sort_options> read_sort_options(keyspace::command_context& ctx,
                                              protocol::arguments args, bool may_store);

} // namespace thespis::commands
