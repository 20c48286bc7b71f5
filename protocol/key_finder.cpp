#include "protocol/key_finder.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace thespis::protocol {

namespace {

using signed_size = std::int64_t;

signed_size count_of(arguments request) noexcept {
  return static_cast<signed_size>(request.size());
}

bool is(arguments request, signed_size index, std::string_view word) noexcept {
  return base::equals_nocase(request[static_cast<std::size_t>(index)], word);
}

void add(found_keys& out, signed_size index, std::uint16_t flags) {
  out.push_back({static_cast<std::uint32_t>(index), flags});
}

// -- specifications ----------------------------------------------------------------------------

/// Where the search for keys begins: an index that may lie behind the arguments, or 0 (which is the
/// command's name) if the keyword is not there. REQUIRES: not begin::unknown.
signed_size begin_of(const key_spec& spec, arguments request) noexcept {
  const signed_size count = count_of(request);
  if (spec.begin_search == key_spec::begin::index)
    return spec.position;
  // The last argument cannot be the keyword: a key has to follow it.
  if (spec.position > 0) {
    for (signed_size i = spec.position; i < count - 1; ++i)
      if (is(request, i, spec.keyword))
        return i + 1;
  } else {
    for (signed_size i = count + spec.position; i > 1; --i)
      if (is(request, i, spec.keyword))
        return i + 1;
  }
  return 0;
}

struct index_range {
  signed_size first;
  signed_size last;
};

/// First and last index of the keys behind `begin`; nothing if the request does not say.
std::optional<index_range> range_of(const key_spec& spec, arguments request,
                                    signed_size begin) noexcept {
  const signed_size count = count_of(request);
  switch (spec.find_keys) {
    case key_spec::find::range:
      if (spec.last_key >= 0)
        return index_range{begin, begin + spec.last_key};
      if (spec.limit <= 0)
        return index_range{begin, count + spec.last_key};
      return index_range{begin, begin + (count - begin) / spec.limit + spec.last_key};
    case key_spec::find::keynum: {
      const signed_size at = begin + spec.key_count_index;
      if (at >= count)
        return std::nullopt;
      const auto keys = base::parse_int64(request[static_cast<std::size_t>(at)]);
      // The upper bound keeps the multiplication from overflowing.
      if (!keys || *keys < 0 || *keys > count)
        return std::nullopt;
      const signed_size first = begin + spec.first_key;
      return index_range{first, first + (*keys - 1) * spec.step};
    }
    case key_spec::find::unknown:
      return std::nullopt;
  }
  return std::nullopt;
}

/// False if the specification cannot tell the keys of this request, or not all of them. A keyword
/// that is not there stands for an option that was not given: no keys, and no failure.
bool add_keys_of(const key_spec& spec, arguments request, found_keys& out) {
  if (spec.begin_search == key_spec::begin::unknown)
    return false;
  const signed_size begin = begin_of(spec, request);
  if (begin == 0)
    return true;
  const auto range = range_of(spec, request, begin);
  // A range that goes on to the end may be empty: PFMERGE without sources.
  if (spec.find_keys == key_spec::find::range && begin == count_of(request) && spec.last_key < 0)
    return true;
  if (!range || range->last >= count_of(request) || range->last < range->first)
    return false;
  for (signed_size i = range->first; i <= range->last; i += spec.step)
    add(out, i, spec.flags);
  return (spec.flags & key_incomplete) == 0;
}

bool add_keys_of_all(const command_spec& spec, arguments request, found_keys& out) {
  for (const key_spec& keys : spec.keys)
    if ((keys.flags & key_not_key) == 0 && !add_keys_of(keys, request, out))
      return false;
  return !out.empty();
}

// -- rules of single commands ------------------------------------------------------------------

struct option_words {
  std::string_view name;
  /// How many arguments it takes.
  int count;
};

/// The index of the last argument of the option at `index`; `index` itself if it is none of them.
signed_size skip_option(arguments request, signed_size index,
                        std::initializer_list<option_words> options) noexcept {
  for (const option_words& option : options)
    if (is(request, index, option.name))
      return index + option.count;
  return index;
}

void add_set_key(arguments request, found_keys& out) {
  for (signed_size i = 3; i < count_of(request); ++i)
    if (is(request, i, "get"))
      return add(out, 1, key_rw | key_access | key_update);
  add(out, 1, key_ow | key_update);
}

void add_bitfield_key(arguments request, found_keys& out) {
  const signed_size count = count_of(request);
  for (signed_size i = 2; i < count; ++i) {
    const signed_size last = skip_option(request, i, {{"get", 2}, {"overflow", 1}});
    // What writes, and what makes no sense.
    if (last == i || last >= count)
      return add(out, 1, key_rw | key_access | key_update);
    i = last;
  }
  add(out, 1, key_ro | key_access);
}

void add_delex_key(arguments request, found_keys& out) {
  add(out, 1, request.size() == 2 ? key_rm | key_delete : key_rw | key_delete);
}

/// Calls visit(index of the word, index of what follows it) for the options of SORT with a value.
template <class Visitor>
void visit_sort_options(arguments request, Visitor&& visit) {
  const signed_size count = count_of(request);
  for (signed_size i = 2; i < count; ++i) {
    const signed_size last = skip_option(request, i,
                                         {{"store", 1}, {"limit", 2}, {"get", 1}, {"by", 1}});
    if (last == i || last >= count)
      continue;
    visit(i, i + 1);
    i = last;
  }
}

void add_sort_keys(arguments request, found_keys& out) {
  add(out, 1, key_ro | key_access);
  signed_size store = 0;
  visit_sort_options(request, [&](signed_size option, signed_size value) {
    if (is(request, option, "store"))
      store = value;
  });
  if (store != 0)
    add(out, store, key_ow | key_update);
}

/// Whether keys are to be made from a pattern: it has a star, ahead of any zero byte.
bool is_sort_pattern(std::string_view word) noexcept {
  return word.substr(0, word.find('\0')).find('*') != std::string_view::npos;
}

void add_migrate_keys(arguments request, found_keys& out) {
  const signed_size count = count_of(request);
  signed_size first = 3;
  signed_size last = 3;
  for (signed_size i = 6; i < count; ++i) {
    if (is(request, i, "keys")) {
      // With a key at its usual place this is an error, which MIGRATE itself reports.
      if (!request[3].empty())
        return;
      first = i + 1;
      last = count - 1;
      break;
    }
    i = skip_option(request, i, {{"auth", 1}, {"auth2", 2}});
  }
  for (signed_size i = first; i <= last; ++i)
    add(out, i, key_rw | key_access | key_delete);
}

/// `options`: the index of the first argument that may be an option.
void add_georadius_keys(arguments request, signed_size options, found_keys& out) {
  add(out, 1, key_ro | key_access);
  const signed_size count = count_of(request);
  signed_size store = 0;
  for (signed_size i = options; i + 1 < count; ++i)
    if (is(request, i, "store") || is(request, i, "storedist"))
      store = ++i;
  if (store != 0)
    add(out, store, key_ow | key_update);
}

void add_keys_by_rule(const command_spec& spec, arguments request, found_keys& out) {
  switch (spec.keys_rule) {
    case key_rule::specs:
      return;
    case key_rule::set:
      return add_set_key(request, out);
    case key_rule::bitfield:
      return add_bitfield_key(request, out);
    case key_rule::delex:
      return add_delex_key(request, out);
    case key_rule::sort:
      return add_sort_keys(request, out);
    case key_rule::sort_ro:
      return add(out, 1, key_ro | key_access);
    case key_rule::migrate:
      return add_migrate_keys(request, out);
    case key_rule::georadius:
      // All that is not optional stands before the options.
      return add_georadius_keys(request, -spec.arity, out);
  }
}

bool find_keys_by_rule(const command_spec& spec, arguments request, found_keys& out) {
  out.clear();
  if (arity_fits(spec.arity, request.size()))
    add_keys_by_rule(spec, request, out);
  return !out.empty();
}

bool is_simple_range(const key_spec& spec) noexcept {
  return spec.begin_search == key_spec::begin::index && spec.find_keys == key_spec::find::range;
}

/// The range, and whether it tells everything.
struct range_summary {
  key_range range;
  bool complete = true;
};

key_range range_from(const key_spec& spec) noexcept {
  const int last = spec.last_key >= 0 ? spec.position + spec.last_key : spec.last_key;
  return {spec.position, last, spec.step};
}

/// Several ranges become one if they have step 1 and follow each other without a gap.
range_summary summarize(std::span<const key_spec> specs) noexcept {
  range_summary all;
  if (specs.size() == 1 && is_simple_range(specs[0]))
    return {range_from(specs[0]), (specs[0].flags & key_incomplete) == 0};
  for (const key_spec& spec : specs) {
    const key_range here = range_from(spec);
    const bool follows = all.range.first == 0 || all.range.last == spec.position - 1;
    if (!is_simple_range(spec) || spec.step != 1 || !follows) {
      all.complete = false;
      continue;
    }
    all.complete = all.complete && (spec.flags & key_incomplete) == 0;
    all.range = {all.range.first == 0 ? here.first : all.range.first, here.last, 1};
  }
  return all;
}

} // namespace

bool find_keys_by_specs(const command_spec& spec, arguments request, found_keys& out) {
  out.clear();
  // Its specifications find the first STORE, which need not be the one that counts.
  if (spec.keys_rule != key_rule::georadius && add_keys_of_all(spec, request, out))
    return true;
  return find_keys_by_rule(spec, request, out);
}

bool find_keys_and_flags(const command_spec& spec, arguments request, found_keys& out) {
  const auto varies = [](const key_spec& keys) { return (keys.flags & key_variable_flags) != 0; };
  if (std::any_of(spec.keys.begin(), spec.keys.end(), varies))
    return find_keys_by_rule(spec, request, out);
  return find_keys(spec, request, out);
}

bool has_sort_pattern(arguments request) noexcept {
  bool found = false;
  visit_sort_options(request, [&](signed_size option, signed_size value) {
    if (is(request, option, "by") || is(request, option, "get"))
      found = found || is_sort_pattern(request[static_cast<std::size_t>(value)]);
  });
  return found;
}

bool may_have_keys(const command_spec& spec) noexcept {
  return spec.keys_rule != key_rule::specs
         || std::any_of(spec.keys.begin(), spec.keys.end(),
                        [](const key_spec& keys) { return (keys.flags & key_not_key) == 0; });
}

key_range simple_key_range(const command_spec& spec) noexcept {
  return summarize(spec.keys).range;
}

bool has_movable_keys(const command_spec& spec) noexcept {
  return !spec.keys.empty() && !summarize(spec.keys).complete;
}

} // namespace thespis::protocol
