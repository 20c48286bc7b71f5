#pragma once

/// What the commands of sets share: the limits of encodings, elements in replies, and the sets that
/// a request names, to be read together.

#include "commands/collection.hpp"
#include "keyspace/command_context.hpp"
#include "types/set.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace thespis::commands {

inline types::set_limits set_limits_at(keyspace::command_context& ctx, std::string_view key) {
  const auto& access = ctx.home(key).access;
  return {access.set_packed.get(), access.set_intset_entries.load(std::memory_order_relaxed)};
}

inline void reply_element(protocol::reply_writer& reply, types::set_element element) {
  char digits[24];
  reply.bulk(element.text(digits));
}

/// The sets of several keys, which stay their entries' (of whichever shards): as long as this
/// lives, none of these keys may change. A missing key is an empty set.
class sets_to_read {
public:
  sets_to_read() = default;
  ~sets_to_read() {
    for (auto& each : sets_)
      each.release();
  }
  sets_to_read(const sets_to_read&) = delete;
  sets_to_read& operator=(const sets_to_read&) = delete;

  /// False: a key has another type, and the error has been replied.
  bool find(keyspace::command_context& ctx, std::span<const std::string_view> keys) {
    sets_.reserve(keys.size());
    for (const auto key : keys) {
      const auto at = ctx.find_to_read(key);
      if (at && is_not<types::set>(ctx, at))
        return false;
      sets_.push_back(types::set::adopt(at ? at->object() : nullptr));
    }
    return true;
  }

  /// Of all sets together.
  std::size_t members() const noexcept {
    std::size_t count = 0;
    for (const auto& each : sets_)
      count += each.size();
    return count;
  }

  /// In the order of the keys.
  const std::vector<types::set>& all() const noexcept {
    return sets_;
  }

private:
  std::vector<types::set> sets_;
};

} // namespace thespis::commands
