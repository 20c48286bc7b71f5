#include "check/rdb_check.hpp"

#include "base/hash.hpp"
#include "base/quote.hpp"
#include "commands/library_source.hpp"
#include "keyspace/shard.hpp"
#include "persistence/entry_attributes.hpp"
#include "persistence/rdb_file_reader.hpp"
#include "persistence/reading.hpp"
#include "persistence/value_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::check {

namespace {

using persistence::file_item;
using persistence::rdb_type;

constexpr std::array<std::string_view, 6> type_names{"string", "list", "set",
                                                     "zset",   "hash", "stream"};

/// Of type_names, for a type that can be read.
std::size_t type_index(rdb_type type) noexcept {
  switch (type) {
    case rdb_type::string:
      return 0;
    case rdb_type::list:
    case rdb_type::list_ziplist:
    case rdb_type::list_quicklist:
    case rdb_type::list_quicklist_2:
      return 1;
    case rdb_type::set:
    case rdb_type::set_intset:
    case rdb_type::set_listpack:
      return 2;
    case rdb_type::zset:
    case rdb_type::zset_binary_scores:
    case rdb_type::zset_ziplist:
    case rdb_type::zset_listpack:
      return 3;
    case rdb_type::stream:
    case rdb_type::stream_2:
    case rdb_type::stream_3:
      return 5;
    default:
      return 4;
  }
}

/// A key at length would hide the rest of the line.
std::string shown(std::string_view text) {
  constexpr std::size_t bytes_max = 64;
  return base::quoted(text.substr(0, bytes_max)) + (text.size() > bytes_max ? "…" : "");
}

class rdb_check {
public:
  rdb_check(persistence::input_window& file, std::int64_t now_ms)
    : file_(file), now_ms_(now_ms), reader_(file, std::numeric_limits<int>::max(), true) {
  }

  verdict run() {
    for (;;) {
      const auto item = reader_.next();
      note_version();
      if (!item)
        return fail(item.why());
      if (item->what == file_item::kind::end)
        return finish();
      if (const auto wrong = take(*item); !wrong.empty())
        return fail(wrong);
    }
  }

private:
  struct database_figures {
    std::array<std::uint64_t, type_names.size()> of_type{};
    std::uint64_t expiring = 0;
    std::uint64_t expired = 0;
  };
  /// Of a key and its database, in so many bits that no two keys share them.
  struct key_digest {
    std::uint64_t one;
    std::uint64_t other;
    std::uint64_t offset;

    friend auto operator<=>(const key_digest&, const key_digest&) = default;
    bool is_same_key(const key_digest& as) const noexcept {
      return one == as.one && other == as.other;
    }
  };

  void note_version() {
    if (version_shown_ || reader_.version() == 0)
      return;
    version_shown_ = true;
    fmt::print("  RDB, version {}{}\n", reader_.version(),
               reader_.version() == persistence::rdb_version_valkey ? " (Valkey)" : "");
  }

  /// Returns what is wrong with it, or nothing.
  std::string take(const file_item& item) {
    switch (item.what) {
      case file_item::kind::aux:
        fmt::print("  {}: {}\n", item.key, shown(item.source));
        return {};
      case file_item::kind::function:
        return take_library(item);
      default:
        return take_entry(item);
    }
  }

  std::string take_library(const file_item& item) {
    const auto name = commands::read_library_name(item.source);
    if (!name)
      return fmt::format("{}, in the library of functions at offset {}", name.why(), item.offset);
    fmt::print("  a library of functions: {}\n", shown(*name));
    return {};
  }

  std::string take_entry(const file_item& item) {
    last_key_ = fmt::format("{} of database {}", shown(item.key), item.database);
    std::string_view why;
    std::string reason;
    try {
      reason = read_entry(item);
      why = reason;
    } catch (const persistence::broken_value& broken) {
      why = broken.why;
    }
    if (why.empty())
      return {};
    return fmt::format("{} in the entry at offset {}, the key {}", why, item.offset, last_key_);
  }

  /// Returns what is wrong with its value, or nothing. Throws broken_value.
  std::string read_entry(const file_item& item) {
    persistence::rdb_reader in{item.record};
    const auto known = persistence::read_entry_attributes(in, persistence::need(in.byte()),
                                                          item.version);
    persistence::need(in.string(scratch_));
    auto& figures = databases_[item.database];
    const bool has_expired = known.expire_at_ms && *known.expire_at_ms <= now_ms_;
    figures.expiring += known.expire_at_ms ? 1 : 0;
    figures.expired += has_expired ? 1 : 0;
    if (!has_expired)
      add_key(item);
    ++figures.of_type[type_index(known.type)];
    const auto value = persistence::read_value(in, known.type, {settings_, now_ms_});
    return value ? std::string{} : value.why();
  }

  void add_key(const file_item& item) {
    const auto database = static_cast<std::uint64_t>(item.database);
    keys_.push_back({base::hash_bytes(item.key, seed_ + database),
                     base::hash_bytes(item.key, ~(seed_ + database)), item.offset});
  }

  /// Offset of the second entry of a key; 0: all keys differ.
  std::uint64_t find_key_twice() {
    std::sort(keys_.begin(), keys_.end());
    const auto twice = std::adjacent_find(
      keys_.begin(), keys_.end(), [](const auto& a, const auto& b) { return a.is_same_key(b); });
    return twice == keys_.end() ? 0 : std::next(twice)->offset;
  }

  verdict fail(std::string_view why) const {
    fmt::print("  DAMAGED: {}\n", why);
    if (!last_key_.empty())
      fmt::print("  the last entry that was found is that of {}\n", last_key_);
    print_databases();
    return verdict::damaged;
  }

  verdict finish() {
    print_databases();
    if (const auto twice = find_key_twice(); twice != 0) {
      fmt::print("  DAMAGED: a key twice, in the entry at offset {}\n", twice);
      return verdict::damaged;
    }
    fmt::print("  {} bytes, {}\n", file_.offset(),
               reader_.is_verified() ? "the checksum is right" : "without a checksum");
    return verdict::fine;
  }

  void print_databases() const {
    for (const auto& [number, figures] : databases_) {
      std::uint64_t keys = 0;
      std::string types;
      for (std::size_t i = 0; i < type_names.size(); ++i) {
        const auto count = figures.of_type[i];
        keys += count;
        if (count != 0)
          types += fmt::format("{}{} {}", types.empty() ? "" : ", ", count, type_names[i]);
      }
      fmt::print("  database {}: keys {} ({}), expiring {}, expired {}\n", number, keys, types,
                 figures.expiring, figures.expired);
    }
  }

  persistence::input_window& file_;
  std::int64_t now_ms_;
  persistence::rdb_file_reader reader_;
  const keyspace::access_settings settings_{};
  const std::uint64_t seed_ = base::random_seed();
  std::map<int, database_figures> databases_;
  std::vector<key_digest> keys_;
  std::string last_key_;
  std::string scratch_;
  bool version_shown_ = false;
};

} // namespace

verdict check_rdb(persistence::input_window& file, std::int64_t now_ms) {
  return rdb_check{file, now_ms}.run();
}

} // namespace thespis::check
