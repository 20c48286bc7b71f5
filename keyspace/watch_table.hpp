#pragma once

/// Who watches which keys of a shard (WATCH; protocol/watch.hpp). Keys are told apart by database.
///
/// A key that changes takes its watchers out. A watch that is over is taken out by whoever ends it.
///
/// Memory: a key's name and 16 bytes per watcher. Owned by the shard of these keys.

#include "base/owning_dictionary.hpp"
#include "protocol/watch.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::keyspace {

class watch_table {
public:
  /// REQUIRES: it does not watch the key yet. Throws std::bad_alloc with nothing changed.
  void add(int database, std::string_view key, const std::shared_ptr<protocol::watch>& who);
  /// It does not watch the key any more, if it did. Cost: O(watchers of the key).
  void remove(int database, std::string_view key, const protocol::watch* who) noexcept;

  /// The key has changed; nobody watches it any more. Cost: O(its watchers).
  void break_at(int database, std::string_view key) noexcept;
  /// Those keys of a database have changed of which changes(key) says so. They stay until their
  /// watchers are told.
  template <class Changes>
  void break_all(int database, Changes&& changes) noexcept {
    const auto in = databases_.find(database);
    if (in == databases_.end())
      return;
    in->second.for_each([&](watched& one) {
      if (changes(one.key()))
        one.break_off();
    });
  }

  bool empty() const noexcept {
    return databases_.empty();
  }

private:
  struct watched {
    std::string name;
    std::vector<std::shared_ptr<protocol::watch>> watchers{};

    std::string_view key() const noexcept {
      return name;
    }
    void break_off() noexcept {
      for (const auto& one : watchers)
        one->break_off();
    }
  };

  /// None of them is empty.
  std::map<int, base::owning_dictionary<watched>> databases_;
};

} // namespace thespis::keyspace
