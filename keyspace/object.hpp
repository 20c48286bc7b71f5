#pragma once

/// What the keyspace knows of values that are no strings. Such a value is one word in its entry
/// (entry::object), which its class in types/ understands: a class of one word, owning and movable,
/// with
///
///     static Value adopt(void* word) noexcept;   // takes over what release() gave
///     void* release() noexcept;
///     Value copy() const;                        // throws std::bad_alloc
///     std::size_t size() const noexcept;         // elements
///     std::size_t memory_bytes() const noexcept; // as the allocator rounds them
///     std::string_view encoding_name() const noexcept; // what OBJECT ENCODING replies
///     std::size_t effort() const noexcept;       // if it may have more than one block of memory
///     element_alarm* alarm() const noexcept;     // if elements expire; see element_alarm.hpp
///
/// `effort` is about what it costs to free the value: its blocks of memory, and one more for each
/// 64 KiB of them. It is asked whenever a value goes, so it costs O(1).
///
/// A null word is an empty value.

#include "keyspace/entry.hpp"

#include <cstddef>
#include <string_view>

namespace thespis::types {

class hash;
class list;
class set;
class sorted_set;
class stream;

} // namespace thespis::types

namespace thespis::keyspace {

/// The type of a class of values.
template <class Value>
inline constexpr value_type type_of = value_type::string;
template <>
inline constexpr value_type type_of<types::hash> = value_type::hash;
template <>
inline constexpr value_type type_of<types::list> = value_type::list;
template <>
inline constexpr value_type type_of<types::set> = value_type::set;
template <>
inline constexpr value_type type_of<types::sorted_set> = value_type::zset;
template <>
inline constexpr value_type type_of<types::stream> = value_type::stream;

/// A value in the hand of who works on it: its word goes back into the entry in the end. The entry
/// must stay where it is meanwhile, and nobody else may look at the value.
template <class Value>
class object_ref {
public:
  /// REQUIRES: the entry is of that type.
  explicit object_ref(entry& in) noexcept : in_(in), value_(Value::adopt(in.object())) {
  }
  ~object_ref() {
    in_.set_pointer(value_.release());
  }
  object_ref(const object_ref&) = delete;
  object_ref& operator=(const object_ref&) = delete;

  Value& operator*() noexcept {
    return value_;
  }
  Value* operator->() noexcept {
    return &value_;
  }

private:
  entry& in_;
  Value value_;
};

/// The operations of a class of values, for the table in object_types.cpp.
template <class Value>
constexpr object_operations operations_for() noexcept {
  // Looks at a value that stays its entry's.
  struct borrowed {
    explicit borrowed(const void* word) noexcept
      : value(Value::adopt(const_cast<void*>(word))) { // NOLINT: only looked at
    }
    ~borrowed() {
      value.release();
    }
    Value value;
  };
  object_operations all{
    .destroy = [](void* word) noexcept { Value::adopt(word); },
    .copy = [](const void* word) { return borrowed{word}.value.copy().release(); },
    .memory_bytes = [](const void* word) noexcept { return borrowed{word}.value.memory_bytes(); },
    .encoding_name = [](const void* word) noexcept { return borrowed{word}.value.encoding_name(); },
  };
  if constexpr (requires(const Value value) { value.effort(); })
    all.effort = [](const void* word) noexcept { return borrowed{word}.value.effort(); };
  if constexpr (requires(const Value value) { value.alarm(); })
    all.alarm = [](const void* word) noexcept { return borrowed{word}.value.alarm(); };
  return all;
}

/// The operations of all types at the start, by value_type; empty for those without a class.
struct object_types {
  object_operations by_type[value_types];
};
object_types built_in_object_types() noexcept;

} // namespace thespis::keyspace
