#include "types/hash.hpp"

#include <memory>

namespace thespis::types {

hash::~hash() {
  if (is_table())
    delete &table(); // NOLINT: the word owns it
  else
    held{word_}.list.clear();
}

hash hash::copy() const {
  hash made;
  if (is_table())
    made.word_ = reinterpret_cast<std::uintptr_t>(table().copy().release()) | table_tag;
  else
    made.word_ = reinterpret_cast<std::uintptr_t>(held{word_}.list.copy().release());
  return made;
}

std::size_t hash::memory_bytes() const noexcept {
  return is_table() ? table().memory_bytes() : held{word_}.list.memory_bytes();
}

std::optional<base::table_statistics> hash::statistics() const {
  if (!is_table())
    return std::nullopt;
  return table().statistics();
}

std::string_view hash::encoding_name() const noexcept {
  if (!is_table())
    return "listpack";
  return table().counts_as_packed ? "listpackex" : "hashtable";
}

std::size_t hash::size() const noexcept {
  return is_table() ? table().size() : held{word_}.list.size() / 2;
}

std::optional<hash_item> hash::find(std::string_view field) const noexcept {
  if (is_table()) {
    const auto at = table().find(field);
    return at.item == nullptr ? std::nullopt : std::optional{item_of(*at.item)};
  }
  const held packed{word_};
  auto at = packed.list.find(field, 2);
  if (at == packed.list.end())
    return std::nullopt;
  const auto name = *at;
  return hash_item{name, *++at};
}

hash_item hash::random(base::random_bits& random) const noexcept {
  if (is_table())
    return item_of(*table().random(random.next()));
  const held packed{word_};
  auto at = packed.list.at(2 * random.below(packed.list.size() / 2));
  const auto field = *at;
  return {field, *++at};
}

// -- changing ------------------------------------------------------------------------------------

bool hash::set(std::string_view field, std::string_view value, const packed_limits& limits,
               bool keep_expiry) {
  const auto is_short = field.size() <= limits.element_bytes
                        && value.size() <= limits.element_bytes;
  if (!is_table()) {
    if (is_short)
      return set_packed(field, value, limits);
    convert(false);
  }
  auto& in = table();
  auto at = in.find(field);
  const auto is_new = in.set(at, field, value, keep_expiry);
  if (in.counts_as_packed && (!is_short || in.size() > limits.entries))
    in.counts_as_packed = false;
  return is_new;
}

bool hash::set_packed(std::string_view field, std::string_view value, const packed_limits& limits) {
  {
    held packed{word_};
    auto& list = packed.list;
    if (auto at = list.find(field, 2); at != list.end()) {
      list.replace(++at, value);
      return false;
    }
    const auto bytes = list.used_bytes() + packed_list::element_bytes(field.size())
                       + packed_list::element_bytes(value.size());
    if (list.size() / 2 < limits.entries && bytes <= packed_bytes_max) {
      list.push_back({field, value});
      return true;
    }
  }
  convert(false);
  auto at = table().find(field);
  return table().set(at, field, value, false);
}

bool hash::erase(std::string_view field) noexcept {
  if (is_table()) {
    auto at = table().find(field);
    if (at.item == nullptr)
      return false;
    table().erase(at);
    return true;
  }
  held packed{word_};
  const auto at = packed.list.find(field, 2);
  if (at == packed.list.end())
    return false;
  packed.list.erase(at, 2);
  return true;
}

/// From packed to a table.
void hash::convert(bool counts_as_packed) {
  auto made = std::make_unique<hash_table>();
  made->counts_as_packed = counts_as_packed;
  for_each([&](const hash_item& each) {
    auto at = made->find(each.field);
    made->set(at, each.field, each.value, false);
  });
  held{word_}.list.clear();
  word_ = reinterpret_cast<std::uintptr_t>(made.release()) | table_tag;
}

// -- expiry of fields ----------------------------------------------------------------------------

bool hash::set_expiry(std::string_view field, std::int64_t at_ms, std::int64_t now_ms) {
  if (!is_table()) {
    if (!find(field))
      return false;
    convert(true);
  }
  auto at = table().find(field);
  if (at.item == nullptr)
    return false;
  table().set_expiry(at, at_ms, now_ms);
  return true;
}

bool hash::clear_expiry(std::string_view field) {
  if (!is_table())
    return false;
  auto at = table().find(field);
  if (at.item == nullptr || !at.item->has_expiry())
    return false;
  table().clear_expiry(at);
  return true;
}

} // namespace thespis::types
