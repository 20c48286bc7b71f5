#include "commands/sorting.hpp"

#include "types/lent.hpp"
#include "types/set_element.hpp"

#include <cstdint>

namespace thespis::commands {

using keyspace::value_type;
using types::set_element;

namespace {

/// LIMIT, of `size` elements.
list_range limited(const sort_options& options, std::size_t size) noexcept {
  const auto n = static_cast<std::int64_t>(size);
  const auto first = std::clamp<std::int64_t>(options.offset, 0, n);
  const auto count = options.count < 0 ? n - first : std::min(options.count, n - first);
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(count)};
}

bool is_set(const keyspace::database::slot& at) noexcept {
  return at && at->type() == value_type::set;
}

/// Whether the order of the elements means nothing, and may be another one elsewhere.
bool is_unordered(const keyspace::database::slot& at) noexcept {
  return is_set(at) && types::lent<types::set> {
    at->object()
    } -> table() != nullptr;
}

} // namespace

sorting::sorting(keyspace::command_context& ctx, const sort_options& options,
                 const keyspace::database::slot& at)
  : ctx_(ctx),
    options_(options),
    keeps_order_(options.keeps_order && !(options.store_in && is_set(at))),
    alpha_(options.alpha || (options.keeps_order && !keeps_order_)),
    by_(options.by && !options.keeps_order ? &*options.by : nullptr),
    lookup_(ctx, options.store_in.has_value()),
    order_(sort_order::rules{.descending = options.descending,
                             .alpha = alpha_,
                             .whole_texts = options.store_in.has_value(),
                             .has_weights = by_ != nullptr,
                             .unordered = is_unordered(at)}) {
  if (at)
    load(*at);
}

bool sorting::arrange() {
  if (keeps_order_)
    return true;
  if (!weigh())
    return false;
  order_.arrange(wanted_.first, wanted_.count);
  return true;
}

void sorting::load(const keyspace::entry& from) {
  if (from.type() == value_type::list)
    load_list(*types::lent<types::list>{from.object()});
  else if (from.type() == value_type::zset)
    load_sorted_set(*types::lent<types::sorted_set>{from.object()});
  else
    load_set(*types::lent<types::set>{from.object()});
}

/// Which elements to read of a value with an order: only those wanted if that order is kept.
list_range sorting::part_to_load(std::size_t size) {
  wanted_ = limited(options_, size);
  const auto part = keeps_order_ ? wanted_ : list_range{0, size};
  if (keeps_order_)
    wanted_.first = 0;
  order_.reserve(part.count);
  return part;
}

void sorting::load_list(const types::list& from) {
  const auto part = part_to_load(from.size());
  if (keeps_order_ && options_.descending)
    return load_backwards(from, from.size() - part.first, part.count);
  from.for_each_run(part.first, part.count, [&](const types::list_run& run) {
    for (const auto element : run)
      order_.add(set_element{element});
    return true;
  });
}

/// `count` elements in front of element number `end`. A list is read forwards, so it is a stretch
/// at a time.
void sorting::load_backwards(const types::list& from, std::size_t end, std::size_t count) {
  constexpr std::size_t stretch_max = 128;
  set_element stretch[stretch_max];
  while (count > 0) {
    const auto now = std::min(count, stretch_max);
    end -= now;
    count -= now;
    std::size_t i = 0;
    from.for_each_run(end, now, [&](const types::list_run& run) {
      for (const auto element : run)
        stretch[i++] = set_element{element};
      return true;
    });
    while (i > 0)
      order_.add(stretch[--i]);
  }
}

void sorting::load_sorted_set(const types::sorted_set& from) {
  const auto part = part_to_load(from.size());
  const bool descending = keeps_order_ && options_.descending;
  from.visit(descending ? from.size() - 1 - part.first : part.first, part.count, descending,
             [&](std::string_view member, double) { order_.add(set_element{member}); });
}

void sorting::load_set(const types::set& from) {
  wanted_ = limited(options_, from.size());
  const auto count = keeps_order_ ? wanted_.first + wanted_.count : from.size();
  order_.reserve(count);
  from.any_of([&](set_element member) {
    if (order_.size() < count)
      order_.add(member);
    return order_.size() == count;
  });
}

/// False: a weight is no number.
bool sorting::weigh() {
  if (alpha_ && by_ == nullptr)
    return true;
  bool all_numbers = true;
  char digits[24];
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const auto element = order_[i].element;
    if (by_ == nullptr && element.is_integer()) {
      order_.set_number(i, static_cast<double>(element.integer()));
      continue;
    }
    const auto text = by_ == nullptr ? std::optional{element.text(digits)}
                                     : lookup_.find(*by_, element);
    if (!text)
      continue;
    if (alpha_) {
      order_.set_text(i, *text);
      continue;
    }
    const auto number = parse_sort_weight(*text);
    all_numbers = all_numbers && number.has_value();
    order_.set_number(i, number.value_or(0));
  }
  return all_numbers;
}

} // namespace thespis::commands
