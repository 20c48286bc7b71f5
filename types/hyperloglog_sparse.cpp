#include "types/hyperloglog_sparse.hpp"

#include <algorithm>
#include <cstring>

namespace thespis::types {

namespace {

constexpr std::uint32_t zero_length_max = 64;
constexpr std::uint32_t value_length_max = 4;
constexpr unsigned sparse_rank_max = 32;
/// How far a change looks for values to join.
constexpr int joined_opcodes = 5;

constexpr std::uint64_t each_byte = 0x0101010101010101;

/// Whether one of eight opcodes is an XZERO: 01 in the highest bits.
bool has_xzero(std::uint64_t eight) noexcept {
  return (eight << 1 & ~eight & each_byte * 0x80) != 0;
}

/// The registers that eight opcodes of one byte each cover.
std::uint32_t length_of(std::uint64_t eight) noexcept {
  const auto values = (eight >> 7 & each_byte) * 0xff;
  const auto lengths = (eight & ((values & each_byte * 0x03) | (~values & each_byte * 0x3f)))
                       + each_byte;
  // Up to 512, so the sums need more than a byte.
  const auto pairs = (lengths & 0x00ff00ff00ff00ff) + (lengths >> 8 & 0x00ff00ff00ff00ff);
  return static_cast<std::uint32_t>(pairs * 0x0001000100010001 >> 48);
}

bool is_value(char opcode) noexcept {
  return (static_cast<unsigned char>(opcode) & 0x80) != 0;
}

/// `bits` is 00, 01 or 1 with what follows, in the high bits of the byte.
char opcode(unsigned bits) noexcept {
  return static_cast<char>(bits);
}

/// Up to three runs.
struct run_writer {
  char bytes[5];
  std::size_t size = 0;

  void zeros(std::uint32_t length) noexcept {
    if (length == 0)
      return;
    if (length <= zero_length_max) {
      bytes[size++] = opcode(length - 1);
      return;
    }
    bytes[size++] = opcode(0x40 | (length - 1) >> 8);
    bytes[size++] = opcode((length - 1) & 0xff);
  }
  void values(unsigned rank, std::uint32_t length) noexcept {
    if (length != 0)
      bytes[size++] = opcode(0x80 | (rank - 1) << 2 | (length - 1));
  }
};

} // namespace

/// The run that covers a register.
struct hll_draft::found_run {
  hll_run run;
  place where;
  /// Of the opcode before; `none` where that is not known, or there is none.
  place previous;
};

hll_draft::hll_draft() noexcept {
  run_writer runs;
  runs.zeros(hll_register_count);
  std::memset(bytes_, 0, hll_header_bytes);
  std::memcpy(bytes_, "HYLL", 4);
  bytes_[4] = static_cast<char>(hll_encoding::sparse);
  std::memcpy(bytes_ + hll_header_bytes, runs.bytes, runs.size);
  size_ = hll_header_bytes + runs.size;
}

hll_draft::hll_draft(hll_view of) noexcept : size_(of.bytes().size()) {
  // The header alone says that it covers no register.
  if (size_ > valid_bytes_max)
    size_ = hll_header_bytes;
  std::memcpy(bytes_, of.bytes().data(), size_);
}

/// Goes on, eight opcodes at a time, while these do not reach the register and are of one byte
/// each.
void hll_draft::skip_words(place& at, place& previous, std::uint32_t index) const noexcept {
  const auto start = at.at;
  for (; at.at + 8 <= size_; at.at += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, bytes_ + at.at, sizeof eight);
    if (has_xzero(eight))
      break;
    const auto length = length_of(eight);
    if (index < at.first + length)
      break;
    at.first += length;
  }
  if (at.at == start)
    return;
  at.before = at.at - 1;
  const auto last = *hll_run::read(view(), at.before);
  previous = {at.before, at.first - last.length, at.before - 1};
}

std::optional<hll_draft::found_run> hll_draft::find(std::uint32_t index) const noexcept {
  auto at = index >= resume_.first ? resume_ : place{};
  place previous;
  previous.at = none;
  while (true) {
    skip_words(at, previous, index);
    if (at.at >= size_)
      return std::nullopt;
    const auto run = hll_run::read(view(), at.at);
    if (!run)
      return std::nullopt;
    if (index < at.first + run->length)
      return found_run{*run, at, previous};
    previous = at;
    at = {at.at + run->bytes, at.first + run->length, at.at};
  }
}

hll_draft::outcome hll_draft::raise(hll_mark mark, std::size_t sparse_bytes_max) noexcept {
  if (is_dense())
    return raise_dense(mark);
  if (mark.rank > sparse_rank_max)
    return make_dense() ? raise_dense(mark) : outcome::corrupted;
  const auto run = find(mark.index);
  if (!run)
    return outcome::corrupted;
  if (run->run.rank < mark.rank)
    return cut(*run, mark, sparse_bytes_max);
  resume_ = run->where;
  return outcome::unchanged;
}

/// Replaces a run by what is left of it before the register, the register, and what is left behind.
hll_draft::outcome hll_draft::cut(const found_run& run, hll_mark mark,
                                  std::size_t sparse_bytes_max) noexcept {
  const auto before = mark.index - run.where.first;
  const auto behind = run.run.length - before - 1;
  run_writer runs;
  const auto rest = [&](std::uint32_t length) {
    if (run.run.rank == 0)
      runs.zeros(length);
    else
      runs.values(run.run.rank, length);
  };
  rest(before);
  runs.values(mark.rank, 1);
  rest(behind);
  const bool grows = runs.size > run.run.bytes;
  if (grows && size_ + runs.size - run.run.bytes > std::min(sparse_bytes_max, valid_bytes_max))
    return make_dense() ? raise_dense(mark) : outcome::corrupted;
  splice(run.where.at, run.run.bytes, {runs.bytes, runs.size});
  join_values(run.where.before != none ? run.where.before : run.where.at);
  // What is before the previous opcode stays as it is, whatever has been joined.
  resume_ = run.previous.at != none ? run.previous : place{};
  return outcome::raised;
}

void hll_draft::splice(std::size_t at, std::size_t old_bytes, std::string_view fresh) noexcept {
  const auto tail = at + old_bytes;
  std::memmove(bytes_ + at + fresh.size(), bytes_ + tail, size_ - tail);
  std::memcpy(bytes_ + at, fresh.data(), fresh.size());
  size_ = size_ - old_bytes + fresh.size();
}

void hll_draft::join_values(std::size_t from) noexcept {
  auto at = from;
  for (int left = joined_opcodes; left > 0 && at < size_; --left) {
    const auto run = hll_run::read(view(), at);
    if (!run)
      return;
    if (run->what == hll_run::kind::value && at + 1 < size_ && is_value(bytes_[at + 1])) {
      const auto next = *hll_run::read(view(), at + 1);
      if (next.rank == run->rank && next.length + run->length <= value_length_max) {
        run_writer joined;
        joined.values(run->rank, run->length + next.length);
        splice(at, 2, {joined.bytes, joined.size});
        continue;
      }
    }
    at += run->bytes;
  }
}

hll_draft::outcome hll_draft::raise_dense(hll_mark mark) noexcept {
  return hll_raise(bytes(), mark) ? outcome::raised : outcome::unchanged;
}

bool hll_draft::make_dense() noexcept {
  if (is_dense())
    return true;
  hll_registers registers{};
  if (!hll_view::open(view())->merge_into(registers))
    return false;
  bytes_[4] = static_cast<char>(hll_encoding::dense);
  size_ = hll_dense_bytes;
  hll_store_registers(bytes(), registers);
  return true;
}

} // namespace thespis::types
