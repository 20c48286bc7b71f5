#pragma once

/// What happened to keys, on its way from a partition to the broker, which tells the subscribers of
///
///     __keyspace@<database>__:<key>      the event
///     __keyevent@<database>__:<event>    the key
///
/// as notify-keyspace-events asks (base::event_bits).

#include "base/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace thespis::pubsub {

class exchange;

class keyspace_events {
public:
  /// Throws std::bad_alloc with nothing changed.
  void add(int database, std::string_view event, std::string_view key);
  bool empty() const noexcept {
    return places_.empty();
  }

  /// `classes`: the setting; which of the two channels are wanted. Throws std::bad_alloc with the
  /// events from some place on not published.
  void publish(exchange& to, std::int64_t classes) const;

private:
  struct place {
    int database;
    std::size_t event_at;
    std::size_t key_at;
    std::size_t end;
  };

  base::byte_buffer texts_;
  std::vector<place> places_;
};

} // namespace thespis::pubsub
