#pragma once

/// What the commands of sorted sets share: limits, and pairs in replies.

#include "commands/collection.hpp"
#include "keyspace/command_context.hpp"
#include "types/sorted_set.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace thespis::commands {

inline types::packed_limits zset_limits_at(keyspace::command_context& ctx, std::string_view key) {
  return ctx.home(key).access.zset_packed.get();
}

/// The sorted set of a key, which stays its entry's; empty if there is none. As long as this lives
/// the key must not change.
class zset_to_read {
public:
  explicit zset_to_read(const keyspace::database::slot& at) noexcept
    : value_(types::sorted_set::adopt(at ? at->object() : nullptr)) {
  }
  zset_to_read(zset_to_read&&) noexcept = default;
  zset_to_read& operator=(zset_to_read&&) = delete;
  ~zset_to_read() {
    value_.release();
  }
  const types::sorted_set* operator->() const noexcept {
    return &value_;
  }
  const types::sorted_set& operator*() const noexcept {
    return value_;
  }

private:
  types::sorted_set value_;
};

/// Nothing: the key has another type, and the error has been replied.
inline std::optional<zset_to_read> read_zset(keyspace::command_context& ctx, std::string_view key) {
  const auto at = ctx.find_to_read(key);
  if (at && is_not<types::sorted_set>(ctx, at))
    return std::nullopt;
  return zset_to_read{at};
}

/// How members stand in a reply.
enum class pair_shape : std::uint8_t {
  members,
  /// Member, score, member, score …
  flat,
  /// [member, score] …
  nested,
  /// As `flat`, in an array that is there already.
  open,
};

/// The shape of a reply WITHSCORES.
inline pair_shape shape_with_scores(const protocol::reply_writer& reply, bool with_scores) {
  if (!with_scores)
    return pair_shape::members;
  return reply.protocol() == 2 ? pair_shape::flat : pair_shape::nested;
}

inline void begin_pairs(protocol::reply_writer& reply, pair_shape shape, std::size_t count) {
  if (shape != pair_shape::open)
    reply.array(shape == pair_shape::flat ? count * 2 : count);
}

inline void reply_pair(protocol::reply_writer& reply, pair_shape shape, std::string_view member,
                       double score) {
  if (shape == pair_shape::nested)
    reply.array(2);
  reply.bulk(member);
  if (shape != pair_shape::members)
    reply.dbl(score);
}

} // namespace thespis::commands
