#pragma once

/// The ID of a stream's entry: `<milliseconds>-<sequence>`, both 64 bits, ordered first by the one
/// and then by the other. IDs of a stream only grow.

#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace thespis::types {

struct stream_id {
  std::uint64_t ms = 0;
  std::uint64_t seq = 0;

  friend constexpr auto operator<=>(const stream_id&, const stream_id&) noexcept = default;

  constexpr bool is_zero() const noexcept {
    return ms == 0 && seq == 0;
  }
  /// The ID right behind this one; nothing behind the last possible one.
  constexpr std::optional<stream_id> next() const noexcept {
    if (seq != field_max)
      return stream_id{ms, seq + 1};
    if (ms != field_max)
      return stream_id{ms + 1, 0};
    return std::nullopt;
  }
  /// The ID right before this one; nothing before 0-0.
  constexpr std::optional<stream_id> previous() const noexcept {
    if (seq != 0)
      return stream_id{ms, seq - 1};
    if (ms != 0)
      return stream_id{ms - 1, field_max};
    return std::nullopt;
  }

  static constexpr std::uint64_t field_max = std::numeric_limits<std::uint64_t>::max();
};

inline constexpr stream_id last_possible_id{stream_id::field_max, stream_id::field_max};

/// The text of an ID.
class stream_id_text {
public:
  explicit stream_id_text(const stream_id& id) noexcept {
    auto* at = std::to_chars(bytes_, bytes_ + sizeof bytes_, id.ms).ptr;
    *at++ = '-';
    size_ = static_cast<std::size_t>(std::to_chars(at, bytes_ + sizeof bytes_, id.seq).ptr
                                     - bytes_);
  }
  operator std::string_view() const noexcept {
    return {bytes_, size_};
  }

private:
  char bytes_[41];
  std::size_t size_;
};

/// What a client wrote as an ID.
struct parsed_stream_id {
  stream_id id;
  /// `<ms>-*`: the sequence is to be found; it is 0 here.
  bool open_sequence = false;
};

/// Reads `<ms>` (then the sequence is `missing_seq`), `<ms>-<seq>`, or, if `may_be_open`, `<ms>-*`.
/// Nothing if it is none. Numbers are read as Redis does it: what is no strict decimal number is
/// left to strtoull, which takes blanks and signs in front of it.
std::optional<parsed_stream_id> parse_stream_id(std::string_view text, std::uint64_t missing_seq,
                                                bool may_be_open = false) noexcept;

} // namespace thespis::types
