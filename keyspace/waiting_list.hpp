#pragma once

/// Who waits for which key of a shard, in the order in which they came, and which of these keys
/// have changed since they were looked at last.
///
/// It costs nothing while nobody waits, and while somebody does a look-up for every change. The
/// shard's owner has it; the waiters themselves are shared (see waiter.hpp). A wait that is over
/// stays until it is met here or removed.

#include "base/counter.hpp"
#include "keyspace/waiter.hpp"

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace thespis::keyspace {

class waiting_list {
public:
  struct waiting {
    waiter_ptr who;
    waiter::number wait;
    value_type wanted;
    /// See wait_wish.
    bool heeds_loss = false;
    /// The partitions of all its keys, if they are several.
    std::shared_ptr<const std::vector<std::size_t>> partitions{};
  };
  using line = std::list<waiting>;

  /// A key that is waited for.
  struct place {
    int database = 0;
    std::string key;
  };
  struct queue {
    /// The first to come is the first.
    line waiters;
    /// How many of them look also when the key is gone.
    std::size_t heeding_loss = 0;
    /// Whether it is among the ready ones.
    bool ready = false;
    /// Whether somebody looks at it (take_ready): then it stays, even when nobody is left.
    bool taken = false;
  };
  using entry = std::pair<const place, queue>;

  waiting_list() = default;
  waiting_list(const waiting_list&) = delete;
  waiting_list& operator=(const waiting_list&) = delete;

  bool empty() const noexcept {
    return queues_.empty();
  }
  /// How many keys are waited for; any thread may read it.
  const base::counter& keys() const noexcept {
    return keys_;
  }

  /// Queues up behind the others of the key, unless that wait is there already. Throws
  /// std::bad_alloc with nothing changed.
  void add(const place& at, const waiting& one);
  /// That wait leaves all queues.
  void remove(const waiter* who, waiter::number wait) noexcept;

  /// The key has changed.
  void note(int database, std::string_view key) noexcept;
  /// All of a database has changed (SWAPDB).
  void note_all(int database) noexcept;
  /// The keys of one wait have.
  void note_keys_of(const waiter* who, waiter::number wait) noexcept;

  /// Whether a key has changed that somebody waits for.
  bool has_ready() const noexcept {
    return !ready_.empty();
  }
  /// The one that changed first; it counts as looked at from now on. It stays until release().
  /// Null: there is none.
  entry* take_ready() noexcept;
  void release(entry* one) noexcept;
  /// The same, and the entry will be the first to be looked at again.
  void put_back(entry* one) noexcept;

private:
  struct place_view {
    int database;
    std::string_view key;
  };
  struct place_hash {
    using is_transparent = void;
    std::size_t operator()(const place_view& of) const noexcept {
      return std::hash<std::string_view>{}(of.key) + static_cast<std::size_t>(of.database);
    }
    std::size_t operator()(const place& of) const noexcept {
      return (*this)(place_view{of.database, of.key});
    }
  };
  struct same_place {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
      return a.database == b.database && a.key == b.key;
    }
  };
  struct spot {
    entry* at;
    line::iterator where;
  };
  struct wait_id {
    const waiter* who;
    waiter::number wait;

    friend bool operator==(const wait_id&, const wait_id&) = default;
  };
  struct wait_hash {
    std::size_t operator()(const wait_id& of) const noexcept {
      return std::hash<const void*>{}(of.who) + of.wait;
    }
  };

  void make_ready(entry& one) noexcept;
  void drop_if_idle(entry& one) noexcept;

  std::unordered_map<place, queue, place_hash, same_place> queues_;
  /// Where each wait stands.
  std::unordered_map<wait_id, std::vector<spot>, wait_hash> spots_;
  /// There is always room for all of the queues.
  std::vector<entry*> ready_;
  base::counter keys_;
};

} // namespace thespis::keyspace
