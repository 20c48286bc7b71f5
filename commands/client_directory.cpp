#include "commands/client_directory.hpp"

#include "base/ascii.hpp"
#include "base/time_units.hpp"

#include <utility>

namespace thespis::commands {

client_type type_of(const client_record& client) noexcept {
  if (client.has_flag(client_master))
    return client_type::master;
  if (client.has_flag(client_replica) && !client.has_flag(client_monitor))
    return client_type::replica;
  return client.has_flag(client_pubsub) ? client_type::pubsub : client_type::normal;
}

std::optional<client_type> parse_client_type(std::string_view name) noexcept {
  if (base::equals_nocase(name, "normal"))
    return client_type::normal;
  if (base::equals_nocase(name, "slave") || base::equals_nocase(name, "replica"))
    return client_type::replica;
  if (base::equals_nocase(name, "pubsub"))
    return client_type::pubsub;
  if (base::equals_nocase(name, "master"))
    return client_type::master;
  return std::nullopt;
}

void client_directory::add(client_record_ptr client) {
  const auto id = client->id;
  clients_.insert_or_assign(id, std::move(client));
}

void client_directory::remove(std::uint64_t id) {
  clients_.erase(id);
}

client_record* client_directory::find(std::uint64_t id) const {
  const auto found = clients_.find(id);
  return found == clients_.end() ? nullptr : found->second.get();
}

bool client_filter::fits(const client_record& client, std::int64_t now_ms) const noexcept {
  return (!address || *address == client.address)
         && (!local_address || *local_address == client.local_address)
         && (!type || *type == type_of(client)) && (!id || *id == client.id)
         && (!user || *user == client.user)
         && (!age_s_min
             || now_ms / base::ms_per_s - client.created_ms / base::ms_per_s >= *age_s_min)
         && (!spared || *spared != client.id);
}

} // namespace thespis::commands
