#include "commands/memory_report.hpp"

#include "commands/server_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace thespis::commands {

namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::int64_t difference(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(a) - static_cast<std::int64_t>(b);
}

void add_clients(const server_state& server, memory_report& report) {
  report.clients = server.clients.size();
  for (const auto& [id, client] : server.clients) {
    const auto bytes = client->total_bytes.load(std::memory_order_relaxed);
    if (type_of(*client) == client_type::replica)
      report.clients_replicas += bytes;
    else
      report.clients_normal += bytes;
  }
}

void derive_ratios(memory_report& report) {
  const auto& seen = report.measured;
  report.fragmentation = ratio(seen.resident, seen.used);
  report.fragmentation_bytes = difference(seen.resident, seen.used);
  report.allocator_fragmentation = ratio(seen.allocator_active, seen.allocator_allocated);
  report.allocator_fragmentation_bytes = difference(seen.allocator_active,
                                                    seen.allocator_allocated);
  report.allocator_resident_ratio = ratio(seen.allocator_resident, seen.allocator_active);
  report.allocator_resident_bytes = difference(seen.allocator_resident, seen.allocator_active);
  report.process_overhead_ratio = ratio(seen.resident, seen.allocator_resident);
  report.process_overhead_bytes = difference(seen.resident, seen.allocator_resident);
  report.peak_percent = ratio(seen.used, seen.peak) * 100;
}

/// What the table of one shard's database takes for so many keys, known from their number alone as
/// the table is the shard's. Small tables are filled to the brim of their steps, larger ones about
/// four fifths (docs/decisions/005-extendible-hashing.md); some 200 keys share ten bytes of
/// directory.
std::uint64_t table_bytes(std::uint64_t keys) {
  constexpr std::uint64_t bucket_bytes = 64;
  constexpr std::uint64_t bucket_keys = 7;
  constexpr std::uint64_t directory_word_bytes = 10;
  if (keys == 0)
    return 0;
  const auto buckets = keys <= bucket_keys ? 1 : (keys * 5 / 4 + bucket_keys - 1) / bucket_keys;
  return buckets * bucket_bytes + (keys / 200 + 1) * directory_word_bytes;
}

/// What the wheel takes for so many keys that expire, if they do so at about the same time: one
/// level with its chunks of 30 records.
std::uint64_t wheel_bytes(std::uint64_t expires) {
  constexpr std::uint64_t chunk_bytes = 256;
  constexpr std::uint64_t chunk_records = 30;
  constexpr std::uint64_t level_bytes = 520;
  if (expires == 0)
    return 0;
  return level_bytes + (expires + chunk_records - 1) / chunk_records * chunk_bytes;
}

void reply_number(protocol::reply_writer& reply, std::string_view name, std::uint64_t value) {
  reply.bulk(name);
  reply.integer(static_cast<std::int64_t>(value));
}

void reply_signed(protocol::reply_writer& reply, std::string_view name, std::int64_t value) {
  reply.bulk(name);
  reply.integer(value);
}

void reply_ratio(protocol::reply_writer& reply, std::string_view name, double value) {
  reply.bulk(name);
  reply.dbl(value);
}

void reply_databases(protocol::reply_writer& reply, const memory_report& report) {
  for (const auto& database : report.databases) {
    reply.bulk(fmt::format("db.{}", database.index));
    reply.map(3);
    reply_number(reply, "overhead.hashtable.main", database.table_bytes);
    reply_number(reply, "overhead.hashtable.expires", database.expiry_bytes);
    reply_number(reply, "overhead.hashtable.slot-to-keys", 0);
  }
}

} // namespace

std::vector<database_figures> count_keys(const server_state& server) {
  std::vector<database_figures> out;
  std::size_t count = 0;
  for (const auto* shard : server.shards)
    count = std::max(count, shard->keys.size());
  for (std::size_t i = 0; i < count; ++i) {
    database_figures sum{.index = static_cast<int>(i)};
    double times_ms = 0;
    for (const auto* shard : server.shards) {
      const auto keys = shard->keys[i].get();
      const auto expires = shard->expires[i].get();
      sum.keys += keys;
      sum.expires += expires;
      sum.table_bytes += table_bytes(keys);
      sum.expiry_bytes += wheel_bytes(expires);
      times_ms += static_cast<double>(expires)
                  * static_cast<double>(shard->average_expiry_ms[i].get());
    }
    if (sum.expires != 0)
      sum.average_expiry_ms = static_cast<std::int64_t>(times_ms
                                                        / static_cast<double>(sum.expires));
    if (sum.keys != 0)
      out.push_back(sum);
  }
  return out;
}

memory_report measure(server_state& server) {
  memory_report out;
  out.measured = server.memory();
  out.startup = server.facts.startup_memory_bytes;
  add_clients(server, out);
  out.databases = count_keys(server);
  for (const auto& database : out.databases) {
    out.keys += database.keys;
    out.tables += database.table_bytes + database.expiry_bytes;
  }
  const auto used = out.measured.used;
  out.overhead = out.startup + out.clients_normal + out.clients_replicas + out.tables;
  out.dataset = used - std::min(used, out.overhead);
  const auto net = used - std::min(used, out.startup);
  out.dataset_percent = ratio(out.dataset, net) * 100;
  out.bytes_per_key = out.keys == 0 ? 0 : net / out.keys;
  derive_ratios(out);
  return out;
}

void reply_memory_statistics(protocol::reply_writer& reply, server_state& server) {
  const auto report = measure(server);
  const auto& seen = report.measured;
  reply.map(27 + report.databases.size());
  reply_number(reply, "peak.allocated", seen.peak);
  reply_number(reply, "total.allocated", seen.used);
  reply_number(reply, "startup.allocated", report.startup);
  reply_number(reply, "replication.backlog", 0);
  reply_number(reply, "clients.slaves", report.clients_replicas);
  reply_number(reply, "clients.normal", report.clients_normal);
  reply_number(reply, "cluster.links", 0);
  reply_number(reply, "aof.buffer", 0);
  reply_number(reply, "lua.caches", server.library_figures.script_bytes.get());
  reply_number(reply, "functions.caches", server.library_figures.function_bytes.get());
  reply_databases(reply, report);
  reply_number(reply, "overhead.total", report.overhead);
  reply_number(reply, "keys.count", report.keys);
  reply_number(reply, "keys.bytes-per-key", report.bytes_per_key);
  reply_number(reply, "dataset.bytes", report.dataset);
  reply_ratio(reply, "dataset.percentage", report.dataset_percent);
  reply_ratio(reply, "peak.percentage", report.peak_percent);
  reply_number(reply, "allocator.allocated", seen.allocator_allocated);
  reply_number(reply, "allocator.active", seen.allocator_active);
  reply_number(reply, "allocator.resident", seen.allocator_resident);
  reply_ratio(reply, "allocator-fragmentation.ratio", report.allocator_fragmentation);
  reply_signed(reply, "allocator-fragmentation.bytes", report.allocator_fragmentation_bytes);
  reply_ratio(reply, "allocator-rss.ratio", report.allocator_resident_ratio);
  reply_signed(reply, "allocator-rss.bytes", report.allocator_resident_bytes);
  reply_ratio(reply, "rss-overhead.ratio", report.process_overhead_ratio);
  reply_signed(reply, "rss-overhead.bytes", report.process_overhead_bytes);
  reply_ratio(reply, "fragmentation", report.fragmentation);
  reply_signed(reply, "fragmentation.bytes", report.fragmentation_bytes);
}

} // namespace thespis::commands
