#include "commands/rows.hpp"

#include <array>

namespace thespis::commands {

namespace {

protocol::command_table& table_of_process() {
  // clang-format off
  static const std::array families = {string_rows(),
                                      string_set_rows(),
                                      string_number_rows(),
                                      string_condition_rows(),
                                      list_rows(),
                                      list_index_rows(),
                                      list_search_rows(),
                                      list_move_rows(),
                                      list_blocking_rows(),
                                      bitmap_rows(),
                                      bit_field_rows(),
                                      hyperloglog_rows(),
                                      hyperloglog_debug_rows(),
                                      hash_rows(),
                                      hash_number_rows(),
                                      hash_pick_rows(),
                                      hash_expiry_rows(),
                                      hash_getset_rows(),
                                      lcs_rows(),
                                      key_rows(),
                                      expiry_rows(),
                                      rename_rows(),
                                      dump_rows(),
                                      scan_rows(),
                                      sort_rows(),
                                      object_rows(),
                                      transaction_rows(),
                                      script_rows(),
                                      script_control_rows(),
                                      function_rows(),
                                      function_call_rows(),
                                      function_control_rows(),
                                      connection_rows(),
                                      client_rows(),
                                      tracking_rows(),
                                      monitor_rows(),
                                      pubsub_rows(),
                                      subscription_rows(),
                                      server_rows(),
                                      save_rows(),
                                      journal_rows(),
                                      config_rows(),
                                      info_rows(),
                                      memory_rows(),
                                      slowlog_rows(),
                                      latency_rows(),
                                      debug_rows(),
                                      command_rows(),
                                      set_rows(),
                                      set_random_rows(),
                                      set_algebra_rows(),
                                      set_cardinality_rows(),
                                      zset_rows(),
                                      zset_range_rows(),
                                      zset_pop_rows(),
                                      zset_blocking_rows(),
                                      zset_walk_rows(),
                                      zset_algebra_rows(),
                                      geo_rows(),
                                      geo_search_rows(),
                                      stream_rows(),
                                      stream_range_rows(),
                                      stream_read_rows(),
                                      stream_group_rows(),
                                      stream_pending_rows(),
                                      stream_claim_rows(),
                                      stream_info_rows(),
                                      stream_delete_rows()};
  // clang-format on
  static protocol::command_table table{families};
  return table;
}

} // namespace

const protocol::command_table& all_commands() {
  return table_of_process();
}

base::result<void> rename_command(std::string_view name, std::string_view new_name) {
  switch (table_of_process().rename(name, new_name)) {
    case protocol::renaming::no_such_command:
      return base::fault{"No such command in rename-command"};
    case protocol::renaming::name_is_taken:
      return base::fault{"Target command name already exists"};
    case protocol::renaming::done:
      break;
  }
  return {};
}

} // namespace thespis::commands
