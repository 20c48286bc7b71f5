#include "commands/rows.hpp"

#include <array>

namespace thespis::commands {

const protocol::command_table& all_commands() {
  static const std::array families = {
    string_rows(),
    string_set_rows(),
    string_number_rows(),
    string_condition_rows(),
    lcs_rows(),
    key_rows(),
    expiry_rows(),
    rename_rows(),
    scan_rows(),
    object_rows(),
    connection_rows(),
    client_rows(),
    server_rows(),
    config_rows(),
    info_rows(),
    memory_rows(),
    slowlog_rows(),
    latency_rows(),
    debug_rows(),
    command_rows()};
  static const protocol::command_table table{families};
  return table;
}

} // namespace thespis::commands
