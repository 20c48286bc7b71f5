#pragma once

/// Keys that changed, on their way from a partition to the broker, which tells the clients that
/// keep copies of them (CLIENT TRACKING): those that have read one, each key by itself, and those
/// that wait for its prefix, all keys of a batch at once.

#include "base/byte_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::pubsub {

class exchange;

class changed_keys {
public:
  /// `origin`: the client that changed them; 0: none did.
  explicit changed_keys(std::uint64_t origin) noexcept : origin_(origin) {
  }

  /// `readers`: the clients with copies. Throws std::bad_alloc with nothing changed.
  void add(std::string_view key, std::vector<std::uint64_t> readers);

  /// All keys changed.
  void add_all() noexcept {
    all_ = true;
  }

  /// Throws std::bad_alloc with some clients not told.
  void publish(exchange& to) const;

private:
  struct change {
    std::string key;
    std::vector<std::uint64_t> readers;
  };

  void tell_all(exchange& to) const;
  void tell_readers(exchange& to) const;
  void tell_prefixes(exchange& to) const;

  std::uint64_t origin_;
  bool all_ = false;
  std::vector<change> changes_;
};

} // namespace thespis::pubsub
