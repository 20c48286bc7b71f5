#pragma once

/// INFO: the state of the server as text, section by section, with the names, the order and the
/// formats of Redis 7.2. A figure of a feature that this server does not have keeps its name and
/// the value that is true of a server without it.

#include "commands/info_text.hpp"
#include "keyspace/command_context.hpp"

#include <span>
#include <string>
#include <string_view>

namespace thespis::commands {

struct server_state;

struct info_section {
  /// What INFO takes as an argument, and the head line.
  std::string_view name;
  std::string_view title;
  /// Whether plain INFO shows it.
  bool usual;
  void (*write)(info_text& out, server_state& server, keyspace::instant now);
};

/// All of them, in the order in which they are shown.
std::span<const info_section> info_sections() noexcept;

/// What INFO with these words replies: names of sections in any case, "default", "all",
/// "everything"; none is "default". Unknown words are passed over.
std::string describe_server(server_state& server, std::span<const std::string_view> words,
                            keyspace::instant now);

// The sections, by source file.
void write_server_section(info_text& out, server_state& server, keyspace::instant now);
void write_clients_section(info_text& out, server_state& server, keyspace::instant now);
void write_memory_section(info_text& out, server_state& server, keyspace::instant now);
void write_cpu_section(info_text& out, server_state& server, keyspace::instant now);

void write_persistence_section(info_text& out, server_state& server, keyspace::instant now);
void write_replication_section(info_text& out, server_state& server, keyspace::instant now);
void write_modules_section(info_text& out, server_state& server, keyspace::instant now);
void write_cluster_section(info_text& out, server_state& server, keyspace::instant now);
void write_keyspace_section(info_text& out, server_state& server, keyspace::instant now);

void write_stats_section(info_text& out, server_state& server, keyspace::instant now);
void write_commandstats_section(info_text& out, server_state& server, keyspace::instant now);
void write_errorstats_section(info_text& out, server_state& server, keyspace::instant now);
void write_latencystats_section(info_text& out, server_state& server, keyspace::instant now);

} // namespace thespis::commands
