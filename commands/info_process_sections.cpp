/// INFO about the process: server, clients, memory, cpu.

#include "base/time_units.hpp"
#include "base/version.hpp"
#include "commands/info_sections.hpp"
#include "commands/memory_report.hpp"
#include "commands/server_state.hpp"
#include "keyspace/access_clock.hpp"

#include <algorithm>

namespace thespis::commands {

using base::option;

namespace {

constexpr std::int64_t s_per_day = 24 * 3600;

/// "listener0:name=tcp,bind=*,bind=-::*,port=6379".
void write_listeners(info_text& out, const base::options& options) {
  int number = 0;
  if (const auto port = options.get(option::port); port != 0) {
    std::string binds;
    for (const auto& address : options.bind_addresses())
      binds += ",bind=" + address;
    out.line("listener{}:name=tcp{},port={}", number++, binds, port);
  }
  if (const auto& path = options.text(option::unixsocket); !path.empty())
    out.line("listener{}:name=unix,bind={}", number, path);
}

std::string_view policy_name(const base::options& options) {
  const auto policy = options.get(option::maxmemory_policy);
  for (const auto& [name, value] : base::eviction_policies)
    if (value == policy)
      return name;
  return "noeviction";
}

} // namespace

void write_server_section(info_text& out, server_state& server, keyspace::instant now) {
  const auto& facts = server.facts;
  const auto& options = server.options;
  const auto uptime_s = std::max<std::int64_t>((now.ms - facts.started_ms) / base::ms_per_s, 0);
  out.field("redis_version", base::redis_version);
  out.field("server_name", "thespis");
  out.field("thespis_version", base::thespis_version);
  out.field("redis_git_sha1", "00000000");
  out.field("redis_git_dirty", 0);
  out.field("redis_build_id", facts.build_id);
  out.field("redis_mode", "standalone");
  out.field("os", facts.os);
  out.field("arch_bits", sizeof(void*) * 8);
  out.field("monotonic_clock", "POSIX clock_gettime");
  out.field("multiplexing_api", "epoll");
  out.field("atomicvar_api", "c11-builtin");
  out.field("gcc_version", facts.compiler_version);
  out.field("process_id", facts.process_id);
  out.field("process_supervised", facts.supervised);
  out.field("run_id", facts.run_id);
  out.field("tcp_port", options.get(option::port));
  out.field("server_time_usec", now.us);
  out.field("uptime_in_seconds", uptime_s);
  out.field("uptime_in_days", uptime_s / s_per_day);
  out.field("hz", options.get(option::hz));
  out.field("configured_hz", options.get(option::hz));
  out.field("lru_clock", keyspace::lru_clock(now.ms));
  out.field("executable", facts.executable);
  out.field("config_file", facts.config_file);
  out.field("io_threads_active", facts.event_loops > 1);
  write_listeners(out, options);
  out.field("event_loops", facts.event_loops);
  out.field("partitions", facts.partitions);
}

void write_clients_section(info_text& out, server_state& server, keyspace::instant) {
  constexpr auto relaxed = std::memory_order_relaxed;
  std::uint64_t connected = 0;
  std::uint64_t blocked = 0;
  std::uint64_t tracking = 0;
  std::uint64_t input_max = 0;
  std::uint64_t output_max = 0;
  for (const auto& [id, client] : server.clients) {
    connected += client->has_flag(client_replica) ? 0 : 1;
    blocked += client->has_flag(client_blocked) ? 1 : 0;
    tracking += client->has_flag(client_tracking_on) ? 1 : 0;
    input_max = std::max(input_max, client->query_bytes.load(relaxed)
                                      + client->query_free_bytes.load(relaxed));
    output_max = std::max(output_max, client->output_bytes.load(relaxed)
                                        + client->output_list_bytes.load(relaxed));
  }
  out.field("connected_clients", connected);
  out.field("cluster_connections", 0);
  out.field("maxclients", server.options.get(option::maxclients));
  out.field("client_recent_max_input_buffer", input_max);
  out.field("client_recent_max_output_buffer", output_max);
  out.field("blocked_clients", blocked);
  out.field("tracking_clients", tracking);
  out.field("clients_in_timeout_table", 0);
  std::uint64_t waited_for = 0;
  for (const auto* shard : server.shards)
    waited_for += shard->changes.waiting().keys().get();
  out.field("total_blocking_keys", waited_for);
  out.field("total_blocking_keys_on_nokey", 0);
}

namespace {

void write_used_memory(info_text& out, const memory_report& report) {
  const auto& seen = report.measured;
  out.bytes("used_memory", seen.used);
  out.bytes("used_memory_rss", seen.resident);
  out.bytes("used_memory_peak", seen.peak);
  out.percentage("used_memory_peak_perc", report.peak_percent);
  out.field("used_memory_overhead", report.overhead);
  out.field("used_memory_startup", report.startup);
  out.field("used_memory_dataset", report.dataset);
  out.percentage("used_memory_dataset_perc", report.dataset_percent);
  out.field("allocator_allocated", seen.allocator_allocated);
  out.field("allocator_active", seen.allocator_active);
  out.field("allocator_resident", seen.allocator_resident);
}

void write_script_memory(info_text& out, const server_state& server) {
  const auto& figures = server.library_figures;
  const auto engines = server.scripts == nullptr ? 0 : server.scripts->engine_bytes();
  const auto scripts = figures.script_bytes.get();
  const auto functions = figures.function_bytes.get();
  out.field("used_memory_lua", engines);
  // An engine runs scripts and functions.
  out.field("used_memory_vm_eval", engines);
  out.field("used_memory_lua_human", info_text::human(engines));
  out.field("used_memory_scripts_eval", scripts);
  out.field("number_of_cached_scripts", figures.scripts.get());
  out.field("number_of_functions", figures.functions.get());
  out.field("number_of_libraries", figures.libraries.get());
  out.field("used_memory_vm_functions", 0);
  out.bytes("used_memory_vm_total", engines);
  out.field("used_memory_functions", functions);
  out.bytes("used_memory_scripts", scripts + functions);
}

void write_fragmentation(info_text& out, const memory_report& report) {
  out.field("allocator_frag_ratio", report.allocator_fragmentation);
  out.field("allocator_frag_bytes", report.allocator_fragmentation_bytes);
  out.field("allocator_rss_ratio", report.allocator_resident_ratio);
  out.field("allocator_rss_bytes", report.allocator_resident_bytes);
  out.field("rss_overhead_ratio", report.process_overhead_ratio);
  out.field("rss_overhead_bytes", report.process_overhead_bytes);
  out.field("mem_fragmentation_ratio", report.fragmentation);
  out.field("mem_fragmentation_bytes", report.fragmentation_bytes);
}

} // namespace

void write_memory_section(info_text& out, server_state& server, keyspace::instant) {
  const auto report = measure(server);
  write_used_memory(out, report);
  out.bytes("total_system_memory", server.facts.system_memory_bytes);
  write_script_memory(out, server);
  out.bytes("maxmemory", server.options.bytes(option::maxmemory));
  out.field("maxmemory_policy", policy_name(server.options));
  write_fragmentation(out, report);
  out.field("mem_not_counted_for_evict", 0);
  out.field("mem_replication_backlog", 0);
  out.field("mem_total_replication_buffers", 0);
  out.field("mem_clients_slaves", report.clients_replicas);
  out.field("mem_clients_normal", report.clients_normal);
  out.field("mem_cluster_links", 0);
  out.field("mem_aof_buffer", 0);
  out.field("mem_allocator", server.facts.allocator);
  out.field("active_defrag_running", 0);
  out.field("lazyfree_pending_objects", server.garbage());
  out.field("lazyfreed_objects", server.traffic_so_far().reclaimed);
}

void write_cpu_section(info_text& out, server_state& server, keyspace::instant) {
  const auto used = server.cpu();
  out.seconds("used_cpu_sys", used.system_us);
  out.seconds("used_cpu_user", used.user_us);
  out.seconds("used_cpu_sys_children", used.system_children_us);
  out.seconds("used_cpu_user_children", used.user_children_us);
  out.seconds("used_cpu_sys_main_thread", used.system_thread_us);
  out.seconds("used_cpu_user_main_thread", used.user_thread_us);
}

} // namespace thespis::commands
