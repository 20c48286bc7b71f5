#pragma once

/// Finds the entries of an RDB file one after the other without reading their values, which whoever
/// gets them does (persistence/entry_block.hpp). The file is not trusted: what is no such file is
/// named with the offset where that showed.

#include "base/result.hpp"
#include "persistence/input_window.hpp"
#include "persistence/rdb_format.hpp"
#include "persistence/rdb_reader.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::persistence {

/// Something in a file. The views are valid until the next one is asked for.
struct file_item {
  enum class kind : std::uint8_t {
    entry,
    /// The source of a library of functions.
    function,
    /// What the file says of itself: a name (key) and a value (source).
    aux,
    end,
    /// What nobody has to see: hints.
    other,
  };
  kind what = kind::other;
  /// Where it begins.
  std::uint64_t offset = 0;
  /// Of an entry: what is known of it, its type, key and value, as they stand in the file.
  std::string_view record{};
  std::string_view key{};
  int database = 0;
  /// Of the file.
  std::uint16_t version = 0;
  std::string_view source{};
};

class rdb_file_reader {
public:
  /// `databases`: how many there are. `verify`: whether the checksum counts (rdbchecksum).
  /// `in` outlives it.
  rdb_file_reader(input_window& in, int databases, bool verify) noexcept
    : in_(in), databases_(databases), verify_(verify) {
  }

  /// The next entry, function or aux field, or the end. After a fault or the end: not to be called
  /// again.
  base::result<file_item> next();

  /// Of the file; 0: its head has not been read.
  std::uint16_t version() const noexcept {
    return version_;
  }
  /// At the end: whether there was a checksum, and it was compared.
  bool is_verified() const noexcept {
    return verified_;
  }

private:
  /// Throws broken_value; with rdb_reader::shortage if it ends, or more of it has to be seen.
  file_item read_item(rdb_reader& in);
  void read_head(rdb_reader& in);
  file_item read_entry(rdb_reader& in, std::size_t begin, std::uint8_t code);
  file_item read_aux(rdb_reader& in);
  void select(rdb_reader& in);
  file_item read_end(rdb_reader& in);
  base::fault broken(std::string_view why, std::uint64_t at) const;

  input_window& in_;
  int databases_;
  bool verify_;
  std::uint16_t version_ = 0;
  int database_ = 0;
  bool verified_ = false;
  std::string key_scratch_;
  std::string source_scratch_;
};

} // namespace thespis::persistence
