#pragma once

/// Entries of a file on their way to the shard where they belong: their records one behind the
/// other, as they stand in the file. Whoever owns the shard reads them.

#include "base/result.hpp"
#include "keyspace/instant.hpp"
#include "keyspace/shard.hpp"
#include "persistence/rdb_file_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace thespis::persistence {

class entry_block {
public:
  /// Throws std::bad_alloc. REQUIRES: all of them are entries of one file.
  void add(const file_item& entry) {
    bytes_ += entry.record;
    records_.push_back({entry.offset, bytes_.size(), entry.database});
    version_ = entry.version;
  }
  std::size_t bytes() const noexcept {
    return bytes_.size();
  }
  bool empty() const noexcept {
    return records_.empty();
  }

  struct outcome {
    std::uint64_t loaded = 0;
    /// They had expired.
    std::uint64_t expired = 0;
  };
  /// Makes them entries of the shard, which must have none of these keys yet. The fault says what
  /// is wrong at which offset; some of them are there then. Throws std::bad_alloc.
  base::result<outcome> load_into(keyspace::shard& to, keyspace::instant now) const;

private:
  struct place {
    std::uint64_t file_offset;
    /// In bytes_.
    std::size_t end;
    int database;
  };
  std::string bytes_;
  std::vector<place> records_;
  std::uint16_t version_ = 0;
};

} // namespace thespis::persistence
