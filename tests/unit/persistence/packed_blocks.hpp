#pragma once

/// What the tests of the three kinds of packed blocks have in common.

#include "base/random.hpp"
#include "persistence/packed_reader.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::persistence::tests {

using elements = std::vector<std::string>;

/// All elements of a block; nothing if it is broken. The block lies in memory of exactly its size,
/// so that AddressSanitizer sees whoever reads past it.
template <class Reader>
std::optional<elements> elements_in(std::string_view block) {
  const auto exact = std::make_unique<char[]>(block.size());
  std::copy(block.begin(), block.end(), exact.get());
  Reader in{{exact.get(), block.size()}};
  elements all;
  digits scratch;
  while (const auto element = in.next(scratch))
    all.emplace_back(*element);
  return in.is_whole() ? std::optional{all} : std::nullopt;
}

/// Whatever happens to the block, nobody reads outside of it, and what is no whole one is refused.
template <class Reader>
void check_damaged(const std::string& block) {
  for (std::size_t size = 0; size < block.size(); ++size)
    REQUIRE(elements_in<Reader>(std::string_view{block}.substr(0, size)) == std::nullopt);
  REQUIRE(elements_in<Reader>(block + '\xff') == std::nullopt);
  REQUIRE(elements_in<Reader>(block + block) == std::nullopt);
}

/// Flips every bit in turn, and counts how often that goes unnoticed. What is accepted then has as
/// many elements, and `write` makes a block of them that is read alike.
template <class Reader, class Write>
std::size_t accepted_flips(const std::string& block, Write&& write) {
  std::size_t accepted = 0;
  const auto whole = elements_in<Reader>(block);
  REQUIRE(whole);
  for (std::size_t bit = 0; bit < block.size() * 8; ++bit) {
    auto flipped = block;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    const auto found = elements_in<Reader>(flipped);
    if (!found)
      continue;
    ++accepted;
    CAPTURE(bit);
    REQUIRE(found->size() == whole->size());
    REQUIRE(elements_in<Reader>(write(*found)) == found);
  }
  return accepted;
}

/// On both sides of each border between two encodings of an integer, in any kind of block.
inline std::vector<std::int64_t> border_integers() {
  std::vector<std::int64_t> all{0, INT64_MIN, INT64_MAX};
  for (const int bits : {3, 4, 6, 7, 8, 12, 13, 15, 16, 23, 24, 31, 32, 62})
    for (const std::int64_t sign : {-1, 1})
      for (std::int64_t near = -2; near <= 2; ++near)
        all.push_back(sign * (std::int64_t{1} << bits) + near);
  return all;
}

inline std::string noise(base::random_bits& random, std::size_t size) {
  std::string text(size, '\0');
  for (auto& c : text)
    c = static_cast<char>(random.next());
  return text;
}

inline std::string some_element(base::random_bits& random) {
  constexpr std::size_t borders[] = {0,   1,   62,  63,   64,   65,   120,  125,
                                     126, 127, 128, 252,  253,  254,  255,  256,
                                     300, 500, 999, 4093, 4094, 4095, 4096, 4097};
  switch (random.below(4)) {
    case 0: {
      static const auto integers = border_integers();
      return std::to_string(integers[random.below(integers.size())]);
    }
    case 1:
      return std::to_string(static_cast<std::int64_t>(random.next() >> random.below(64)));
    case 2:
      return noise(random, random.below(40));
    default:
      return noise(random, borders[random.below(std::size(borders))]);
  }
}

inline elements some_elements(base::random_bits& random, std::size_t count_max) {
  elements all(random.below(count_max + 1));
  for (auto& element : all)
    element = some_element(random);
  return all;
}

/// Fewer and shorter ones, for what looks at every bit of them.
inline elements short_elements(base::random_bits& random, std::size_t count) {
  elements all(count);
  for (auto& element : all)
    do
      element = some_element(random);
    while (element.size() > 300);
  return all;
}

/// What is not random in a test is, in the next run.
inline std::uint64_t some_seed() {
  return Catch::rngSeed() + std::random_device{}();
}

/// Blocks of up to seven elements (`step`: a multiple of that) that are cut, lengthened, flipped.
template <class Reader, class Write>
void check_damaged_blocks(Write&& write, std::size_t step = 1) {
  const auto seed = some_seed();
  CAPTURE(seed);
  base::random_bits random(seed);
  for (int round = 0; round < 40; ++round) {
    const auto block = write(short_elements(random, step * random.below(8 / step)));
    check_damaged<Reader>(block);
    accepted_flips<Reader>(block, write);
  }
}

/// Of an empty block no bit may change, of a text of 200 bytes those alone, and not the sizes on
/// either side of it.
template <class Reader, class Write>
void check_flips_of_text(Write&& write) {
  CHECK(accepted_flips<Reader>(write({}), write) == 0);
  CHECK(accepted_flips<Reader>(write({std::string(200, 'x')}), write) == 200 * 8);
}

/// Reads noise, from so many bytes on, that `frame` has made look like a block.
template <class Reader, class Frame> // void(std::string&)
void check_noise(std::size_t bytes_min, Frame&& frame) {
  const auto seed = some_seed();
  CAPTURE(seed);
  base::random_bits random(seed);
  for (int round = 0; round < 20'000; ++round) {
    auto block = noise(random, bytes_min + random.below(60));
    frame(block);
    block.back() = '\xff';
    elements_in<Reader>(block);
  }
}

} // namespace thespis::persistence::tests
