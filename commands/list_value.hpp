#pragma once

/// What the commands of lists share: the two ends, ranges, runs of elements in replies, and moving
/// and taking elements, which the commands that block do in the same way.

#include "commands/collection.hpp"
#include "keyspace/command_context.hpp"
#include "types/list.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

enum class list_end { left, right };

inline std::string_view push_event(list_end where) noexcept {
  return where == list_end::left ? "lpush" : "rpush";
}
inline std::string_view pop_event(list_end where) noexcept {
  return where == list_end::left ? "lpop" : "rpop";
}

/// LEFT or RIGHT, in any case. Nothing: a syntax error has been replied.
std::optional<list_end> read_list_end(keyspace::command_context& ctx, std::string_view word);

/// Up to what lists are called listpacks.
inline types::listpack_limit list_limit(keyspace::command_context& ctx) {
  return types::listpack_limit{
    ctx.shards.settings().list_packed_size.load(std::memory_order_relaxed)};
}

inline std::string_view end_of(const types::list& value, list_end where) noexcept {
  return where == list_end::left ? value.front() : value.back();
}
inline void push(types::list& value, list_end where, std::string_view element) {
  where == list_end::left ? value.push_front(element) : value.push_back(element);
}
inline void pop(types::list& value, list_end where) noexcept {
  where == list_end::left ? value.pop_front() : value.pop_back();
}

/// Elements by number, from the first one on.
struct list_range {
  std::size_t first = 0;
  std::size_t count = 0;
};
/// Those from `start` to `stop`, which count from the end if they are negative.
list_range range_between(std::int64_t start, std::int64_t stop, std::size_t size) noexcept;
/// The element number `index`, from the end if it is negative; nothing if there is none.
std::optional<std::size_t> element_number(std::int64_t index, std::size_t size) noexcept;

/// An array of these elements. Cost: O(number of elements), and what list::for_each_run says.
void reply_range(keyspace::command_context& ctx, const types::list& value, list_range range);

/// The array of `count` elements that leave the list at that end, in that order, and everything
/// that follows from it. REQUIRES: 0 < count <= size.
void reply_and_pop(keyspace::command_context& ctx, std::string_view key,
                   keyspace::database::slot& at, list_end where, std::size_t count);

/// Moves one element from a list to another one, or within one, and replies with it. `from` and
/// `to` may be in different shards. Nothing happens if there is no source: then false. An error of
/// the type is replied, and counts as done.
bool move_element(keyspace::command_context& ctx, std::string_view from, std::string_view to,
                  list_end where_from, list_end where_to);

/// The arguments of LMPOP and, behind the timeout, of BLMPOP.
struct many_pop {
  protocol::arguments keys;
  list_end where;
  std::size_t count;
};
/// `first`: the index of numkeys. Nothing: an error has been replied.
std::optional<many_pop> read_many_pop(keyspace::command_context& ctx, protocol::arguments args,
                                      std::size_t first);
/// Takes elements from the first list that there is and replies with its key and them; also done
/// after an error of the type. False: there is none.
bool pop_from_first(keyspace::command_context& ctx, const many_pop& wanted);

} // namespace thespis::commands
