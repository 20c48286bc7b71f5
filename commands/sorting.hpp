#pragma once

/// One SORT, from the elements of its key to its result. It views the key's value, which must not
/// change as long as this lives; other keys may.
///
/// Where the order is the key's own (BY without a star) only the elements that are wanted are read.
/// A set has no order of its own: what is stored of it is put in the order of its bytes, so that it
/// is the same everywhere.

#include "commands/list_value.hpp"
#include "commands/sort_lookup.hpp"
#include "commands/sort_options.hpp"
#include "commands/sort_order.hpp"
#include "keyspace/command_context.hpp"
#include "types/list.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace thespis::commands {

class sorting {
public:
  /// Reads the elements. REQUIRES: a list, a set or a sorted set, or no entry. `options` outlive
  /// this.
  sorting(keyspace::command_context& ctx, const sort_options& options,
          const keyspace::database::slot& at);

  /// False: a weight is no number. Cost: O(n + m log m), m of n elements being wanted, and a
  /// look-up for each element if BY names weights.
  bool arrange();

  std::size_t result_size() const noexcept {
    return wanted_.count * std::max<std::size_t>(options_.gets.size(), 1);
  }
  /// Calls visit(std::optional<std::string_view>) for everything in the result; nothing where GET
  /// did not find any. Views are valid until the visitor returns.
  template <class Visitor>
  void visit_result(Visitor&& visit) {
    char digits[24];
    for (auto i = wanted_.first; i < wanted_.first + wanted_.count; ++i) {
      const auto element = order_[i].element;
      if (options_.gets.empty())
        visit(std::optional{element.text(digits)});
      for (const auto& pattern : options_.gets)
        visit(lookup_.find(pattern, element));
    }
  }

private:
  void load(const keyspace::entry& from);
  void load_list(const types::list& from);
  void load_backwards(const types::list& from, std::size_t end, std::size_t count);
  void load_set(const types::set& from);
  void load_sorted_set(const types::sorted_set& from);
  list_range part_to_load(std::size_t size);
  bool weigh();

  keyspace::command_context& ctx_;
  const sort_options& options_;
  /// Not sorted at all.
  bool keeps_order_;
  bool alpha_;
  /// Null: elements are compared by themselves.
  const sort_pattern* by_;
  sort_lookup lookup_;
  sort_order order_;
  /// Which places of the order are the result.
  list_range wanted_{};
};

} // namespace thespis::commands
