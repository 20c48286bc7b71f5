#pragma once

/// How commands find sketches among strings and put them back; see types/hyperloglog.hpp.

#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"
#include "types/hyperloglog.hpp"
#include "types/hyperloglog_sparse.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace thespis::commands {

/// A change that keyspace events keep quiet about, in Redis too: it belongs to no class of them.
/// Everybody else is told.
inline constexpr keyspace::event_class no_event{};

/// Nothing: it is no sketch, and the error has been replied. REQUIRES: there is an entry.
inline std::optional<types::hll_view> open_sketch(keyspace::command_context& ctx,
                                                  const keyspace::database::slot& at) {
  if (is_wrong_type(ctx, at))
    return std::nullopt;
  char scratch[24];
  // No integer is one, so what is viewed is the entry's.
  const auto view = at->is_integer() ? std::nullopt : types::hll_view::open(at->text(scratch));
  if (!view)
    ctx.reply.error(protocol::errors::not_a_hyperloglog);
  return view;
}

/// The sketch's own bytes, for changes that keep its length. The entry may move.
inline std::span<char> sketch_bytes(keyspace::command_context& ctx, std::string_view key,
                                    keyspace::database::slot& at) {
  return ctx.db(key).resize_string(at, at->size());
}

/// Makes the draft the value, new or not. Its cardinality is out of date from then on.
inline void put_sketch(keyspace::command_context& ctx, std::string_view key,
                       keyspace::database::slot& at, types::hll_draft& draft) {
  types::hll_forget_cardinality(draft.bytes());
  const auto bytes = ctx.db(key).resize_string(at, draft.view().size());
  std::copy(draft.view().begin(), draft.view().end(), bytes.begin());
}

inline std::size_t sparse_bytes_max(keyspace::command_context& ctx) {
  return ctx.shards.settings().hll_sparse_bytes_max.load(std::memory_order_relaxed);
}

} // namespace thespis::commands
