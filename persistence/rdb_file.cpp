#include "persistence/rdb_file.hpp"

#include "keyspace/access_clock.hpp"
#include "persistence/byte_order.hpp"
#include "persistence/rdb_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace thespis::persistence {

namespace {

void append_opcode(std::string& out, rdb_opcode code) {
  out += static_cast<char>(code);
}

void append_aux(std::string& out, std::string_view name, std::string_view value) {
  append_opcode(out, rdb_opcode::aux);
  append_rdb_string(out, name);
  append_rdb_string(out, value, false);
}

void append_access(std::string& out, const keyspace::entry& what, const entry_format& how) {
  switch (how.access) {
    case access_kind::none:
      return;
    case access_kind::idle_time:
      append_opcode(out, rdb_opcode::idle);
      return append_rdb_length(out, keyspace::lru_idle_seconds(what.access(), how.now_ms));
    case access_kind::frequency:
      append_opcode(out, rdb_opcode::freq);
      out += static_cast<char>(
        keyspace::lfu_counter(what.access(), how.now_ms, how.lfu_decay_minutes));
      return;
  }
}

} // namespace

void append_file_head(std::string& out, std::uint16_t version, const file_facts& facts) {
  fmt::format_to(std::back_inserter(out), "REDIS{:04}", version);
  append_aux(out, "redis-ver", facts.redis_version);
  append_aux(out, "redis-bits", "64");
  append_aux(out, "ctime", fmt::format("{}", facts.created_s));
  append_aux(out, "used-mem", fmt::format("{}", facts.memory_bytes));
  append_aux(out, "aof-base", facts.journal_base ? "1" : "0");
  append_aux(out, "thespis-ver", facts.own_version);
}

void append_function(std::string& out, std::string_view source, bool compress) {
  append_opcode(out, rdb_opcode::function);
  append_rdb_string(out, source, compress);
}

void append_database_head(std::string& out, int number, std::uint64_t entries,
                          std::uint64_t expiring) {
  append_opcode(out, rdb_opcode::select_db);
  append_rdb_length(out, static_cast<std::uint64_t>(number));
  append_opcode(out, rdb_opcode::resize_db);
  append_rdb_length(out, entries);
  append_rdb_length(out, expiring);
}

std::uint16_t version_needed(const keyspace::shard& of) noexcept {
  const auto has_expiring_fields = [](const auto& db) { return db.alarms() != 0; };
  return std::ranges::any_of(of.databases, has_expiring_fields) ? rdb_version_field_expiry
                                                                : rdb_version_default;
}

void append_entry(std::string& out, const keyspace::entry& what, const entry_format& how) {
  if (what.has_expiry()) {
    append_opcode(out, rdb_opcode::expire_ms);
    append_little_endian(out, static_cast<std::uint64_t>(what.expire_at_ms()), 8);
  }
  append_access(out, what, how);
  out += static_cast<char>(written_type(what, how.value));
  append_rdb_string(out, what.key(), how.value.compress);
  append_value(out, what, how.value);
}

void append_file_end(std::string& out) {
  append_opcode(out, rdb_opcode::end);
}

void append_checksum(std::string& out, std::uint64_t checksum) {
  append_little_endian(out, checksum, 8);
}

} // namespace thespis::persistence
