#pragma once

/// How the readers of values say what is wrong: they throw, and value_reader.cpp catches. There is
/// a check behind every byte, and nothing on the way back to unwind but what owns itself.

#include "persistence/packed_reader.hpp"
#include "persistence/rdb_reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::persistence {

/// The input is not what it should be.
struct broken_value {
  const char* why;
};

/// What was read, or the end of it.
template <class Value>
Value need(std::optional<Value> found, const char* why = "it ends too early") {
  if (!found)
    throw broken_value{why};
  return *std::move(found);
}

inline void check(bool condition, const char* why) {
  if (!condition)
    throw broken_value{why};
}

/// How many elements follow. Each takes a byte at least: no more can be there than bytes.
inline std::uint64_t need_count(rdb_reader& in, std::uint64_t bytes_of_each = 1) {
  const auto count = need(in.length());
  check(count <= in.left() / bytes_of_each, "more elements than bytes");
  return count;
}

/// The next element of a block.
inline std::string_view need_element(packed_reader& in, digits& scratch) {
  return need(in.next(scratch), "a broken block");
}

/// Calls visit(std::string_view) for all elements of a block. The view is of the block or of a
/// scratch: valid until the visitor returns.
template <class Visit>
void for_each_packed(packed_reader& in, Visit&& visit) {
  digits scratch;
  while (const auto element = in.next(scratch))
    visit(*element);
  check(in.is_whole(), "a broken block");
}

/// The same for elements that come in twos.
template <class Visit> // void(std::string_view, std::string_view)
void for_each_packed_pair(packed_reader& in, Visit&& visit) {
  digits scratch;
  digits scratch_of_second;
  while (const auto first = in.next(scratch))
    visit(*first, need_element(in, scratch_of_second));
  check(in.is_whole(), "a broken block");
}

} // namespace thespis::persistence
