#include "persistence/entry_block.hpp"

#include "keyspace/access_clock.hpp"
#include "persistence/entry_attributes.hpp"
#include "persistence/rdb_reader.hpp"
#include "persistence/reading.hpp"
#include "persistence/value_reader.hpp"

#include <fmt/format.h>

#include <utility>

namespace thespis::persistence {

namespace {

/// The access clock of an entry, as the policy counts it.
std::uint32_t access_of(const entry_attributes& known, bool lfu, std::int64_t now_ms) noexcept {
  if (lfu)
    return keyspace::lfu_clock(now_ms, known.frequency.value_or(keyspace::lfu_counter_initial));
  return keyspace::lru_clock_of_idle(known.idle_seconds.value_or(0), now_ms);
}

/// Reads the records of a block into a shard.
class block_loader {
public:
  block_loader(keyspace::shard& to, keyspace::instant now) noexcept
    : to_(to), now_(now), lfu_(to.access.lfu.load(std::memory_order_relaxed)) {
  }
  /// Returns whether the entry is there, because it had not expired. Throws broken_value.
  bool load(int database, std::string_view record, std::uint16_t version) {
    rdb_reader in{record};
    const auto known = read_entry_attributes(in, need(in.byte()), version);
    const auto key = need(in.string(key_scratch_));
    if (known.expire_at_ms && *known.expire_at_ms <= now_.ms)
      return false;
    auto& db = to_.databases[static_cast<std::size_t>(database)];
    auto at = db.find(key);
    check(!at, "a key twice");
    at.set_initial_access(access_of(known, lfu_, now_.us / 1000));
    if (known.type == rdb_type::string) {
      const auto text = need(in.string(value_scratch_));
      if (known.expire_at_ms)
        db.set_string_until(at, text, *known.expire_at_ms);
      else
        db.set_string(at, text);
      return true;
    }
    auto value = read_value(in, known.type, {to_.access, now_.ms});
    if (!value)
      throw refused{value.why()};
    std::move(*value).put(db, at, known.expire_at_ms);
    return true;
  }

  struct refused {
    std::string why;
  };

private:
  keyspace::shard& to_;
  keyspace::instant now_;
  bool lfu_;
  std::string key_scratch_;
  std::string value_scratch_;
};

base::fault fault_at(std::string_view why, std::uint64_t offset) {
  return {fmt::format("{} in the entry at offset {}", why, offset)};
}

} // namespace

base::result<entry_block::outcome> entry_block::load_into(keyspace::shard& to,
                                                          keyspace::instant now) const {
  outcome out;
  block_loader loader{to, now};
  std::size_t begin = 0;
  for (const auto& one : records_)
    try {
      const auto record = std::string_view{bytes_}.substr(begin, one.end - begin);
      ++(loader.load(one.database, record, version_) ? out.loaded : out.expired);
      begin = one.end;
    } catch (const broken_value& broken) {
      return fault_at(broken.why, one.file_offset);
    } catch (const block_loader::refused& refused) {
      return fault_at(refused.why, one.file_offset);
    }
  return out;
}

} // namespace thespis::persistence
