#pragma once

/// HyperLogLog: how many different elements there were, in 12 KB and with a standard error of
/// 0.81 %. A sketch is a string that clients may read and write like any other, in the very layout
/// that Redis uses, so that sketches move from server to server.
///
///     byte   0    4          5     8             16
///            +----+----------+-----+-------------+------------------
///            |HYLL| encoding | 0 0 | cardinality | registers
///            +----+----------+-----+-------------+------------------
///     encoding     0 dense, 1 sparse
///     cardinality  little endian; the highest bit says that it is out of date
///     dense        16384 registers of 6 bits, the lowest bits of a byte first: 12288 bytes
///     sparse       runs of equal registers; see hyperloglog_sparse.hpp
///
/// An element's hash picks a register by its low 14 bits; the register holds the largest rank, that
/// is one more than the trailing zeros of the other 50 bits, of all elements that picked it. Two
/// sketches are united by taking the larger of each pair of registers. How many elements most
/// likely lead to registers like these is then asked of how often each rank occurs.
///
/// The bytes come from clients: whatever they are, nothing here reads or writes beside them. What
/// begins like a sketch and is none ("corrupted") is told from one as it is read.
///
/// Source: Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation
/// algorithm" (2007); Ertl, "New cardinality estimation algorithms for HyperLogLog sketches"
/// (arXiv:1702.01284) for the estimator; MurmurHash64A by Appleby.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace thespis::types {

inline constexpr std::size_t hll_register_count = 16384;
inline constexpr std::size_t hll_header_bytes = 16;
inline constexpr std::size_t hll_dense_bytes = hll_header_bytes + hll_register_count * 6 / 8;
/// Ranks that hashes have are from 1 to that; those in a string may be up to 63.
inline constexpr unsigned hll_rank_max = 51;

enum class hll_encoding : std::uint8_t { dense, sparse };

/// All registers, a byte each.
using hll_registers = std::array<std::uint8_t, hll_register_count>;

/// What an element does: register `index` is raised to at least `rank`.
struct hll_mark {
  std::uint32_t index;
  std::uint8_t rank;
};

/// Cost: O(length of the element).
hll_mark hll_mark_of(std::string_view element) noexcept;

/// A sketch for reading. Lives as long as its bytes stay.
class hll_view {
public:
  /// Nothing if the bytes do not begin like a sketch, or are a dense one of a wrong length.
  static std::optional<hll_view> open(std::string_view bytes) noexcept;

  hll_encoding encoding() const noexcept {
    return static_cast<hll_encoding>(bytes_[4]);
  }
  bool is_dense() const noexcept {
    return encoding() == hll_encoding::dense;
  }
  std::string_view bytes() const noexcept {
    return bytes_;
  }
  /// Dense registers, or the runs of a sparse sketch.
  std::string_view body() const noexcept {
    return bytes_.substr(hll_header_bytes);
  }
  /// The cardinality in the header, unless it is out of date.
  std::optional<std::uint64_t> cached_cardinality() const noexcept;
  /// The estimate. Nothing: corrupted. Cost: O(16384), about 5 us.
  std::optional<std::uint64_t> cardinality() const noexcept;
  /// Raises each register of `into` to at least this one's. Returns false, with some registers
  /// raised, if this one is corrupted. Cost: O(16384), about 2 us.
  bool merge_into(hll_registers& into) const noexcept;

private:
  explicit hll_view(std::string_view bytes) noexcept : bytes_(bytes) {
  }

  std::string_view bytes_;
};

/// The estimate for registers without a string. Cost: O(16384).
std::uint64_t hll_cardinality(const hll_registers& registers) noexcept;

// -- changing a string ----------------------------------------------------------------------------
// REQUIRES for all: `bytes` is a sketch (hll_view::open).

void hll_store_cardinality(std::span<char> bytes, std::uint64_t cardinality) noexcept;
/// The cardinality in the header is out of date.
void hll_forget_cardinality(std::span<char> bytes) noexcept;
/// Returns whether the register was lower. REQUIRES: a dense sketch.
bool hll_raise(std::span<char> dense, hll_mark mark) noexcept;
/// REQUIRES: a dense sketch.
unsigned hll_register(std::string_view dense, std::size_t index) noexcept;
/// Writes all registers. REQUIRES: a dense sketch; ranks of less than 64.
void hll_store_registers(std::span<char> dense, const hll_registers& registers) noexcept;

} // namespace thespis::types
