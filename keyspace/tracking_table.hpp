#pragma once

/// Which clients keep copies of which keys (CLIENT TRACKING): they have read them, and are to be
/// told when they change, once. Keys of all databases share one name space, as in Redis: a client
/// with a copy of "a" of database 0 also hears when "a" of database 1 changes.
///
/// Clients that have gone stay in here until the key changes; nobody is told for them.
///
/// Memory: a key's name and 8 bytes per client. Owned by the shard of these keys.

#include "base/counter.hpp"
#include "base/owning_dictionary.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::keyspace {

class tracking_table {
public:
  /// The client has read the key. Throws std::bad_alloc with nothing changed.
  /// Cost: O(clients with copies of it).
  void remember(std::string_view key, std::uint64_t client);

  /// Who has copies of the key, in ascending order; they have none from then on.
  std::vector<std::uint64_t> forget(std::string_view key) noexcept;
  /// Nobody has copies of anything.
  void forget_all() noexcept;

  bool empty() const noexcept {
    return copies_.size() == 0;
  }
  /// How many keys are in here.
  std::size_t keys() const noexcept {
    return copies_.size();
  }
  /// Some key. REQUIRES: !empty().
  std::string some_key(std::uint64_t random_bits) const;

  /// For those who report: keys, and copies of keys.
  base::counter key_count;
  base::counter copy_count;

private:
  struct copies {
    std::string name;
    /// Ascending.
    std::vector<std::uint64_t> clients{};

    std::string_view key() const noexcept {
      return name;
    }
  };

  base::owning_dictionary<copies> copies_;
};

} // namespace thespis::keyspace
