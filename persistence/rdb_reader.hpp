#pragma once

/// Reads the primitives of the RDB format from bytes in memory: what stands in the payloads of DUMP
/// and in RDB files. Lengths and strings:
///
///     00nnnnnn                            length of 6 bits
///     01nnnnnn nnnnnnnn                   length of 14 bits
///     10000000 and 4 bytes                length of 32 bits, big endian
///     10000001 and 8 bytes                length of 64 bits, big endian
///     11000000, 01, 10 and 1, 2, 4 bytes  a string: the digits of a signed integer, little endian
///     11000011 length length bytes        a string: LZF, compressed and original lengths
///
/// The input is not trusted: nothing is read beyond its end, and no more memory is taken than it
/// can fill. Source: Redis, "RDB file format".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::persistence {

class rdb_reader {
public:
  /// `bytes` outlive it. `beyond`: how many more there are behind them, which it cannot see.
  explicit rdb_reader(std::string_view bytes, std::uint64_t beyond = 0) noexcept
    : whole_(bytes), rest_(bytes), beyond_(beyond) {
  }

  bool at_end() const noexcept {
    return rest_.empty();
  }
  /// How many bytes there are still.
  std::size_t left() const noexcept {
    return rest_.size();
  }
  /// Why it has failed: what is asked for is there and cannot be seen, or it goes beyond the end.
  enum class shortage : std::uint8_t { none, of_sight, of_bytes };
  shortage lacks() const noexcept {
    return lacks_;
  }
  /// How many bytes have been read.
  std::size_t offset() const noexcept {
    return whole_.size() - rest_.size();
  }
  // Each of these returns nothing if the input ends too early or is not what is asked for. Then the
  // reader is of no further use.
  std::optional<std::uint8_t> byte() noexcept;
  std::optional<std::uint64_t> length() noexcept;
  /// A number of 8 bytes, little endian.
  std::optional<std::uint64_t> word() noexcept;
  /// So many bytes as they are.
  std::optional<std::string_view> bytes(std::uint64_t count) noexcept {
    return take(count);
  }
  /// Goes past a string in any of its encodings. Returns whether there was one.
  bool skip_string() noexcept;
  /// In any of its encodings. Throws std::bad_alloc. Cost: O(length).
  std::optional<std::string> string();
  /// The same as a view: of the input, or of `scratch` where it is encoded.
  std::optional<std::string_view> string(std::string& scratch);

private:
  std::optional<std::string_view> take(std::uint64_t count) noexcept;
  std::optional<std::string> digits(std::size_t bytes);
  std::optional<std::string> decompressed();
  std::optional<std::uint64_t> length_after(std::uint8_t first) noexcept;

  std::string_view whole_;
  std::string_view rest_;
  std::uint64_t beyond_;
  shortage lacks_ = shortage::none;
};

} // namespace thespis::persistence
