#pragma once

/// How the commands of all collections reach their values.
///
/// Reading:   auto at = ctx.find_to_read(key);
///            if (!at) …; if (is_not<types::hash>(ctx, at)) return;
///            keyspace::object_ref<types::hash> value{*at};
/// Changing:  auto at = ctx.find_to_write(key);
///            if (at && is_not<types::hash>(ctx, at)) return;
///            opened<types::hash> value{ctx, key, at};       // empty if there is none
///            value->set(…);
///            value.close(event_class::hash, "hset");         // or nothing, if nothing changed
///
/// A result that replaces whatever a key holds (SINTERSTORE …) goes through store_collection.
///
/// A collection that has no elements left is deleted, and one that would begin without any never
/// comes to be.

#include "commands/key_changes.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/object.hpp"
#include "protocol/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace thespis::commands {

/// Whether the entry is of another type; then the error has been replied. REQUIRES: there is one.
template <class Value>
bool is_not(keyspace::command_context& ctx, const keyspace::database::slot& at) {
  if (at->type() == keyspace::type_of<Value>) [[likely]]
    return false;
  ctx.reply.error(protocol::errors::wrong_type);
  return true;
}

/// A value that is about to change, in its entry or on its way to one.
template <class Value>
class opened {
public:
  /// REQUIRES: no entry, or one of that type. `at` and what `key` views outlive this.
  opened(keyspace::command_context& ctx, std::string_view key, keyspace::database::slot& at)
    : ctx_(ctx), key_(key), at_(at) {
    if (at)
      value_ = Value::adopt(at->object());
  }
  ~opened() {
    if (at_)
      at_->set_pointer(value_.release());
  }
  opened(const opened&) = delete;
  opened& operator=(const opened&) = delete;

  Value& operator*() noexcept {
    return value_;
  }
  Value* operator->() noexcept {
    return &value_;
  }

  /// The value has changed: a new one becomes an entry, one without elements is deleted, and
  /// everybody is told; `changes`: how many elements it was. Throws std::bad_alloc for a new one,
  /// which is lost then. Only once.
  void close(keyspace::event_class cls, std::string_view event, std::uint64_t changes = 1) {
    if (!at_ && value_.size() == 0)
      return;
    keep();
    ctx_.did_several(cls, event, key_, changes);
    if (value_.size() != 0)
      return;
    at_->set_pointer(value_.release());
    ctx_.db(key_).erase(at_);
    ctx_.also(keyspace::event_class::generic, "del", key_);
  }

  /// Instead of close(): nothing changed but that elements had expired, which has been told. A
  /// value that has none left is deleted.
  void settle() {
    if (!at_ || value_.size() != 0)
      return;
    at_->set_pointer(value_.release());
    ctx_.db(key_).erase(at_);
    ctx_.home(key_).changes.aside(keyspace::event_class::generic, "del", ctx_.client.database, key_,
                                  protocol::arguments{});
  }

protected:
  /// A new value becomes an entry. Tells "new". Throws std::bad_alloc; then it is lost.
  void keep() {
    if (at_)
      return;
    auto* const word = value_.release();
    try {
      ctx_.db(key_).set_object(at_, keyspace::type_of<Value>, word);
    } catch (...) {
      value_ = Value::adopt(word);
      throw;
    }
    value_ = Value::adopt(word);
    ctx_.also(keyspace::event_class::new_key, "new", key_);
  }
  keyspace::command_context& ctx() noexcept {
    return ctx_;
  }
  std::string_view key() const noexcept {
    return key_;
  }

private:
  keyspace::command_context& ctx_;
  std::string_view key_;
  keyspace::database::slot& at_;
  Value value_;
};

/// Makes `result` the value of `key`, whatever was there, or deletes the key if there is nothing in
/// it. Tells `event` or "del"; `changes`: how many elements `event` counts as. Returns the number
/// of elements. Throws std::bad_alloc with nothing changed.
template <class Value>
std::size_t store_collection(keyspace::command_context& ctx, std::string_view key, Value&& result,
                             keyspace::event_class cls, std::string_view event,
                             std::uint64_t changes = 1) {
  auto at = ctx.find_to_write(key);
  const auto size = result.size();
  if (size == 0) {
    if (at)
      erase(ctx, key, at);
    return 0;
  }
  const bool found{at};
  auto* const word = result.release();
  try {
    ctx.db(key).set_object(at, keyspace::type_of<Value>, word);
  } catch (...) {
    Value::adopt(word);
    throw;
  }
  if (!found)
    ctx.also(keyspace::event_class::new_key, "new", key);
  ctx.did_several(cls, event, key, changes);
  return size;
}

} // namespace thespis::commands
