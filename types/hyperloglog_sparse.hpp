#pragma once

/// The sparse form of a sketch (hyperloglog.hpp): registers as runs of equal ones, for sketches
/// that have seen few elements. A run is an opcode of one or two bytes:
///
///     ZERO   00llllll            l + 1 registers are 0
///     XZERO  01llllll llllllll   the same for up to 16384
///     VAL    1vvvvvll            l + 1 registers are v + 1, at most 4 registers up to 32
///
/// All runs together have 16384 registers, or the string is corrupted. A sketch becomes dense when
/// a rank does not fit into VAL or the string would grow beyond hll-sparse-max-bytes, and never
/// sparse again.
///
/// The same elements in the same order give the same bytes as in Redis: raising a register cuts its
/// run into at most three and then joins VALs of the same rank, where there is room, among the five
/// opcodes from the one before the cut run on.

#include "types/hyperloglog.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace thespis::types {

/// One opcode.
struct hll_run {
  enum class kind : std::uint8_t { zero, xzero, value };

  kind what;
  /// Registers that it covers: 1 to 16384.
  std::uint32_t length;
  /// 0 unless it is a value.
  std::uint8_t rank;
  /// 1 or 2.
  std::uint8_t bytes;

  /// The opcode that begins at `at`. Nothing: its second byte is missing. REQUIRES: there is a
  /// first.
  static std::optional<hll_run> read(std::string_view runs, std::size_t at) noexcept {
    const auto first = static_cast<unsigned char>(runs[at]);
    if ((first & 0x80) != 0)
      return hll_run{kind::value, (first & 3u) + 1,
                     static_cast<std::uint8_t>((first >> 2 & 31) + 1), 1};
    if ((first & 0x40) == 0)
      return hll_run{kind::zero, first + 1u, 0, 1};
    if (at + 1 >= runs.size())
      return std::nullopt;
    const auto low = static_cast<unsigned char>(runs[at + 1]);
    return hll_run{kind::xzero, ((first & 0x3fu) << 8 | low) + 1, 0, 2};
  }
};

/// A sketch that is being changed, in a copy: the string that it came from stays as it is until the
/// bytes are put back. Lives on the stack.
class hll_draft {
public:
  /// An empty sparse sketch with an up-to-date cardinality of 0.
  hll_draft() noexcept;
  /// A copy. Nothing is copied of a sparse sketch that is too long to be valid: it is corrupted.
  explicit hll_draft(hll_view of) noexcept;
  hll_draft(const hll_draft&) = delete;
  hll_draft& operator=(const hll_draft&) = delete;

  enum class outcome : std::uint8_t { unchanged, raised, corrupted };

  /// Raises a register; the sketch becomes dense if it must be longer than `sparse_bytes_max` or
  /// the rank is above 32. After `corrupted` nothing has changed.
  /// Cost: dense O(1); sparse O(runs), but O(1) for indexes that rise from call to call, plus what
  /// is behind the run if that must move.
  outcome raise(hll_mark mark, std::size_t sparse_bytes_max) noexcept;
  /// Returns false, with nothing changed, if it is corrupted.
  bool make_dense() noexcept;

  bool is_dense() const noexcept {
    return bytes_[4] == static_cast<char>(hll_encoding::dense);
  }
  std::span<char> bytes() noexcept {
    return {bytes_, size_};
  }
  std::string_view view() const noexcept {
    return {bytes_, size_};
  }

private:
  /// Where a walk over the runs may begin instead of at the first one.
  struct place {
    /// Of the opcode; offsets count from the start of the string.
    std::size_t at = hll_header_bytes;
    /// The first register that it covers.
    std::uint32_t first = 0;
    /// The opcode before it, `none` for the first.
    std::size_t before = none;
  };
  struct found_run;

  static constexpr std::size_t none = 0;
  /// A run is at most two bytes for one register.
  static constexpr std::size_t valid_bytes_max = hll_header_bytes + 2 * hll_register_count;
  /// One cut adds at most three bytes.
  static constexpr std::size_t room = valid_bytes_max + 3;

  std::optional<found_run> find(std::uint32_t index) const noexcept;
  void skip_words(place& at, place& previous, std::uint32_t index) const noexcept;
  outcome cut(const found_run& run, hll_mark mark, std::size_t sparse_bytes_max) noexcept;
  void splice(std::size_t at, std::size_t old_bytes, std::string_view fresh) noexcept;
  void join_values(std::size_t from) noexcept;
  outcome raise_dense(hll_mark mark) noexcept;

  std::size_t size_;
  place resume_;
  char bytes_[room];
};

} // namespace thespis::types
