#include "base/sha1.hpp"

#include <bit>
#include <cstring>

namespace thespis::base {

namespace {

constexpr std::size_t block_bytes = 64;

using state = std::array<std::uint32_t, 5>;

std::uint32_t big_endian(const std::uint8_t* at) noexcept {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8
         | std::uint32_t{at[3]};
}

/// The function and the constant of step `i` (FIPS 180-4, 4.1.1 and 4.2.1).
std::uint32_t mixed(std::size_t i, std::uint32_t b, std::uint32_t c, std::uint32_t d) noexcept {
  if (i < 20)
    return ((b & c) | (~b & d)) + 0x5a827999u;
  if (i < 40)
    return (b ^ c ^ d) + 0x6ed9eba1u;
  if (i < 60)
    return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu;
  return (b ^ c ^ d) + 0xca62c1d6u;
}

void absorb(state& sum, const std::uint8_t* block) noexcept {
  std::array<std::uint32_t, 80> schedule;
  for (std::size_t i = 0; i < 16; ++i)
    schedule[i] = big_endian(block + 4 * i);
  for (std::size_t i = 16; i < schedule.size(); ++i)
    schedule[i] = std::rotl(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16],
                            1);
  auto [a, b, c, d, e] = sum;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    const auto next = std::rotl(a, 5) + mixed(i, b, c, d) + e + schedule[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  sum[0] += a;
  sum[1] += b;
  sum[2] += c;
  sum[3] += d;
  sum[4] += e;
}

} // namespace

sha1_digest sha1(std::string_view bytes) noexcept {
  state sum = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
  const auto bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  std::array<std::uint8_t, 2 * block_bytes> tail{};
  for (; bytes.size() >= block_bytes; bytes.remove_prefix(block_bytes)) {
    std::memcpy(tail.data(), bytes.data(), block_bytes);
    absorb(sum, tail.data());
  }
  // The rest, one set bit, zeros, and the length in bits: one block or two.
  tail.fill(0);
  if (!bytes.empty())
    std::memcpy(tail.data(), bytes.data(), bytes.size());
  tail[bytes.size()] = 0x80;
  const auto end = bytes.size() + 9 <= block_bytes ? block_bytes : 2 * block_bytes;
  for (std::size_t i = 0; i < 8; ++i)
    tail[end - 1 - i] = static_cast<std::uint8_t>(bits >> (8 * i));
  for (std::size_t at = 0; at < end; at += block_bytes)
    absorb(sum, tail.data() + at);
  sha1_digest out;
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(sum[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

std::string to_hex(const sha1_digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

} // namespace thespis::base
