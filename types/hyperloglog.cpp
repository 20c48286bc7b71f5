#include "types/hyperloglog.hpp"

#include "types/hyperloglog_sparse.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace thespis::types {

namespace {

constexpr std::uint64_t murmur_seed = 0xadc83b19;
constexpr unsigned index_bits = 14;
/// Bits of the hash that a rank is made of.
constexpr unsigned rank_bits = 64 - index_bits;
constexpr std::size_t cardinality_at = 8;
constexpr unsigned char out_of_date = 0x80;

static_assert(hll_rank_max == rank_bits + 1);

/// How many registers there are of each rank.
using histogram = std::array<std::uint32_t, 64>;

/// Little endian, up to eight bytes.
std::uint64_t number_at(const char* bytes, std::size_t size) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, size);
  if constexpr (std::endian::native == std::endian::big)
    value = __builtin_bswap64(value);
  return value;
}

void store_number(char* bytes, std::uint64_t value, std::size_t size) noexcept {
  if constexpr (std::endian::native == std::endian::big)
    value = __builtin_bswap64(value);
  std::memcpy(bytes, &value, size);
}

/// MurmurHash64A.
std::uint64_t hash_of(std::string_view bytes) noexcept {
  constexpr std::uint64_t factor = 0xc6a4a7935bd1e995;
  constexpr unsigned shift = 47;
  auto hash = murmur_seed ^ (bytes.size() * factor);
  const char* at = bytes.data();
  auto left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    auto block = number_at(at, 8) * factor;
    block ^= block >> shift;
    hash = (hash ^ block * factor) * factor;
  }
  if (left != 0)
    hash = (hash ^ number_at(at, left)) * factor;
  hash = (hash ^ hash >> shift) * factor;
  return hash ^ hash >> shift;
}

// -- dense registers ------------------------------------------------------------------------------

constexpr std::size_t group_registers = 8;
constexpr std::size_t group_bytes = 6;
constexpr std::size_t groups = hll_register_count / group_registers;

/// Eight registers of six bits as eight bytes: halves, quarters and eighths move apart.
std::uint64_t spread_registers(std::uint64_t packed) noexcept {
  packed = (packed & 0xffffff) | (packed & 0xffffff000000) << 8;
  packed = (packed & 0x00000fff00000fff) | (packed & 0x00fff00000fff000) << 4;
  return (packed & 0x003f003f003f003f) | (packed & 0x0fc00fc00fc00fc0) << 2;
}

/// The reverse.
std::uint64_t gather_registers(std::uint64_t bytes) noexcept {
  bytes = (bytes & 0x003f003f003f003f) | (bytes >> 2 & 0x0fc00fc00fc00fc0);
  bytes = (bytes & 0x00000fff00000fff) | (bytes >> 4 & 0x00fff00000fff000);
  return (bytes & 0xffffff) | (bytes >> 8 & 0xffffff000000);
}

/// Calls visit(i, eight registers as eight bytes, the first one lowest) for all groups.
template <class Visitor>
void for_each_group(std::string_view body, Visitor&& visit) noexcept {
  const char* at = body.data();
  // Eight bytes are read of which six count, but for the last group.
  for (std::size_t i = 0; i + 1 < groups; ++i, at += group_bytes)
    visit(i, spread_registers(number_at(at, 8) & 0xffffffffffff));
  visit(groups - 1, spread_registers(number_at(at, group_bytes)));
}

/// Counts registers, eight at a time, each into a table of its own: adding to the number that was
/// just added to would wait for it.
class rank_counter {
public:
  void add(std::uint64_t eight) noexcept {
    for (unsigned lane = 0; lane < 8; ++lane)
      ++counts_[lane][eight >> (8 * lane) & 0x3f];
  }
  histogram sum() const noexcept {
    histogram all{};
    for (const auto& lane : counts_)
      for (std::size_t rank = 0; rank < all.size(); ++rank)
        all[rank] += lane[rank];
    return all;
  }

private:
  histogram counts_[8] = {};
};

// -- sparse registers -----------------------------------------------------------------------------

/// Calls visit(first, run) for all runs. Returns whether they cover all registers and no more;
/// visits none that would go beyond.
template <class Visitor>
bool for_each_run(std::string_view body, Visitor&& visit) noexcept {
  std::size_t first = 0;
  for (std::size_t at = 0; at < body.size();) {
    const auto run = hll_run::read(body, at);
    if (!run || run->length > hll_register_count - first)
      return false;
    visit(first, *run);
    first += run->length;
    at += run->bytes;
  }
  return first == hll_register_count;
}

// -- the estimate ---------------------------------------------------------------------------------

/// x + sum of 2^(k-1) * x^(2^k) for k = 1, 2 …, until nothing changes any more.
double sigma(double x) noexcept {
  if (x == 1.0)
    return std::numeric_limits<double>::infinity();
  double sum = x;
  double last;
  double weight = 1;
  do {
    x *= x;
    last = sum;
    sum += x * weight;
    weight += weight;
  } while (sum != last);
  return sum;
}

/// (1 - x - sum of (1 - x^(2^-k))^2 * 2^-k for k = 1, 2 …) / 3, until nothing changes any more.
double tau(double x) noexcept {
  if (x == 0.0 || x == 1.0)
    return 0.0;
  double sum = 1 - x;
  double last;
  double weight = 1;
  do {
    x = std::sqrt(x);
    last = sum;
    weight *= 0.5;
    sum -= (1 - x) * (1 - x) * weight;
  } while (sum != last);
  return sum / 3;
}

std::uint64_t estimate(const histogram& ranks) noexcept {
  constexpr double count = hll_register_count;
  constexpr double alpha = 0.721347520444481703680; // 1 / (2 ln 2)
  double z = count * tau((count - ranks[hll_rank_max]) / count);
  for (auto rank = hll_rank_max - 1; rank >= 1; --rank)
    z = (z + ranks[rank]) * 0.5;
  z += count * sigma(ranks[0] / count);
  const auto result = alpha * count * count / z;
  // Only ranks that no hash has lead there.
  constexpr double most = 9.2e18;
  return result < most ? static_cast<std::uint64_t>(std::llround(result))
                       : std::uint64_t{std::numeric_limits<std::int64_t>::max()};
}

} // namespace

hll_mark hll_mark_of(std::string_view element) noexcept {
  const auto hash = hash_of(element);
  // The bit above them ends the zeros.
  const auto rest = hash >> index_bits | std::uint64_t{1} << rank_bits;
  return {static_cast<std::uint32_t>(hash & (hll_register_count - 1)),
          static_cast<std::uint8_t>(std::countr_zero(rest) + 1)};
}

// -- hll_view -------------------------------------------------------------------------------------

std::optional<hll_view> hll_view::open(std::string_view bytes) noexcept {
  if (bytes.size() < hll_header_bytes || !bytes.starts_with("HYLL"))
    return std::nullopt;
  const auto encoding = static_cast<unsigned char>(bytes[4]);
  if (encoding > static_cast<unsigned char>(hll_encoding::sparse))
    return std::nullopt;
  const hll_view view{bytes};
  if (view.is_dense() && bytes.size() != hll_dense_bytes)
    return std::nullopt;
  return view;
}

std::optional<std::uint64_t> hll_view::cached_cardinality() const noexcept {
  if ((static_cast<unsigned char>(bytes_[cardinality_at + 7]) & out_of_date) != 0)
    return std::nullopt;
  return number_at(bytes_.data() + cardinality_at, 8);
}

std::optional<std::uint64_t> hll_view::cardinality() const noexcept {
  if (is_dense()) {
    rank_counter ranks;
    for_each_group(body(), [&](std::size_t, std::uint64_t eight) { ranks.add(eight); });
    return estimate(ranks.sum());
  }
  histogram ranks{};
  const auto valid = for_each_run(
    body(), [&](std::size_t, const hll_run& run) { ranks[run.rank] += run.length; });
  return valid ? std::optional{estimate(ranks)} : std::nullopt;
}

bool hll_view::merge_into(hll_registers& into) const noexcept {
  if (is_dense()) {
    // Unpacked piece by piece, so that the comparison is one of vectors.
    constexpr std::size_t piece_groups = 64;
    static_assert(groups % piece_groups == 0);
    std::array<std::uint64_t, piece_groups> piece;
    for_each_group(body(), [&](std::size_t i, std::uint64_t eight) {
      piece[i % piece_groups] = eight;
      if (i % piece_groups != piece_groups - 1)
        return;
      std::uint8_t ranks[sizeof piece];
      std::memcpy(ranks, piece.data(), sizeof piece);
      auto* to = into.data() + (i + 1) * group_registers - sizeof piece;
      for (std::size_t j = 0; j < sizeof piece; ++j)
        to[j] = std::max(to[j], ranks[j]);
    });
    return true;
  }
  return for_each_run(body(), [&](std::size_t first, const hll_run& run) {
    if (run.rank != 0)
      for (auto i = first; i < first + run.length; ++i)
        into[i] = std::max(into[i], run.rank);
  });
}

std::uint64_t hll_cardinality(const hll_registers& registers) noexcept {
  rank_counter ranks;
  std::uint32_t zeros = 0;
  for (std::size_t i = 0; i < registers.size(); i += group_registers) {
    std::uint64_t eight;
    std::memcpy(&eight, registers.data() + i, sizeof eight);
    if (eight == 0)
      zeros += group_registers;
    else
      ranks.add(eight);
  }
  auto all = ranks.sum();
  all[0] += zeros;
  return estimate(all);
}

// -- changing a string ----------------------------------------------------------------------------

void hll_store_cardinality(std::span<char> bytes, std::uint64_t cardinality) noexcept {
  store_number(bytes.data() + cardinality_at, cardinality, 8);
}

void hll_forget_cardinality(std::span<char> bytes) noexcept {
  auto& last = bytes[cardinality_at + 7];
  last = static_cast<char>(static_cast<unsigned char>(last) | out_of_date);
}

unsigned hll_register(std::string_view dense, std::size_t index) noexcept {
  const auto bit = index * 6;
  const auto at = hll_header_bytes + bit / 8;
  // The last register ends with the last byte.
  const auto size = std::min<std::size_t>(dense.size() - at, 2);
  return static_cast<unsigned>(number_at(dense.data() + at, size) >> bit % 8 & 0x3f);
}

bool hll_raise(std::span<char> dense, hll_mark mark) noexcept {
  if (hll_register({dense.data(), dense.size()}, mark.index) >= mark.rank)
    return false;
  const auto bit = std::size_t{mark.index} * 6;
  const auto at = hll_header_bytes + bit / 8;
  const auto size = std::min<std::size_t>(dense.size() - at, 2);
  const auto others = number_at(dense.data() + at, size) & ~(std::uint64_t{0x3f} << bit % 8);
  store_number(dense.data() + at, others | std::uint64_t{mark.rank} << bit % 8, size);
  return true;
}

void hll_store_registers(std::span<char> dense, const hll_registers& registers) noexcept {
  auto* at = dense.data() + hll_header_bytes;
  for (std::size_t i = 0; i < registers.size(); i += group_registers, at += group_bytes) {
    std::uint64_t eight;
    std::memcpy(&eight, registers.data() + i, sizeof eight);
    store_number(at, gather_registers(eight), group_bytes);
  }
}

} // namespace thespis::types
