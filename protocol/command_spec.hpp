#pragma once

/// One row of the command table: everything that the server knows about a command. Dispatch, arity
/// checks, COMMAND, COMMAND DOCS, COMMAND GETKEYS, ACL categories and the way through the
/// partitions all derive from it; nothing about a command is written down twice.
///
/// Rows are constexpr, live at the end of their family's source in `commands/`, and are named there
/// one family after the other (`protocol/command_table.cpp` only indexes them). A subcommand is a
/// row of its own whose name has a bar: "client|kill".

#include "protocol/arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace thespis::keyspace {

class command_context;

} // namespace thespis::keyspace

namespace thespis::protocol {

/// Command flags, with the names that COMMAND INFO prints (`protected_command` and `module_command`
/// print without their tail). "movablekeys" is no flag of a row: `has_movable_keys` derives it.
enum command_flag : std::uint32_t {
  write = 1u << 0,
  readonly = 1u << 1,
  denyoom = 1u << 2,
  admin = 1u << 3,
  pubsub = 1u << 4,
  noscript = 1u << 5,
  blocking = 1u << 6,
  loading = 1u << 7,
  stale = 1u << 8,
  skip_monitor = 1u << 9,
  skip_slowlog = 1u << 10,
  asking = 1u << 11,
  fast = 1u << 12,
  no_auth = 1u << 13,
  may_replicate = 1u << 14,
  sentinel = 1u << 15,
  only_sentinel = 1u << 16,
  no_mandatory_keys = 1u << 17,
  protected_command = 1u << 18,
  module_command = 1u << 19,
  no_async_loading = 1u << 20,
  no_multi = 1u << 21,
  allow_busy = 1u << 22,
  /// Works on keys that its arguments do not name (SCAN, RANDOMKEY). COMMAND INFO does not print
  /// it.
  touches_arbitrary_keys = 1u << 23,
  /// Runs at once between MULTI and EXEC, and is not queued. COMMAND INFO does not print it.
  never_queued = 1u << 24,
  /// Changes the client's session on the thread of a partition, so that no other partition may run
  /// something of the client's meanwhile. COMMAND INFO does not print it.
  changes_session = 1u << 25,
  /// MULTI. COMMAND INFO does not print it.
  begins_transaction = 1u << 26,
  /// May be answered much later, though Redis does not call it blocking (WAITAOF). COMMAND INFO
  /// does not print it.
  waits_for_disk = 1u << 27,
  /// A command of the server's own business; COMMAND DOCS prints it as the doc flag "syscmd".
  system_command = 1u << 30,
  /// Not Redis': a row that only routes (the subcommands of DEBUG); COMMAND does not show it.
  hidden = 1u << 31,
};

/// What a request between MULTI and EXEC may not be if it is to be queued without a closer look.
inline constexpr std::uint32_t never_plainly_queued = protected_command | no_multi | never_queued;

/// ACL categories beyond those that flags imply (write, read, admin, dangerous, pubsub, fast, slow,
/// blocking are derived by `acl_categories(spec)` as Redis derives them).
enum acl_category : std::uint32_t {
  acl_keyspace = 1u << 0,
  acl_read = 1u << 1,
  acl_write = 1u << 2,
  acl_set = 1u << 3,
  acl_sortedset = 1u << 4,
  acl_list = 1u << 5,
  acl_hash = 1u << 6,
  acl_string = 1u << 7,
  acl_bitmap = 1u << 8,
  acl_hyperloglog = 1u << 9,
  acl_geo = 1u << 10,
  acl_stream = 1u << 11,
  acl_pubsub = 1u << 12,
  acl_admin = 1u << 13,
  acl_fast = 1u << 14,
  acl_slow = 1u << 15,
  acl_blocking = 1u << 16,
  acl_dangerous = 1u << 17,
  acl_connection = 1u << 18,
  acl_transaction = 1u << 19,
  acl_scripting = 1u << 20,
};

enum class command_group : std::uint8_t {
  generic,
  string,
  list,
  set,
  sorted_set,
  hash,
  pubsub,
  transactions,
  connection,
  server,
  scripting,
  hyperloglog,
  cluster,
  sentinel,
  geo,
  stream,
  bitmap,
};

/// Who runs the command (design: "what spans partitions is still atomic").
enum class way : std::uint8_t {
  /// A partition runs it; all of its keys must be in one partition by nature (one key).
  single,
  /// Multicast: every partition runs it on its share of the keys; replies are merged.
  split,
  /// Rendezvous: all partitions of its keys are borrowed, one thread runs it over all of them.
  /// Where it reads keys that it does not name (`reads_unnamed_keys`), all partitions are.
  borrow,
  /// Multicast to every partition whatever the arguments say; replies are merged.
  everywhere,
  /// Rendezvous of all partitions.
  borrow_all,
  /// SCAN: the partition that the cursor names.
  by_cursor,
  /// A script: rendezvous of all partitions, because it may use keys that it does not name; or of
  /// those of its keys, where it says that it declares them all.
  script,
  /// The broker actor: messages for subscribers.
  broker,

  // -- requests of these never share a batch ------------------------------------------------------
  /// The connection itself: needs nothing but its session.
  session,
  /// EXEC: the connection itself if nothing that is queued needs keys, or a rendezvous of the
  /// partitions of all its keys.
  transaction,
  /// The administrator actor: options, client directory, slow log, statistics.
  administrator,
  /// The fan-out of the client's event loop, which knows what it subscribes to.
  fan_out,
};

constexpr bool is_batched(way route) noexcept {
  return route < way::session;
}
/// Whether it runs other requests, each with statistics and effects of its own.
constexpr bool runs_others(way route) noexcept {
  return route == way::script || route == way::transaction;
}
/// Whether one actor that is no partition runs it.
constexpr bool belongs_to_actor(way route) noexcept {
  return route == way::broker || route == way::administrator || route == way::fan_out;
}

/// How the replies of a `split` or `everywhere` command become one.
enum class merge : std::uint8_t {
  /// The first one (all are the same, such as OK).
  first,
  /// The sum of integers.
  sum,
  /// The elements of arrays, in the order of the keys in the request.
  by_key,
  /// Arrays put behind each other.
  concatenate,
  /// 20-byte digests as 40 hex digits, combined by exclusive or (DEBUG DIGEST).
  exclusive_or,
};

enum key_flag : std::uint16_t {
  key_ro = 1u << 0,
  key_rw = 1u << 1,
  key_ow = 1u << 2,
  key_rm = 1u << 3,
  key_access = 1u << 4,
  key_update = 1u << 5,
  key_insert = 1u << 6,
  key_delete = 1u << 7,
  key_not_key = 1u << 8,
  key_incomplete = 1u << 9,
  key_variable_flags = 1u << 10,
};

/// Where keys stand among the arguments (Redis' key specifications: begin search, find keys).
struct key_spec {
  enum class begin : std::uint8_t { index, keyword, unknown };
  enum class find : std::uint8_t { range, keynum, unknown };

  std::uint16_t flags = 0;
  begin begin_search = begin::index;
  /// begin::index: the argument's index. begin::keyword: where to start looking (negative: from
  /// the end).
  int position = 1;
  std::string_view keyword{};
  find find_keys = find::range;
  /// find::range, relative to the first key: the last one, the step, the divisor of the rest.
  int last_key = 0;
  int step = 1;
  int limit = 0;
  /// find::keynum, relative to the beginning: where the count and the first key stand.
  int key_count_index = 0;
  int first_key = 1;
  std::string_view notes{};
};

/// `key_at<1, key_ro | key_access>`: the one key at that index.
template <int Index, std::uint16_t Flags>
inline constexpr key_spec key_at[] = {{.flags = Flags, .position = Index}};

/// `keys_from<1, 2, key_ow | key_update>`: every second argument from that index to the end.
template <int First, int Step, std::uint16_t Flags>
inline constexpr key_spec keys_from[] = {
  {.flags = Flags, .position = First, .last_key = -1, .step = Step}};

/// What the specifications cannot say: commands whose keys, or what happens to them, depend on
/// their options. Only requests that want the flags of each key, and commands with `unknown` or
/// incomplete specifications, come to it.
enum class key_rule : std::uint8_t {
  specs,
  /// SET with GET also reads.
  set,
  /// BITFIELD with nothing but GET only reads.
  bitfield,
  /// DELEX without a condition does not look at the value.
  delex,
  /// SORT's STORE may stand anywhere.
  sort,
  sort_ro,
  /// MIGRATE takes its keys from KEYS if argument 3 is empty.
  migrate,
  /// GEORADIUS: STORE and STOREDIST may stand anywhere, the last one wins.
  georadius,
};

using command_handler = void (*)(keyspace::command_context& ctx, arguments args);

struct command_spec {
  /// Lower case; "container|subcommand" for a subcommand.
  std::string_view name;
  /// Counts the name (two words for a subcommand); negative: at least that many.
  std::int16_t arity = 0;
  std::uint32_t flags = 0;
  std::uint32_t acl = 0;
  std::span<const key_spec> keys{};
  key_rule keys_rule = key_rule::specs;
  way route = way::single;
  merge replies = merge::first;
  /// Null for a container of subcommands.
  command_handler run = nullptr;
  /// Of a blocking command: the word without which a request never waits. Empty: any may wait.
  std::string_view waits_with{};
  command_group group = command_group::generic;
  std::string_view since{};
  std::string_view complexity{};
  std::string_view summary{};
  /// The arguments in the notation of `protocol/argument_syntax.hpp`; COMMAND DOCS expands it.
  std::string_view syntax{};
  std::string_view deprecated_since{};
  std::string_view replaced_by{};
  /// Command tips ("request_policy:all_shards"), separated by one space.
  std::string_view tips{};
};

/// Whether a command with `arity` takes `count` words.
constexpr bool arity_fits(int arity, std::size_t count) noexcept {
  return arity >= 0 ? count == static_cast<std::size_t>(arity)
                    : count >= static_cast<std::size_t>(-arity);
}

} // namespace thespis::protocol
