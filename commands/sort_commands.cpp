/// SORT and SORT_RO: the elements of a list, a set or a sorted set, in the order of numbers or
/// texts, which are the elements themselves or stand under other keys (BY), and in their place what
/// stands under further keys (GET).
///
/// The other keys are named by patterns, so they may lie in any partition: a request that has
/// patterns borrows all of them (protocol::reads_unnamed_keys), and runs here as any other.

#include "commands/list_value.hpp"
#include "commands/rows.hpp"
#include "commands/sort_options.hpp"
#include "commands/sorting.hpp"
#include "types/list.hpp"
#include "types/listpack_size.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using keyspace::value_type;
using protocol::arguments;

namespace {

/// The result as a list, under the name that Redis gives it: it pushes the elements one after the
/// other, each estimated at 8 bytes more than its own, and looks in the end whether one listpack
/// was enough.
class result_list {
public:
  explicit result_list(types::listpack_limit limit) noexcept : limit_(limit) {
  }

  void add(std::string_view element) {
    constexpr std::size_t estimated_overhead = 8;
    const auto count = list_.size();
    fits_ = fits_ && count < limit_.count_max()
            && (count == 0 || bytes_ + element.size() + estimated_overhead <= limit_.bytes_max());
    list_.push_back(element);
    bytes_ += types::listpack_element_bytes(element);
  }
  types::list take() {
    if (!fits_ || bytes_ > limit_.bytes_max())
      list_.growing(limit_, limit_.bytes_max(), limit_.count_max());
    return std::move(list_);
  }

private:
  types::listpack_limit limit_;
  types::list list_;
  std::size_t bytes_ = types::empty_listpack_bytes;
  bool fits_ = true;
};

void store_result(command_context& ctx, sorting& sorted, std::string_view key) {
  result_list result{list_limit(ctx)};
  sorted.visit_result(
    [&](std::optional<std::string_view> element) { result.add(element.value_or("")); });
  const auto size = store_collection(ctx, key, result.take(), event_class::list, "sortstore",
                                     sorted.result_size());
  ctx.reply.integer(static_cast<std::int64_t>(size));
}

void reply_result(command_context& ctx, sorting& sorted) {
  ctx.reply.array(sorted.result_size());
  sorted.visit_result(
    [&](std::optional<std::string_view> element) { ctx.reply.bulk_or_null(element); });
}

bool is_sortable(value_type type) noexcept {
  return type == value_type::list || type == value_type::set || type == value_type::zset;
}

template <class Value>
std::size_t size_of(const keyspace::entry& from) noexcept {
  types::lent<Value> value{from.object()};
  return value->size();
}

/// REQUIRES: is_sortable().
std::size_t sort_size(const keyspace::entry& from) noexcept {
  if (from.type() == value_type::list)
    return size_of<types::list>(from);
  return from.type() == value_type::set ? size_of<types::set>(from)
                                        : size_of<types::sorted_set>(from);
}

void sort_command(command_context& ctx, arguments args, bool may_store) {
  const auto options = read_sort_options(ctx, args, may_store);
  if (!options)
    return;
  const auto at = ctx.find_to_read(args[1]);
  if (at && !is_sortable(at->type()))
    return ctx.reply.error(protocol::errors::wrong_type);
  if (at && ctx.moves_for(sort_size(*at)))
    return;
  sorting sorted{ctx, *options, at};
  if (!sorted.arrange())
    return ctx.reply.error(protocol::errors::sort_not_a_double);
  if (options->store_in)
    store_result(ctx, sorted, *options->store_in);
  else
    reply_result(ctx, sorted);
}

} // namespace

/// SORT key [BY pattern] [LIMIT offset count] [GET pattern …] [ASC | DESC] [ALPHA] [STORE
/// destination] -> elements, null where GET found nothing; or the size of what was stored
/// Errors: syntax, LIMIT, WRONGTYPE, a weight that is no number. Cost: O(n + m log m) for n
/// elements of which m are wanted, and a look-up for each pattern.
void cmd_sort(command_context& ctx, arguments args) {
  sort_command(ctx, args, true);
}

/// SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern …] [ASC | DESC] [ALPHA] -> elements
/// Errors and cost: as SORT.
void cmd_sort_ro(command_context& ctx, arguments args) {
  sort_command(ctx, args, false);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec sort_keys[] = {
  {.flags = key_ro | key_access, .position = 1},
  {.flags = key_ro | key_access, .begin_search = key_spec::begin::unknown,
   .find_keys = key_spec::find::unknown,
   .notes = "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive "
            "from the content of the key we sort"},
  {.flags = key_ow | key_update, .begin_search = key_spec::begin::unknown,
   .find_keys = key_spec::find::unknown,
   .notes = "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear "
            "anywhere in the argument array"},
};

constexpr std::string_view sort_complexity
  = "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number "
    "of returned elements. When the elements are not sorted, complexity is O(N).";

constexpr command_spec sort_table[] = {
  {.name = "sort", .arity = -2, .flags = write | denyoom,
   .acl = acl_set | acl_sortedset | acl_list | acl_dangerous, .keys = sort_keys,
   .keys_rule = key_rule::sort, .route = way::borrow, .run = cmd_sort,
   .group = command_group::generic, .since = "1.0.0", .complexity = sort_complexity,
   .summary = "Replies with the elements of a list, a set or a sorted set in order, or stores them.",
   .syntax =
     "key [BY by-pattern:pattern#1] [LIMIT limit{offset:integer count:integer}] "
     "[GET... get-pattern:pattern#1] [order(ASC|DESC)] [ALPHA sorting:token] "
     "[STORE destination:key#2]"},
  {.name = "sort_ro", .arity = -2, .flags = readonly,
   .acl = acl_set | acl_sortedset | acl_list | acl_dangerous,
   .keys = std::span{sort_keys}.first(2),
   .keys_rule = key_rule::sort_ro, .route = way::borrow, .run = cmd_sort_ro,
   .group = command_group::generic, .since = "7.0.0", .complexity = sort_complexity,
   .summary = "Replies with the elements of a list, a set or a sorted set in order.",
   .syntax =
     "key [BY by-pattern:pattern#1] [LIMIT limit{offset:integer count:integer}] "
     "[GET... get-pattern:pattern#1] [order(ASC|DESC)] [ALPHA sorting:token]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> sort_rows() noexcept {
  return sort_table;
}

} // namespace thespis::commands
