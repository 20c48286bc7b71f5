#pragma once

/// Who is connected: the records of all clients by id, which is the order in which they came. Owned
/// by the administrator; connections report their coming and going to it.

#include "commands/client_record.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace thespis::commands {

/// The classes that CLIENT LIST TYPE and client-output-buffer-limit tell apart.
enum class client_type : std::uint8_t { normal, replica, pubsub, master };

client_type type_of(const client_record& client) noexcept;
/// "normal", "slave" or "replica", "pubsub", "master", in any case.
std::optional<client_type> parse_client_type(std::string_view name) noexcept;

class client_directory {
public:
  using map_type = std::map<std::uint64_t, client_record_ptr>;

  void add(client_record_ptr client);
  void remove(std::uint64_t id);

  /// Null if there is no such client. Cost: O(log n).
  client_record* find(std::uint64_t id) const;
  std::size_t size() const noexcept {
    return clients_.size();
  }
  map_type::const_iterator begin() const noexcept {
    return clients_.begin();
  }
  map_type::const_iterator end() const noexcept {
    return clients_.end();
  }

private:
  map_type clients_;
};

/// The line of CLIENT LIST for a client, without the line break.
std::string describe(const client_record& client, std::int64_t now_ms);

/// What CLIENT KILL looks for; what is not set fits every client.
struct client_filter {
  std::optional<std::string_view> address;
  std::optional<std::string_view> local_address;
  std::optional<std::string_view> user;
  std::optional<client_type> type;
  std::optional<std::uint64_t> id;
  /// At least that old.
  std::optional<std::int64_t> age_s_min;
  /// The client that asks is spared.
  std::optional<std::uint64_t> spared;

  bool fits(const client_record& client, std::int64_t now_ms) const noexcept;
};

} // namespace thespis::commands
