#include "base/bucket_table.hpp"

#include "base/ensure.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

namespace thespis::base {

namespace {

/// The sizes of segments, in buckets: multiples for which allocators have a size of their own.
constexpr std::uint32_t steps[] = {1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64};
constexpr std::uint32_t buckets_max = 64;

/// How many items `buckets` may hold before they must grow: seven eighths of the slots.
constexpr std::uint32_t items_max(std::uint32_t buckets) {
  return buckets == 1 ? bucket::capacity : buckets * bucket::capacity * 7 / 8;
}

/// Below so many items a segment gives memory back: two fifths of the slots.
constexpr std::uint32_t items_min(std::uint32_t buckets) {
  return buckets * bucket::capacity * 2 / 5;
}

/// The size for a segment that is made anew for so many items: about 72 % full, room to grow.
constexpr std::uint32_t buckets_for(std::uint32_t items) {
  for (auto n : steps)
    if (items * 100 <= n * bucket::capacity * 72)
      return n;
  return buckets_max;
}

constexpr std::uint32_t next_step(std::uint32_t buckets) {
  for (auto n : steps)
    if (n > buckets)
      return n;
  return buckets_max;
}

/// Null on failure. All free.
bucket* allocate(std::uint32_t buckets) noexcept {
  const auto bytes = buckets * sizeof(bucket);
  void* memory = std::aligned_alloc(alignof(bucket), bytes);
  if (memory != nullptr)
    std::memset(memory, 0, bytes);
  return static_cast<bucket*>(memory);
}

std::uint64_t* allocate_directory(std::uint32_t depth) noexcept {
  const auto bytes = (sizeof(std::uint64_t) + sizeof(std::uint16_t)) << depth;
  return static_cast<std::uint64_t*>(std::malloc(bytes));
}

bucket_table::place put(bucket_table::segment into, std::uint32_t home, std::uint64_t fingerprint,
                        std::uint64_t word) noexcept {
  auto b = home;
  while (into.buckets[b].free() == 0) {
    into.buckets[b].note_passed();
    b = b + 1 == into.count ? 0 : b + 1;
  }
  auto& target = into.buckets[b];
  const auto slot = bucket::slot_of(target.free());
  target.put(slot, fingerprint, word);
  return {&target, slot};
}

} // namespace

bucket_table::~bucket_table() {
  release();
}

void bucket_table::swap(bucket_table& other) noexcept {
  std::swap(directory_, other.directory_);
  std::swap(depth_, other.depth_);
  std::swap(deepest_, other.deepest_);
  std::swap(size_, other.size_);
  std::swap(hash_of_, other.hash_of_);
  std::swap(seed_, other.seed_);
}

void bucket_table::release() noexcept {
  if (directory_ == nullptr)
    return;
  for (std::uint32_t i = 0; i < (1u << depth_);) {
    const auto here = unpack(directory_[i]);
    free_buckets(here);
    i += 1u << (depth_ - here.depth);
  }
  free_directory();
}

void bucket_table::free_buckets(segment of) noexcept {
  std::free(of.buckets);
}

void bucket_table::free_directory() noexcept {
  std::free(directory_);
  directory_ = nullptr;
  depth_ = 0;
  deepest_ = 0;
  size_ = 0;
}

// -- insert and remove ---------------------------------------------------------------------------

void bucket_table::make_room(std::uint32_t top) {
  if (directory_ == nullptr)
    start();
  for (;;) {
    const auto index = index_of(top);
    const auto here = unpack(directory_[index]);
    const auto first = first_index(index, here.depth);
    if (counts()[first] < items_max(here.count)) [[likely]]
      return;
    grow(first);
  }
}

bucket_table::place bucket_table::insert(std::uint32_t top, void* item) noexcept {
  const auto index = index_of(top);
  const auto here = unpack(directory_[index]);
  ++counts()[first_index(index, here.depth)];
  ++size_;
  return put(here, here.home(top), bucket::fingerprint(top),
             bucket::tag(top) | reinterpret_cast<std::uintptr_t>(item));
}

void bucket_table::remove(std::uint32_t top, place at) noexcept {
  const auto index = index_of(top);
  const auto here = unpack(directory_[index]);
  for (auto b = here.home(top); here.buckets + b != at.where; b = b + 1 == here.count ? 0 : b + 1)
    here.buckets[b].forget_passed();
  at.where->remove(at.slot);
  const auto first = first_index(index, here.depth);
  if (at.where->passed() != 0)
    fill_hole(here, prefix_of(first), static_cast<std::uint32_t>(at.where - here.buckets));
  const auto left = --counts()[first];
  if (--size_ == 0 || left < items_min(here.count)) [[unlikely]]
    give_back(first);
}

/// Bucket `b` has a free slot again: takes an item back that had to go past it, and fills the hole
/// that this leaves. Without this, items would stray ever farther under constant change.
void bucket_table::fill_hole(segment here, std::uint32_t prefix, std::uint32_t b) const noexcept {
  auto c = b;
  for (std::uint32_t step = 1; here.buckets[b].passed() != 0 && step < here.count; ++step) {
    c = c + 1 == here.count ? 0 : c + 1;
    auto& in = here.buckets[c];
    for (auto mask = in.taken(); mask != 0; mask &= mask - 1) {
      const auto slot = bucket::slot_of(mask);
      const auto home = here.home(top_of(in, slot, prefix, here.depth));
      if ((c + here.count - home) % here.count < step)
        continue;
      here.buckets[b].put(bucket::slot_of(here.buckets[b].free()), in.fingerprint_at(slot),
                          in.words[slot]);
      in.remove(slot);
      for (; b != c; b = b + 1 == here.count ? 0 : b + 1)
        here.buckets[b].forget_passed();
      step = 0;
      break;
    }
    if (step != 0 && in.passed() == 0)
      return;
  }
}

// -- growing -------------------------------------------------------------------------------------

void bucket_table::start() {
  auto* buckets = allocate(1);
  auto* directory = allocate_directory(0);
  if (buckets == nullptr || directory == nullptr) {
    std::free(buckets);
    std::free(directory);
    throw std::bad_alloc();
  }
  directory_ = directory;
  deepest_ = 1;
  assign(0, {buckets, 1, 0}, 0);
}

void bucket_table::assign(std::uint32_t first, segment s, std::uint16_t items) noexcept {
  for (std::uint32_t i = 0; i < (1u << (depth_ - s.depth)); ++i) {
    directory_[first + i] = pack(s);
    counts()[first + i] = items;
  }
}

void bucket_table::grow(std::uint32_t first) {
  const auto here = unpack(directory_[first]);
  if (here.count == buckets_max)
    return split(first);
  const auto count = next_step(here.count);
  auto* buckets = allocate(count);
  if (buckets == nullptr)
    throw std::bad_alloc();
  resize(first, {buckets, count, here.depth});
}

/// Puts the content of the segment at `first` into `new_one` of the same depth.
void bucket_table::resize(std::uint32_t first, segment new_one) noexcept {
  const auto old = unpack(directory_[first]);
  move_all(old, prefix_of(first), new_one);
  assign(first, new_one, counts()[first]);
  std::free(old.buckets);
}

template <class Visitor>
void bucket_table::each_item(segment of, std::uint32_t prefix, Visitor&& visit) const noexcept {
  const auto known = knows_hashes(of.depth);
  for (std::uint32_t b = 0; b < of.count; ++b) {
    const auto& in = of.buckets[b];
    for (auto mask = in.taken(); mask != 0; mask &= mask - 1) {
      const auto slot = bucket::slot_of(mask);
      visit(in, slot,
            known ? (prefix & 0xff00'0000u) | in.known_bits(slot)
                  : top_of(in, slot, prefix, of.depth));
    }
  }
}

void bucket_table::move_all(segment from, std::uint32_t prefix, segment to) const noexcept {
  each_item(from, prefix, [&](const bucket& in, unsigned slot, std::uint32_t top) {
    put(to, to.home(top), in.fingerprint_at(slot), in.words[slot]);
  });
}

/// How many items of a segment belong to the upper half of its hashes.
std::uint32_t bucket_table::count_upper(segment of, std::uint32_t prefix) const noexcept {
  std::uint32_t upper = 0;
  if (knows_hashes(of.depth)) {
    // The bit that decides is among the sixteen in the words; free words are zero.
    const auto shift = 48 + 31 - of.depth - 8;
    for (std::uint32_t b = 0; b < of.count; ++b)
      for (auto word : of.buckets[b].words)
        upper += static_cast<std::uint32_t>(word >> shift) & 1;
  } else {
    each_item(of, prefix, [&](const bucket&, unsigned, std::uint32_t top) {
      upper += (top >> (31 - of.depth)) & 1;
    });
  }
  return upper;
}

void bucket_table::split(std::uint32_t first) {
  auto old = unpack(directory_[first]);
  if (old.depth == depth_max)
    throw std::bad_alloc();
  if (old.depth == depth_) {
    double_directory();
    first *= 2;
  }
  const auto prefix = prefix_of(first);
  const auto upper = count_upper(old, prefix);
  const std::uint32_t items[2] = {counts()[first] - upper, upper};
  segment halves[2];
  for (int side = 0; side < 2; ++side) {
    const auto count = buckets_for(items[side]);
    halves[side] = {allocate(count), count, old.depth + 1};
  }
  if (halves[0].buckets == nullptr || halves[1].buckets == nullptr) {
    std::free(halves[0].buckets);
    std::free(halves[1].buckets);
    throw std::bad_alloc();
  }
  each_item(old, prefix, [&](const bucket& in, unsigned slot, std::uint32_t top) {
    const auto& to = halves[(top >> (31 - old.depth)) & 1];
    put(to, to.home(top), in.fingerprint_at(slot), in.words[slot]);
  });
  assign(first, halves[0], static_cast<std::uint16_t>(items[0]));
  assign(first + (1u << (depth_ - old.depth - 1)), halves[1], static_cast<std::uint16_t>(items[1]));
  if (old.depth + 1 == depth_)
    deepest_ += 2;
  std::free(old.buckets);
}

void bucket_table::double_directory() {
  auto* wider = allocate_directory(depth_ + 1);
  if (wider == nullptr)
    throw std::bad_alloc();
  auto* wider_counts = reinterpret_cast<std::uint16_t*>(wider + (std::size_t{2} << depth_));
  for (std::size_t i = 0; i < (std::size_t{1} << depth_); ++i) {
    wider[2 * i] = wider[2 * i + 1] = directory_[i];
    wider_counts[2 * i] = wider_counts[2 * i + 1] = counts()[i];
  }
  std::free(directory_);
  directory_ = wider;
  ++depth_;
  deepest_ = 0;
}

// -- shrinking -----------------------------------------------------------------------------------

/// The segment at `first` has become small for its size, or the table empty.
void bucket_table::give_back(std::uint32_t first) noexcept {
  if (may_shrink_ != nullptr && !may_shrink_->load(std::memory_order_relaxed))
    return;
  if (size_ == 0)
    release();
  else
    shrink(first);
}

void bucket_table::shrink(std::uint32_t first) noexcept {
  if (merge(first))
    return;
  const auto here = unpack(directory_[first]);
  const auto count = buckets_for(counts()[first]);
  if (count >= here.count)
    return;
  if (auto* buckets = allocate(count); buckets != nullptr)
    resize(first, {buckets, count, here.depth});
}

/// Makes one of two segments that were split from one, if that is small enough.
bool bucket_table::merge(std::uint32_t first) noexcept {
  const auto here = unpack(directory_[first]);
  if (here.depth == 0)
    return false;
  const auto width = 1u << (depth_ - here.depth);
  const auto left = first & ~width;
  const auto right = left | width;
  const segment halves[2] = {unpack(directory_[left]), unpack(directory_[right])};
  const std::uint32_t items = std::uint32_t{counts()[left]} + counts()[right];
  if (halves[0].depth != halves[1].depth || items > items_max(buckets_max) * 3 / 4)
    return false;
  const segment whole{allocate(buckets_for(items)), buckets_for(items), here.depth - 1};
  if (whole.buckets == nullptr)
    return false;
  move_all(halves[0], prefix_of(left), whole);
  move_all(halves[1], prefix_of(right), whole);
  assign(left, whole, static_cast<std::uint16_t>(items));
  std::free(halves[0].buckets);
  std::free(halves[1].buckets);
  if (here.depth == depth_) {
    deepest_ -= 2;
    while (deepest_ == 0 && depth_ > 0)
      if (const auto before = depth_; halve_directory(), depth_ == before)
        break;
  }
  return true;
}

void bucket_table::halve_directory() noexcept {
  auto* narrower = allocate_directory(depth_ - 1);
  if (narrower == nullptr)
    return;
  const auto words = std::size_t{1} << (depth_ - 1);
  auto* narrower_counts = reinterpret_cast<std::uint16_t*>(narrower + words);
  for (std::size_t i = 0; i < words; ++i) {
    narrower[i] = directory_[2 * i];
    narrower_counts[i] = counts()[2 * i];
  }
  std::free(directory_);
  directory_ = narrower;
  --depth_;
  deepest_ = 0;
  for (std::size_t i = 0; i < words; ++i)
    deepest_ += unpack(narrower[i]).depth == depth_ ? 1 : 0;
}

// -- walking -------------------------------------------------------------------------------------

std::uint32_t bucket_table::next_boundary(std::uint32_t top) const noexcept {
  if (directory_ == nullptr)
    return 0;
  const auto index = index_of(top);
  const auto here = unpack(directory_[index]);
  const auto prefix = std::uint64_t{prefix_of(first_index(index, here.depth))};
  const auto end = prefix + (std::uint64_t{1} << (32 - here.depth));
  // The least fraction (of 2^32) that belongs to the next bucket, then the least even hash part.
  const auto next = std::uint64_t{here.home(top)} + 1;
  const auto fraction = ((next << 32) + here.count - 1) / here.count;
  const auto unit = std::uint64_t{2} << here.depth;
  const auto offset = (fraction + unit - 1) / unit * 2;
  const auto boundary = prefix + offset;
  return static_cast<std::uint32_t>(boundary < end ? boundary : end);
}

bucket_table::place bucket_table::random(std::uint64_t random_bits) const noexcept {
  if (size_ == 0)
    return {};
  auto state = random_bits;
  // Every segment is named once by its first index, every slot of 64 buckets once by a number: so
  // each item has the same share, and what hits nothing is thrown again.
  for (int attempt = 0; attempt < 512; ++attempt) {
    state += 0x9e37'79b9'7f4a'7c15u;
    auto bits = (state ^ (state >> 30)) * 0xbf58'476d'1ce4'e5b9u;
    bits = (bits ^ (bits >> 27)) * 0x94d0'49bb'1331'11ebu;
    bits ^= bits >> 31;
    const auto index = index_of(static_cast<std::uint32_t>(bits >> 32));
    const auto here = unpack(directory_[index]);
    const auto count = depth_ == 0 ? here.count : buckets_max;
    const auto pick = static_cast<std::uint32_t>(
      ((bits & 0xffff'ffffu) * (std::uint64_t{count} * bucket::capacity)) >> 32);
    const auto b = pick / bucket::capacity;
    if (first_index(index, here.depth) != index || b >= here.count)
      continue;
    const auto slot = pick % bucket::capacity;
    if (((here.buckets[b].control >> (8 * slot)) & 0x80) != 0)
      return {&here.buckets[b], slot};
  }
  // Nearly empty for its size (segments that wait for their siblings): the next item from there on.
  const auto words = 1u << depth_;
  auto i = index_of(static_cast<std::uint32_t>(state >> 32));
  for (std::uint32_t step = 0; step <= words; ++step, i = (i + 1) & (words - 1)) {
    const auto here = unpack(directory_[i]);
    for (std::uint32_t b = 0; b < here.count; ++b)
      if (here.buckets[b].taken() != 0)
        return {&here.buckets[b], bucket::slot_of(here.buckets[b].taken())};
  }
  return {};
}

// -- looking inside ------------------------------------------------------------------------------

std::size_t bucket_table::memory_bytes() const noexcept {
  if (directory_ == nullptr)
    return 0;
  std::size_t bytes = (sizeof(std::uint64_t) + sizeof(std::uint16_t)) << depth_;
  for (std::uint32_t i = 0; i < (1u << depth_);) {
    const auto here = unpack(directory_[i]);
    bytes += here.count * sizeof(bucket);
    i += 1u << (depth_ - here.depth);
  }
  return bytes;
}

table_statistics bucket_table::statistics() const {
  table_statistics result;
  result.items = size_;
  result.bytes = memory_bytes();
  if (directory_ == nullptr)
    return result;
  result.directory_words = std::size_t{1} << depth_;
  for (std::uint32_t i = 0; i < (1u << depth_);) {
    const auto here = unpack(directory_[i]);
    ++result.segments;
    result.buckets += here.count;
    for (std::uint32_t b = 0; b < here.count; ++b) {
      const auto& in = here.buckets[b];
      for (auto mask = in.taken(); mask != 0; mask &= mask - 1) {
        const auto top = top_of(in, bucket::slot_of(mask), prefix_of(i), here.depth);
        const auto distance = (b + here.count - here.home(top)) % here.count;
        ++result.by_distance[distance < 7 ? distance : 7];
      }
    }
    i += 1u << (depth_ - here.depth);
  }
  return result;
}

std::string describe(const table_statistics& statistics) {
  if (statistics.items == 0)
    return "No stats available for empty dictionaries\n";
  const auto slots = statistics.buckets * bucket::capacity;
  auto text = fmt::format(
    " segments: {}\n buckets: {} of {} slots\n number of elements: {}\n"
    " fill: {:.2f}%\n directory: {} words\n bytes: {}\n"
    " Distance from home distribution:\n",
    statistics.segments, statistics.buckets, bucket::capacity, statistics.items,
    100.0 * static_cast<double>(statistics.items) / static_cast<double>(slots),
    statistics.directory_words, statistics.bytes);
  for (std::size_t i = 0; i < statistics.by_distance.size(); ++i)
    if (statistics.by_distance[i] != 0)
      fmt::format_to(std::back_inserter(text), "   {}{}: {} ({:.2f}%)\n", i + 1 == 8 ? ">=" : "", i,
                     statistics.by_distance[i],
                     100.0 * static_cast<double>(statistics.by_distance[i])
                       / static_cast<double>(statistics.items));
  return text;
}

} // namespace thespis::base
