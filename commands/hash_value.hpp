#pragma once

/// Hashes as commands see them: a field whose time has come is not there. Those who read pass over
/// it, those who write take it out first, and active expiry does the rest.

#include "commands/collection.hpp"
#include "keyspace/command_context.hpp"
#include "types/hash.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace thespis::commands {

inline std::optional<types::hash_item> live_field(const types::hash& in, std::string_view field,
                                                  std::int64_t now_ms) noexcept {
  auto found = in.find(field);
  if (found && found->expired_at(now_ms)) [[unlikely]]
    found.reset();
  return found;
}

/// Calls visit(const hash_item&) for every field that has not expired.
template <class Visitor>
void for_each_live(const types::hash& in, std::int64_t now_ms, Visitor&& visit) {
  in.for_each([&](const types::hash_item& each) {
    if (!each.expired_at(now_ms)) [[likely]]
      visit(each);
  });
}

/// Takes the field out if it has expired, and says so.
void drop_if_expired(keyspace::command_context& ctx, std::string_view key, types::hash& in,
                     std::string_view field);

/// The field, for a command that is about to change it. The views are valid until it does.
inline std::optional<types::hash_item> field_to_change(keyspace::command_context& ctx,
                                                       std::string_view key, types::hash& in,
                                                       std::string_view field) {
  if (in.expiring() != 0) [[unlikely]]
    drop_if_expired(ctx, key, in, field);
  return in.find(field);
}

/// Sets a field; its expiry goes unless `keep_expiry`. Returns whether it is new.
inline bool set_field(keyspace::command_context& ctx, std::string_view key, types::hash& in,
                      std::string_view field, std::string_view value, bool keep_expiry = false) {
  if (in.expiring() != 0) [[unlikely]]
    drop_if_expired(ctx, key, in, field);
  return in.set(field, value, ctx.home(key).access.hash_packed.get(), keep_expiry);
}

/// So many fields are to be set at once: a hash that cannot stay packed is not even begun as one.
inline void expect_fields(keyspace::command_context& ctx, std::string_view key, types::hash& in,
                          std::size_t count) {
  if (count > ctx.home(key).access.hash_packed.get().entries) [[unlikely]]
    in.unpack();
}

/// Has the keyspace look at the hash when its first field expires. To be called before the value is
/// closed. Cost: O(1).
inline void announce(keyspace::command_context& ctx, std::string_view key,
                     const keyspace::database::slot& at, const types::hash& value) {
  if (auto* alarm = value.alarm(); alarm != nullptr && at)
    ctx.db(key).announce(at, *alarm);
}

} // namespace thespis::commands
