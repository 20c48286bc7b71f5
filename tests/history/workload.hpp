#pragma once

/// What clients ask for: groups of keys of several kinds, and for each kind a mixture of requests
/// in which all that it is there for meets often.

#include "base/random.hpp"
#include "tests/history/key_names.hpp"
#include "tests/history/request.hpp"

#include <cstdint>
#include <vector>

namespace thespis::history {

enum class group_kind : std::uint8_t {
  /// One string: SET, GET, INCRBY, GETDEL.
  string,
  /// One string that is often set with a time to live of some milliseconds.
  expiring,
  /// One list: pushes, pops, BLPOP.
  list,
  // Keys of several partitions:
  /// MSET, MGET, MSETNX, DEL, RENAME.
  strings,
  /// LMOVE, BLMOVE, BLPOP of several keys.
  lists,
  /// SUNIONSTORE and its like.
  sets,
  /// Transactions that append to lists and read them.
  appends,
  /// Transfers between accounts.
  bank,
};

struct group {
  group_kind kind;
  std::vector<std::int64_t> names;
};

/// Sum of all accounts of a bank, whose keys are to be set before: to as much each.
inline constexpr std::int64_t account_start = 1000;

/// The last digits of a value say which client chose it.
inline constexpr std::int64_t values_apart = 1000;

/// The groups of a round.
std::vector<group> make_groups(key_names& names);

/// The places of so many keys.
std::vector<std::uint8_t> all_keys(std::size_t keys);

/// The choices of one client.
class chooser {
public:
  /// `scripts`: whether the server runs them.
  chooser(std::uint64_t seed, int client, bool scripts)
    : random_(seed), last_value_(client), scripts_(scripts) {
  }

  /// Something to do with one of the groups. BLPOP and BLMOVE only if it `may_wait`.
  request next(const std::vector<group>& groups, bool may_wait);

  /// 0 … n - 1.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(random_.below(n));
  }
  /// Once in n times.
  bool one_in(std::size_t n) {
    return below(n) == 0;
  }

private:
  struct choice;

  request for_string();
  request for_expiring();
  request for_list(bool may_wait);
  request for_strings(std::size_t keys);
  request for_lists(std::size_t keys, bool may_wait);
  request for_sets(std::size_t keys);
  request for_appends(std::size_t keys);
  request for_bank(std::size_t accounts);

  /// In a transaction, or a script.
  request at_once(std::vector<call> calls);
  /// In a transaction that depends on what was read.
  request if_unchanged(std::vector<call> reads, std::vector<call> calls);
  std::uint8_t key(std::size_t keys) {
    return static_cast<std::uint8_t>(below(keys));
  }
  std::vector<std::uint8_t> different_keys(std::size_t keys, std::size_t count);
  /// One that no other request uses.
  std::int64_t value() {
    return last_value_ += values_apart;
  }
  std::vector<std::int64_t> new_values(std::size_t count);

  base::random_bits random_;
  std::int64_t last_value_;
  bool scripts_;
};

} // namespace thespis::history
