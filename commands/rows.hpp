#pragma once

/// The rows of the command table, family by family. Each span is a constexpr array at the end of
/// the family's source, next to the handlers that it names; `all_commands()` is the table over all
/// of them. A new family adds its declaration here and its span in rows.cpp.

#include "base/result.hpp"
#include "protocol/command_spec.hpp"
#include "protocol/command_table.hpp"

#include <span>
#include <string_view>

namespace thespis::commands {

std::span<const protocol::command_spec> string_rows() noexcept;
std::span<const protocol::command_spec> string_set_rows() noexcept;
std::span<const protocol::command_spec> string_number_rows() noexcept;
std::span<const protocol::command_spec> string_condition_rows() noexcept;
std::span<const protocol::command_spec> lcs_rows() noexcept;
std::span<const protocol::command_spec> list_rows() noexcept;
std::span<const protocol::command_spec> list_index_rows() noexcept;
std::span<const protocol::command_spec> list_search_rows() noexcept;
std::span<const protocol::command_spec> list_move_rows() noexcept;
std::span<const protocol::command_spec> list_blocking_rows() noexcept;
std::span<const protocol::command_spec> bitmap_rows() noexcept;
std::span<const protocol::command_spec> bit_field_rows() noexcept;
std::span<const protocol::command_spec> hyperloglog_rows() noexcept;
std::span<const protocol::command_spec> hyperloglog_debug_rows() noexcept;
std::span<const protocol::command_spec> hash_rows() noexcept;
std::span<const protocol::command_spec> hash_number_rows() noexcept;
std::span<const protocol::command_spec> hash_pick_rows() noexcept;
std::span<const protocol::command_spec> hash_expiry_rows() noexcept;
std::span<const protocol::command_spec> hash_getset_rows() noexcept;
std::span<const protocol::command_spec> key_rows() noexcept;
std::span<const protocol::command_spec> expiry_rows() noexcept;
std::span<const protocol::command_spec> rename_rows() noexcept;
std::span<const protocol::command_spec> dump_rows() noexcept;
std::span<const protocol::command_spec> scan_rows() noexcept;
std::span<const protocol::command_spec> sort_rows() noexcept;
std::span<const protocol::command_spec> transaction_rows() noexcept;
std::span<const protocol::command_spec> script_rows() noexcept;
std::span<const protocol::command_spec> script_control_rows() noexcept;
std::span<const protocol::command_spec> function_rows() noexcept;
std::span<const protocol::command_spec> function_call_rows() noexcept;
std::span<const protocol::command_spec> function_control_rows() noexcept;
std::span<const protocol::command_spec> object_rows() noexcept;
std::span<const protocol::command_spec> set_rows() noexcept;
std::span<const protocol::command_spec> set_random_rows() noexcept;
std::span<const protocol::command_spec> set_algebra_rows() noexcept;
std::span<const protocol::command_spec> set_cardinality_rows() noexcept;
std::span<const protocol::command_spec> zset_rows() noexcept;
std::span<const protocol::command_spec> zset_range_rows() noexcept;
std::span<const protocol::command_spec> zset_pop_rows() noexcept;
std::span<const protocol::command_spec> zset_blocking_rows() noexcept;
std::span<const protocol::command_spec> zset_walk_rows() noexcept;
std::span<const protocol::command_spec> zset_algebra_rows() noexcept;
std::span<const protocol::command_spec> geo_rows() noexcept;
std::span<const protocol::command_spec> geo_search_rows() noexcept;
std::span<const protocol::command_spec> stream_rows() noexcept;
std::span<const protocol::command_spec> stream_range_rows() noexcept;
std::span<const protocol::command_spec> stream_read_rows() noexcept;
std::span<const protocol::command_spec> stream_group_rows() noexcept;
std::span<const protocol::command_spec> stream_pending_rows() noexcept;
std::span<const protocol::command_spec> stream_claim_rows() noexcept;
std::span<const protocol::command_spec> stream_info_rows() noexcept;
std::span<const protocol::command_spec> stream_delete_rows() noexcept;
std::span<const protocol::command_spec> connection_rows() noexcept;
std::span<const protocol::command_spec> client_rows() noexcept;
std::span<const protocol::command_spec> tracking_rows() noexcept;
std::span<const protocol::command_spec> monitor_rows() noexcept;
std::span<const protocol::command_spec> pubsub_rows() noexcept;
std::span<const protocol::command_spec> subscription_rows() noexcept;
std::span<const protocol::command_spec> server_rows() noexcept;
std::span<const protocol::command_spec> save_rows() noexcept;
std::span<const protocol::command_spec> journal_rows() noexcept;
std::span<const protocol::command_spec> config_rows() noexcept;
std::span<const protocol::command_spec> info_rows() noexcept;
std::span<const protocol::command_spec> memory_rows() noexcept;
std::span<const protocol::command_spec> slowlog_rows() noexcept;
std::span<const protocol::command_spec> latency_rows() noexcept;
std::span<const protocol::command_spec> debug_rows() noexcept;
std::span<const protocol::command_spec> command_rows() noexcept;

/// The command table of this server, built at the first call. Cost of later calls: O(1).
const protocol::command_table& all_commands();

/// redis.conf's rename-command, for all stores of the process; an empty new name takes the command
/// away from clients. The fault is the reason in Redis' words. REQUIRES: there is no store yet.
base::result<void> rename_command(std::string_view name, std::string_view new_name);

} // namespace thespis::commands
