#include "types/stream_id.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace thespis::types {

namespace {

/// REQUIRES: a zero behind the text.
std::optional<std::uint64_t> read_id_field(std::string_view text) noexcept {
  if (const auto plain = base::parse_int64(text))
    return *plain < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(*plain)};
  errno = 0;
  char* end = nullptr;
  const auto value = std::strtoull(text.data(), &end, 10);
  if (errno != 0 || text.empty() || *end != '\0')
    return std::nullopt;
  return value;
}

/// Decimal digits and nothing else, no more of them than any number of 64 bits takes.
std::optional<std::uint64_t> read_digits(std::string_view text) noexcept {
  constexpr std::size_t safe_digits = 18;
  if (text.empty() || text.size() > safe_digits)
    return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

} // namespace

std::optional<parsed_stream_id> parse_stream_id(std::string_view text, std::uint64_t missing_seq,
                                                bool may_be_open) noexcept {
  constexpr std::size_t text_bytes_max = 127;
  if (text.size() > text_bytes_max)
    return std::nullopt;
  const auto dash = text.find('-');
  const auto seq_text = dash == text.npos ? std::string_view{} : text.substr(dash + 1);
  if (const auto ms = read_digits(text.substr(0, dash))) {
    if (dash == text.npos)
      return parsed_stream_id{{*ms, missing_seq}};
    if (const auto seq = read_digits(seq_text))
      return parsed_stream_id{{*ms, *seq}};
  }
  // Odd texts: a string of C, which ends at the first zero.
  char buffer[text_bytes_max + 1];
  *std::copy(text.begin(), text.end(), buffer) = '\0';
  char* const split = std::strchr(buffer, '-');
  if (split != nullptr)
    *split = '\0';
  const auto ms = read_id_field(buffer);
  if (!ms)
    return std::nullopt;
  if (split == nullptr)
    return parsed_stream_id{{*ms, missing_seq}};
  if (may_be_open && std::strcmp(split + 1, "*") == 0)
    return parsed_stream_id{{*ms, 0}, true};
  const auto seq = read_id_field(split + 1);
  if (!seq)
    return std::nullopt;
  return parsed_stream_id{{*ms, *seq}};
}

} // namespace thespis::types
