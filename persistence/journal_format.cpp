#include "persistence/journal_format.hpp"

#include "base/crc32c.hpp"
#include "base/number.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace thespis::persistence {

namespace {

constexpr std::size_t checksum_digits = 8;

/// Takes decimal digits and what has to stand behind them. No number in another spelling: a byte
/// that was changed must show.
template <class Number>
bool take_number(std::string_view& text, Number& out, char behind) noexcept {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (failed != std::errc{} || digits == text.size() || *end != behind
      || (text.front() == '0' && digits > 1))
    return false;
  text.remove_prefix(digits + 1);
  return true;
}

bool take_checksum(std::string_view& text, std::uint32_t& out) noexcept {
  const auto digits = text.substr(0, checksum_digits);
  if (digits.size() != checksum_digits
      || digits.find_first_not_of("0123456789abcdef") != std::string_view::npos
      || std::from_chars(digits.data(), digits.data() + digits.size(), out, 16).ec != std::errc{})
    return false;
  text.remove_prefix(checksum_digits);
  return true;
}

void append_length(std::string& out, char kind, std::size_t length) {
  char digits[24];
  auto* end = std::to_chars(std::begin(digits), std::end(digits), length).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out += kind;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

} // namespace

std::string frame_line(log_number first, log_number last, std::string_view records) {
  auto line = fmt::format("{}{}-{} {} {:08x} ", frame_mark, first, last, records.size(),
                          base::crc32c(records));
  fmt::format_to(std::back_inserter(line), "{:08x}\r\n", base::crc32c(line));
  return line;
}

std::optional<journal_frame> parse_frame_line(std::string_view line) noexcept {
  const auto whole = line;
  journal_frame frame;
  std::uint32_t of_line = 0;
  if (!line.starts_with(frame_mark))
    return std::nullopt;
  line.remove_prefix(frame_mark.size());
  if (!take_number(line, frame.first, '-') || !take_number(line, frame.last, ' ')
      || !take_number(line, frame.bytes, ' ') || !take_checksum(line, frame.checksum)
      || !line.starts_with(' '))
    return std::nullopt;
  line.remove_prefix(1);
  const auto told = whole.substr(0, whole.size() - line.size());
  if (!take_checksum(line, of_line) || !line.empty() || base::crc32c(told) != of_line
      || frame.first == 0 || frame.last < frame.first)
    return std::nullopt;
  return frame;
}

bool belongs_to(std::string_view records, const journal_frame& frame) noexcept {
  return records.size() == frame.bytes && base::crc32c(records) == frame.checksum;
}

void append_request(std::string& out, protocol::arguments words) {
  append_length(out, '*', words.size());
  for (const auto word : words) {
    append_length(out, '$', word.size());
    out += word;
    out += "\r\n";
  }
}

void append_select(std::string& out, int database) {
  const auto number = std::to_string(database);
  const std::string_view words[] = {"SELECT", number};
  append_request(out, words);
}

void append_begin(std::string& out) {
  out += "*1\r\n$5\r\nMULTI\r\n";
}

void append_end(std::string& out) {
  out += "*1\r\n$4\r\nEXEC\r\n";
}

void append_time(std::string& out, std::int64_t unix_s) {
  fmt::format_to(std::back_inserter(out), "{}{}\r\n", time_mark, unix_s);
}

} // namespace thespis::persistence
