#include "types/bitmap.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <numeric>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace thespis::types {

namespace {

using counter = std::uint64_t (*)(const char* bytes, std::size_t size) noexcept;

std::uint64_t word_at(const char* bytes) noexcept {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// The last bytes of a string, fewer than 8, as a word.
std::uint64_t rest_of(const char* bytes, std::size_t size) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return word;
}

// -- counting
// --------------------------------------------------------------------------------------

/// For every processor: sums of bits, then of pairs, then of nibbles, side by side in one word.
unsigned bits_of(std::uint64_t word) noexcept {
  word -= word >> 1 & 0x5555555555555555;
  word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
  word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
  return static_cast<unsigned>(word * 0x0101010101010101 >> 56);
}

[[maybe_unused]] std::uint64_t count_anywhere(const char* bytes, std::size_t size) noexcept {
  std::uint64_t count = 0;
  for (; size >= 8; bytes += 8, size -= 8)
    count += bits_of(word_at(bytes));
  return count + bits_of(rest_of(bytes, size));
}

#if defined(__x86_64__)

/// Four counts at once: the instruction takes three cycles but one can start in each.
__attribute__((target("popcnt"))) std::uint64_t count_by_words(const char* bytes,
                                                               std::size_t size) noexcept {
  std::uint64_t counts[4] = {};
  for (; size >= 32; bytes += 32, size -= 32)
    for (unsigned i = 0; i < 4; ++i)
      counts[i] += static_cast<unsigned>(__builtin_popcountll(word_at(bytes + 8 * i)));
  for (; size >= 8; bytes += 8, size -= 8)
    counts[0] += static_cast<unsigned>(__builtin_popcountll(word_at(bytes)));
  counts[1] += static_cast<unsigned>(__builtin_popcountll(rest_of(bytes, size)));
  return counts[0] + counts[1] + counts[2] + counts[3];
}

__attribute__((target("avx512f,avx512bw,avx512vpopcntdq"))) std::uint64_t count_by_vectors(
  const char* bytes, std::size_t size) noexcept {
  __m512i counts[4] = {};
  for (; size >= 256; bytes += 256, size -= 256)
    for (unsigned i = 0; i < 4; ++i)
      counts[i] = _mm512_add_epi64(
        counts[i], _mm512_popcnt_epi64(_mm512_loadu_si512(bytes + std::size_t{64} * i)));
  for (; size >= 64; bytes += 64, size -= 64)
    counts[0] = _mm512_add_epi64(counts[0], _mm512_popcnt_epi64(_mm512_loadu_si512(bytes)));
  const auto rest = _mm512_maskz_loadu_epi8((std::uint64_t{1} << size) - 1, bytes);
  counts[1] = _mm512_add_epi64(counts[1], _mm512_popcnt_epi64(rest));
  const auto sum = _mm512_add_epi64(_mm512_add_epi64(counts[0], counts[1]),
                                    _mm512_add_epi64(counts[2], counts[3]));
  std::uint64_t lanes[8];
  _mm512_storeu_si512(lanes, sum);
  return std::accumulate(std::begin(lanes), std::end(lanes), std::uint64_t{0});
}

counter best_counter() noexcept {
  if (__builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512bw"))
    return count_by_vectors;
  return __builtin_cpu_supports("popcnt") ? count_by_words : count_anywhere;
}

#else

counter best_counter() noexcept {
  return count_anywhere;
}

#endif

// -- finding
// ---------------------------------------------------------------------------------------

/// The first byte from `at` on that is not `skipped`, or the size.
std::size_t skip(std::string_view bytes, std::size_t at, unsigned char skipped) noexcept {
  const auto word = skipped * std::uint64_t{0x0101010101010101};
  const auto differs = [&](std::size_t from) { return word_at(bytes.data() + from) ^ word; };
  for (; at + 32 <= bytes.size(); at += 32)
    if ((differs(at) | differs(at + 8) | differs(at + 16) | differs(at + 24)) != 0)
      break;
  while (at + 8 <= bytes.size() && differs(at) == 0)
    at += 8;
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) == skipped)
    ++at;
  return at;
}

// -- combining
// -------------------------------------------------------------------------------------

/// A piece of a string, filled up with zeros. Small enough that a few of them stay in the nearest
/// cache, and of fixed size: the loops over it have no ends to care for.
struct piece {
  static constexpr std::size_t bytes_max = 2048;
  static constexpr std::size_t words = bytes_max / sizeof(std::uint64_t);

  piece(std::string_view of, std::size_t at) noexcept {
    const auto size = at < of.size() ? std::min(of.size() - at, bytes_max) : 0;
    if (size != 0)
      std::memcpy(word, of.data() + at, size);
    std::memset(reinterpret_cast<char*>(word) + size, 0, bytes_max - size);
  }

  /// word = combine(word, other's word), for all words.
  template <class Combine>
  void each(const piece& other, Combine combine) noexcept {
    for (std::size_t i = 0; i < words; ++i)
      word[i] = combine(word[i], other.word[i]);
  }

  alignas(64) std::uint64_t word[words];
};

using sources_of = std::span<const std::string_view>;

constexpr auto conjoin = [](std::uint64_t a, std::uint64_t b) { return a & b; };
constexpr auto disjoin = [](std::uint64_t a, std::uint64_t b) { return a | b; };
constexpr auto differ = [](std::uint64_t a, std::uint64_t b) { return a ^ b; };
constexpr auto without = [](std::uint64_t a, std::uint64_t b) { return a & ~b; };

/// combine(… combine(combine(s0, s1), s2) …) of the pieces at `at`; nothing set without sources.
template <class Combine>
piece fold(sources_of sources, std::size_t at, Combine combine) noexcept {
  piece all{sources.empty() ? std::string_view{} : sources.front(), at};
  for (std::size_t i = 1; i < sources.size(); ++i)
    all.each(piece{sources[i], at}, combine);
  return all;
}

/// combine(x, y1 | y2 | …).
template <class Combine>
piece first_with_rest(sources_of sources, std::size_t at, Combine combine) noexcept {
  piece first{sources.front(), at};
  first.each(fold(sources.subspan(1), at, disjoin), combine);
  return first;
}

piece exactly_one(sources_of sources, std::size_t at) noexcept {
  piece some{sources.front(), at};
  piece several{{}, 0};
  for (const auto source : sources.subspan(1)) {
    const piece next{source, at};
    for (std::size_t i = 0; i < piece::words; ++i)
      several.word[i] |= some.word[i] & next.word[i];
    some.each(next, disjoin);
  }
  some.each(several, without);
  return some;
}

piece combined(bit_operation operation, sources_of sources, std::size_t at) noexcept {
  switch (operation) {
    case bit_operation::conjunction:
      return fold(sources, at, conjoin);
    case bit_operation::disjunction:
      return fold(sources, at, disjoin);
    case bit_operation::exclusive:
      return fold(sources, at, differ);
    case bit_operation::only_first:
      return first_with_rest(sources, at, without);
    case bit_operation::not_first:
      return first_with_rest(sources, at,
                             [](std::uint64_t x, std::uint64_t any) { return any & ~x; });
    case bit_operation::first_and_any:
      return first_with_rest(sources, at, conjoin);
    case bit_operation::exactly_one:
      return exactly_one(sources, at);
    case bit_operation::complement:
      break;
  }
  piece all{sources.front(), at};
  for (auto& word : all.word)
    word = ~word;
  return all;
}

} // namespace

std::uint64_t count_bits(std::string_view bytes) noexcept {
  static const counter count = best_counter();
  return count(bytes.data(), bytes.size());
}

std::uint64_t count_bits(std::string_view bytes, std::uint64_t first, std::uint64_t last) noexcept {
  const auto first_byte = first >> 3;
  const auto last_byte = last >> 3;
  const auto byte = [&](std::uint64_t at) { return static_cast<unsigned char>(bytes[at]); };
  const auto before = byte(first_byte) & ~(0xffu >> (first & 7));
  const auto behind = byte(last_byte) & (0x7fu >> (last & 7));
  return count_bits(bytes.substr(first_byte, last_byte - first_byte + 1))
         - static_cast<unsigned>(std::popcount(before) + std::popcount(behind));
}

std::optional<std::uint64_t> find_bit(std::string_view bytes, bool wanted, std::uint64_t first,
                                      std::uint64_t last) noexcept {
  const unsigned char skipped = wanted ? 0 : 0xff;
  bytes = bytes.substr(0, (last >> 3) + 1);
  auto at = first >> 3;
  // As ones where the wanted bits are.
  auto found = static_cast<unsigned char>((static_cast<unsigned char>(bytes[at]) ^ skipped)
                                          & (0xffu >> (first & 7)));
  if (found == 0) {
    at = skip(bytes, at + 1, skipped);
    if (at >= bytes.size())
      return std::nullopt;
    found = static_cast<unsigned char>(static_cast<unsigned char>(bytes[at]) ^ skipped);
  }
  const auto index = at * 8 + static_cast<unsigned>(std::countl_zero(found));
  return index <= last ? std::optional{index} : std::nullopt;
}

void combine_bits(bit_operation operation, std::span<const std::string_view> sources,
                  std::span<char> out) noexcept {
  for (std::size_t at = 0; at < out.size(); at += piece::bytes_max) {
    // All that it is made of has been read by then.
    const auto part = combined(operation, sources, at);
    std::memcpy(out.data() + at, part.word, std::min(out.size() - at, piece::bytes_max));
  }
}

} // namespace thespis::types
