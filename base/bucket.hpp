#pragma once

/// One cache line of a hash table: seven items and what a look-up needs to skip the wrong ones.
///
///     byte 0..6  control: 0 = free, 0x80 | seven hash bits = taken
///     byte 7     how many items of this or an earlier bucket went past it because it was full
///                (255 sticks: then it only means "many")
///     7 words    16 hash bits, 48 bits of address
///
/// An item's hash is known to 23 bits without touching the item: bits 8..23 from the top are in the
/// word, bits 24..30 in the control byte. So tables are rebuilt from their own cache lines alone,
/// and a look-up follows a pointer only where all of the 23 bits agree.
///
/// Source of the idea: control bytes of Swiss tables, overflow counts of F14 (both by description).

#include <bit>
#include <cstdint>

namespace thespis::base {

struct alignas(64) bucket {
  static constexpr unsigned capacity = 7;
  static constexpr std::uint64_t high_bits = 0x0080'8080'8080'8080u;
  static constexpr std::uint64_t address_bits = (std::uint64_t{1} << 48) - 1;

  std::uint64_t control;
  std::uint64_t words[capacity];

  /// The seven bits of a hash's upper half that a control byte holds.
  static std::uint64_t fingerprint(std::uint32_t top) noexcept {
    return 0x80u | ((top >> 1) & 0x7fu);
  }
  /// The sixteen bits of a hash's upper half that a word holds, in place.
  static std::uint64_t tag(std::uint32_t top) noexcept {
    return static_cast<std::uint64_t>((top >> 8) & 0xffffu) << 48;
  }
  static void* address(std::uint64_t word) noexcept {
    return reinterpret_cast<void*>(word & address_bits); // NOLINT: that is what the word is
  }

  /// One bit (the highest of its byte) per slot whose control byte may equal `fingerprint`: all
  /// that do, rarely one more.
  std::uint64_t matches(std::uint64_t fingerprint) const noexcept {
    const auto difference = control ^ (fingerprint * 0x0001'0101'0101'0101u);
    return (difference - 0x0001'0101'0101'0101u) & ~difference & high_bits;
  }
  std::uint64_t taken() const noexcept {
    return control & high_bits;
  }
  std::uint64_t free() const noexcept {
    return ~control & high_bits;
  }
  /// The slot of the lowest bit of such a mask. REQUIRES: mask != 0.
  static unsigned slot_of(std::uint64_t mask) noexcept {
    return static_cast<unsigned>(std::countr_zero(mask)) / 8;
  }

  unsigned passed() const noexcept {
    return static_cast<unsigned>(control >> 56);
  }
  void note_passed() noexcept {
    if (passed() != 255)
      control += std::uint64_t{1} << 56;
  }
  void forget_passed() noexcept {
    if (passed() != 255)
      control -= std::uint64_t{1} << 56;
  }

  void put(unsigned slot, std::uint64_t fingerprint, std::uint64_t word) noexcept {
    control |= fingerprint << (8 * slot);
    words[slot] = word;
  }
  void remove(unsigned slot) noexcept {
    control &= ~(std::uint64_t{0xff} << (8 * slot));
    words[slot] = 0;
  }

  std::uint64_t fingerprint_at(unsigned slot) const noexcept {
    return (control >> (8 * slot)) & 0xff;
  }
  /// What bucket and word know of the hash's upper half: bits 23..1, the others are zero.
  std::uint32_t known_bits(unsigned slot) const noexcept {
    return static_cast<std::uint32_t>((words[slot] >> 48) << 8)
           | static_cast<std::uint32_t>(((control >> (8 * slot)) & 0x7f) << 1);
  }
};

static_assert(sizeof(bucket) == 64);

} // namespace thespis::base
