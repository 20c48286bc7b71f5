#pragma once

/// What ZUNION and its kin read: sorted sets, and plain sets, whose members all have the score 1.
/// The only place that knows the difference.

#include "keyspace/command_context.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace thespis::commands {

/// The value of one key, which stays its entry's: as long as this lives the key must not change.
class scored_input {
public:
  /// A missing key is an empty input. REQUIRES: is_scored(at) if there is an entry.
  explicit scored_input(const keyspace::database::slot& at);
  scored_input(scored_input&&) noexcept = default;
  scored_input& operator=(scored_input&&) noexcept = default;
  ~scored_input() {
    ranked_.release();
    plain_.release();
  }

  static bool is_scored(const keyspace::entry& value) noexcept {
    return value.type() == keyspace::value_type::zset || value.type() == keyspace::value_type::set;
  }

  std::size_t size() const noexcept {
    return is_plain_ ? plain_.size() : ranked_.size();
  }
  /// Whether a look-up costs O(1).
  bool is_indexed() const noexcept {
    return is_plain_ ? plain_.stored() != types::set::form::packed : !ranked_.is_packed();
  }
  /// The member's score, without the weight.
  std::optional<double> score(std::string_view member) const noexcept {
    if (!is_plain_)
      return ranked_.score(member);
    return plain_.contains(member) ? std::optional{1.0} : std::nullopt;
  }
  /// Calls bool visit(member, score) until it returns true; in order, unless this is a plain set.
  /// The views last as long as the input.
  template <class Visitor>
  void visit_until(Visitor&& visit) const {
    if (is_plain_)
      visit_plain(visit);
    else
      visit_ranked(visit);
  }

  double weight = 1;

private:
  template <class Visitor>
  void visit_ranked(Visitor& visit) const {
    bool done = false;
    // In stretches, because a visit of a sorted set goes to its end.
    constexpr std::size_t stretch = 64;
    for (std::size_t first = 0; first < ranked_.size() && !done; first += stretch)
      ranked_.visit(
        first, std::min(stretch, ranked_.size() - first), false,
        [&](std::string_view member, double score) { done = done || visit(member, score); });
  }
  template <class Visitor>
  void visit_plain(Visitor& visit) const {
    auto* digits = digits_.get();
    plain_.any_of([&](types::set_element member) {
      if (!member.is_integer())
        return visit(member.text(unused_), 1.0);
      const auto text = member.text(*digits++);
      return visit(text, 1.0);
    });
  }

  using text_of_integer = char[24];

  types::sorted_set ranked_;
  types::set plain_;
  bool is_plain_ = false;
  /// Where the texts of integers stay.
  std::unique_ptr<text_of_integer[]> digits_;
  mutable text_of_integer unused_;
};

using scored_inputs = std::vector<scored_input>;

/// The values of the keys, in their order. Empty: one has another type, and the error has been
/// replied.
std::optional<scored_inputs> read_inputs(keyspace::command_context& ctx, protocol::arguments keys);

} // namespace thespis::commands
