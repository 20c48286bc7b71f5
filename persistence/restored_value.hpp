#pragma once

/// A value that was read and is in no entry yet.

#include "keyspace/database.hpp"
#include "types/hash.hpp"
#include "types/list.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"
#include "types/stream.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace thespis::persistence {

class restored_value {
public:
  template <class Value>
    requires(!std::same_as<std::remove_cvref_t<Value>, restored_value>)
  restored_value(Value&& content) : content_(std::forward<Value>(content)) { // NOLINT: it is one
  }

  /// Whether it is a collection without elements, which no key may have. A stream may.
  bool is_empty_collection() const noexcept;
  /// Makes it the value of `at`, whatever was there before, with that time of expiry (Unix ms) or
  /// with none. Throws std::bad_alloc with nothing changed but that this is empty.
  void put(keyspace::database& in, keyspace::database::slot& at,
           std::optional<std::int64_t> expire_at_ms = std::nullopt) &&;

private:
  std::variant<std::string, types::list, types::set, types::sorted_set, types::hash, types::stream>
    content_;
};

} // namespace thespis::persistence
