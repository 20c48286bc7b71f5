#include "commands/info_sections.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>

namespace thespis::commands {

namespace {

constexpr std::array sections = {
  info_section{"server", "Server", true, write_server_section},
  info_section{"clients", "Clients", true, write_clients_section},
  info_section{"memory", "Memory", true, write_memory_section},
  info_section{"persistence", "Persistence", true, write_persistence_section},
  info_section{"stats", "Stats", true, write_stats_section},
  info_section{"replication", "Replication", true, write_replication_section},
  info_section{"cpu", "CPU", true, write_cpu_section},
  info_section{"modules", "Modules", true, write_modules_section},
  info_section{"commandstats", "Commandstats", false, write_commandstats_section},
  info_section{"errorstats", "Errorstats", true, write_errorstats_section},
  info_section{"latencystats", "Latencystats", false, write_latencystats_section},
  info_section{"cluster", "Cluster", true, write_cluster_section},
  info_section{"keyspace", "Keyspace", true, write_keyspace_section},
};

/// Whether one word of INFO asks for the section.
bool asks_for(std::string_view word, const info_section& section) {
  if (base::equals_nocase(word, "default"))
    return section.usual;
  return base::equals_nocase(word, section.name) || base::equals_nocase(word, "all")
         || base::equals_nocase(word, "everything");
}

} // namespace

std::span<const info_section> info_sections() noexcept {
  return sections;
}

std::string describe_server(server_state& server, std::span<const std::string_view> words,
                            keyspace::instant now) {
  static constexpr std::string_view usual[] = {"default"};
  if (words.empty())
    words = usual;
  info_text out;
  for (const auto& section : sections) {
    const auto wanted = std::any_of(words.begin(), words.end(),
                                    [&](std::string_view word) { return asks_for(word, section); });
    if (!wanted)
      continue;
    out.section(section.title);
    section.write(out, server, now);
  }
  return out.str();
}

} // namespace thespis::commands
