#include "types/set.hpp"

#include <algorithm>
#include <memory>

namespace thespis::types {

// -- the whole -----------------------------------------------------------------------------------

void set::destroy() noexcept {
  switch (stored()) {
    case form::packed:
      packed_list::adopt(block());
      break;
    case form::integers:
      int_set::adopt(block());
      break;
    case form::table:
      delete &own_table();
      break;
  }
}

set set::copy() const {
  set result;
  switch (stored()) {
    case form::packed:
      result.put(packed()->copy().release(), form::packed);
      break;
    case form::integers:
      result.put(integers()->copy().release(), form::integers);
      break;
    case form::table: {
      auto copied = std::make_unique<set_table>();
      for_each([&](set_element member) {
        char unused[24];
        const auto text = member.text(unused);
        copied->insert_absent(text, set_table::hash(text));
      });
      result.put(copied.release(), form::table);
      break;
    }
  }
  return result;
}

std::size_t set::size() const noexcept {
  switch (stored()) {
    case form::packed:
      return packed()->size();
    case form::integers:
      return integers()->size();
    case form::table:
      break;
  }
  return table()->size();
}

std::size_t set::memory_bytes() const noexcept {
  switch (stored()) {
    case form::packed:
      return packed()->memory_bytes();
    case form::integers:
      return integers()->memory_bytes();
    case form::table:
      break;
  }
  return table()->memory_bytes();
}

std::optional<base::table_statistics> set::statistics() const {
  if (stored() != form::table)
    return std::nullopt;
  return table()->members().statistics();
}

std::string_view set::encoding_name() const noexcept {
  switch (stored()) {
    case form::packed:
      return "listpack";
    case form::integers:
      return "intset";
    case form::table:
      break;
  }
  return "hashtable";
}

// -- members -------------------------------------------------------------------------------------

bool set::contains(set_element member) const noexcept {
  char digits[24];
  if (stored() == form::integers) {
    const auto value = member.as_integer();
    return value && integers()->contains(*value);
  }
  const auto text = member.text(digits);
  if (const auto* all = table(); all != nullptr)
    return all->contains(text, set_table::hash(text));
  auto list = packed();
  return list->find(text) != list->end();
}

bool set::begins_with_integers(set_element first, std::size_t count,
                               const set_limits& limits) const noexcept {
  return word_ != begins_packed && count <= limits.integers && first.as_integer();
}

void set::expect(set_element first, std::size_t count, const set_limits& limits) {
  if (empty()) {
    if (begins_with_integers(first, count, limits))
      return;
    word_ = begins_packed;
  }
  const auto fits_integers = stored() == form::integers && count <= limits.integers;
  const auto fits_list = stored() == form::packed && count <= limits.packed.entries;
  if (stored() != form::table && !fits_integers && !fits_list)
    to_table();
}

bool set::add(set_element member, const set_limits& limits) {
  if (stored() == form::table) [[likely]] {
    char digits[24];
    return own_table().insert(member.text(digits));
  }
  if (contains(member))
    return false;
  add_absent(member, limits);
  return true;
}

void set::add_absent(set_element member, const set_limits& limits) {
  if (empty() ? begins_with_integers(member, 1, limits) : stored() == form::integers)
    return add_to_integers(member, limits);
  char digits[24];
  const auto text = member.text(digits);
  if (stored() == form::packed)
    return add_to_packed(text, limits);
  own_table().insert_absent(text, set_table::hash(text));
}

bool set::fits_packed(std::size_t count, std::size_t member_bytes,
                      const set_limits& limits) const noexcept {
  return count < limits.packed.entries && member_bytes <= limits.packed.element_bytes
         && member_bytes < packed_bytes_max;
}

/// REQUIRES: the set has integers, or no members.
void set::add_to_integers(set_element member, const set_limits& limits) {
  auto all = integers();
  const auto count = all->size();
  if (const auto value = member.as_integer()) {
    if (count < std::min(limits.integers, int_set::size_max)) {
      all->insert(*value);
      return put_back(all, form::integers);
    }
  } else {
    // Their first and last are the longest.
    char first[24];
    char last[24];
    const auto longest = count == 0 ? 0
                                    : std::max(base::format_int64(all->at(0), first).size(),
                                               base::format_int64(all->at(count - 1), last).size());
    char unused[24];
    const auto text = member.text(unused);
    if (fits_packed(count, std::max(longest, text.size()), limits))
      return pack_integers(text);
  }
  to_table();
  char digits[24];
  const auto text = member.text(digits);
  own_table().insert_absent(text, set_table::hash(text));
}

void set::pack_integers(std::string_view and_this) {
  packed_list list;
  for_each([&](set_element member) {
    char digits[24];
    list.push_back({member.text(digits)});
  });
  list.push_back({and_this});
  destroy();
  put(list.release(), form::packed);
}

void set::add_to_packed(std::string_view member, const set_limits& limits) {
  auto list = packed();
  if (fits_packed(list->size(), member.size(), limits)
      && list->used_bytes() + member.size() < packed_bytes_max) {
    list->push_back({member});
    return put_back(list, form::packed);
  }
  to_table();
  own_table().insert_absent(member, set_table::hash(member));
}

void set::to_table() {
  auto all = std::make_unique<set_table>();
  for_each([&](set_element member) {
    char digits[24];
    const auto text = member.text(digits);
    all->insert_absent(text, set_table::hash(text));
  });
  if (!empty())
    destroy();
  put(all.release(), form::table);
}

bool set::remove(set_element member) noexcept {
  switch (stored()) {
    case form::packed: {
      char digits[24];
      auto list = packed();
      const auto at = list->find(member.text(digits));
      if (at == list->end())
        return false;
      list->erase(at);
      put_back(list, form::packed);
      return true;
    }
    case form::integers: {
      auto all = integers();
      const auto value = member.as_integer();
      const auto removed = value && all->erase(*value);
      put_back(all, form::integers);
      return removed;
    }
    case form::table:
      break;
  }
  char digits[24];
  if (!own_table().erase(member.text(digits)))
    return false;
  if (own_table().size() == 0) {
    destroy();
    word_ = 0;
  }
  return true;
}

void set::to_integers(const set_limits& limits) {
  if (stored() == form::integers || empty()
      || size() > std::min(limits.integers, int_set::size_max))
    return;
  std::vector<std::int64_t> values;
  values.reserve(size());
  const auto other = any_of([&](set_element member) {
    const auto value = member.as_integer();
    if (value)
      values.push_back(*value);
    return !value;
  });
  if (other)
    return;
  std::sort(values.begin(), values.end());
  int_set all;
  for (const auto value : values)
    all.insert(value);
  destroy();
  put(all.release(), form::integers);
}

} // namespace thespis::types
