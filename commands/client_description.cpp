#include "commands/client_directory.hpp"

#include "base/time_units.hpp"
#include "commands/command_name.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thespis::commands {

namespace {

/// In the order of client_flag.
constexpr std::string_view flag_letters = "OSMPxbtRBdcuAUreT";

std::string letters_of(std::uint32_t flags) {
  // A monitor is a replica to Redis, and only its 'O' is shown.
  if ((flags & client_monitor) != 0)
    flags &= ~std::uint32_t{client_replica};
  std::string out;
  for (std::size_t i = 0; i < flag_letters.size(); ++i)
    if ((flags >> i & 1u) != 0)
      out += flag_letters[i];
  return out.empty() ? "N" : out;
}

template <class T>
T read(const std::atomic<T>& figure) noexcept {
  return figure.load(std::memory_order_relaxed);
}

} // namespace

std::string describe(const client_record& client, std::int64_t now_ms) {
  const auto seconds_since = [&](std::int64_t then_ms) {
    return std::max<std::int64_t>(now_ms / base::ms_per_s - then_ms / base::ms_per_s, 0);
  };
  const auto* command = read(client.last_command);
  auto out = fmt::format(
    "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={} sub={} "
    "psub={} ssub={} multi={}",
    client.id, client.address, client.local_address, client.descriptor, client.name,
    seconds_since(client.created_ms), seconds_since(read(client.last_interaction_ms)),
    letters_of(read(client.flags)), read(client.database), read(client.channels),
    read(client.patterns), read(client.shard_channels), read(client.queued_commands));
  fmt::format_to(
    std::back_inserter(out),
    " qbuf={} qbuf-free={} argv-mem={} multi-mem={} rbs={} rbp={} obl={} oll={} omem={} "
    "tot-mem={} events={} cmd={} user={} redir={} resp={} lib-name={} lib-ver={}",
    read(client.query_bytes), read(client.query_free_bytes), read(client.argument_bytes),
    read(client.queued_bytes), read(client.output_capacity_bytes), read(client.output_peak_bytes),
    read(client.output_bytes), read(client.output_list_length), read(client.output_list_bytes),
    read(client.total_bytes), read(client.write_pending) ? "rw" : "r",
    command != nullptr ? shown_name(*command) : "NULL", client.user, read(client.redirect),
    read(client.protocol), client.library_name, client.library_version);
  return out;
}

} // namespace thespis::commands
