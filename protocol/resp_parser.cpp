#include "protocol/resp_parser.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/split_words.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

namespace thespis::protocol {

namespace {

/// The shortest word: $0 CR LF CR LF.
constexpr std::size_t word_bytes_min = 6;

/// The line "type, any byte, CR, LF" as a number, and the bits of it that are fixed.
constexpr std::uint32_t one_digit_line(char type) noexcept {
  return std::bit_cast<std::uint32_t>(std::array<char, 4>{type, 0, '\r', '\n'});
}
constexpr std::uint32_t one_digit_mask = std::bit_cast<std::uint32_t>(
  std::array<char, 4>{'\xff', 0, '\xff', '\xff'});

/// Reads type byte, one to nine digits without a leading zero, CR and one byte more, and moves `at`
/// behind them. Everything else is left to the slow way, which knows all the rules.
/// REQUIRES: at + 4 <= size.
[[gnu::always_inline]] inline bool read_short_header(const char* bytes, std::size_t& at,
                                                     std::size_t size, char type,
                                                     std::size_t& value) noexcept {
  const auto byte_at = [bytes](std::size_t i) noexcept {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  // One digit: the four bytes of the line are compared at once.
  std::uint32_t line = 0;
  std::memcpy(&line, bytes + at, sizeof line);
  value = byte_at(at + 1) - '0';
  if ((line & one_digit_mask) == one_digit_line(type) && value <= 9) [[likely]] {
    at += 4;
    return true;
  }
  if (bytes[at] != type || value > 9)
    return false;
  if (value == 0)
    return false;
  std::size_t i = at + 2;
  for (const auto last = std::min(at + 10, size - 2); i != last; ++i) {
    const auto digit = byte_at(i) - '0';
    if (digit > 9)
      break;
    value = value * 10 + digit;
  }
  at = i + 2;
  return bytes[i] == '\r';
}

/// Room for `count` more; at least twice of what there was, so that appending stays linear.
[[gnu::noinline]] void make_room(std::vector<std::string_view>& args, std::size_t count) {
  args.reserve(std::max(args.size() + count, args.capacity() * 2));
}

} // namespace

/// The way of nearly all requests: all of it is there, every length line has its usual form. One
/// pass, nothing remembered. Returns its size in bytes, or 0 with `args` as it was.
std::size_t resp_parser::take_whole(std::string_view input, std::vector<std::string_view>& args) {
  const char* const bytes = input.data();
  const auto size = input.size();
  std::size_t at = 0;
  std::size_t count = 0;
  if (size < word_bytes_min || !read_short_header(bytes, at, size, '*', count)
      || count - 1 >= whole_words_max_ || count * word_bytes_min > size)
    return 0;
  if (args.capacity() - args.size() < count) [[unlikely]]
    make_room(args, count);
  auto left = count;
  do {
    std::size_t length = 0;
    if (at > size - word_bytes_min || !read_short_header(bytes, at, size, '$', length)
        || length > whole_bulk_bytes_max_ || at + length > size - 2) [[unlikely]] {
      args.resize(args.size() - (count - left));
      return 0;
    }
    if (args.size() == args.capacity())
      __builtin_unreachable();
    args.emplace_back(bytes + at, length);
    // Like Redis, the two bytes behind are skipped whatever they are.
    at += length + 2;
  } while (--left != 0);
  return at;
}

parse_status resp_parser::next_slowly(std::string_view input, std::size_t& consumed,
                                      std::vector<std::string_view>& args) {
  consumed = 0;
  if (!error_.empty())
    return parse_status::error;
  const auto words_before = args.size();
  while (consumed < input.size()) {
    const auto rest = input.substr(consumed);
    std::size_t used = 0;
    fresh_ = false;
    const auto status = rest[0] == '*' ? next_multibulk(rest, used, args)
                                       : next_inline(rest, used, args);
    consumed += used;
    // A request without words is none: an empty line, "*0", "*-1".
    if (status != parse_status::complete || args.size() != words_before)
      return status;
  }
  bytes_wanted_ = 0;
  return parse_status::incomplete;
}

/// Follows the length lines as far as there are bytes; once the last word is there, goes over them
/// again and takes the words.
parse_status resp_parser::next_multibulk(std::string_view input, std::size_t& consumed,
                                         std::vector<std::string_view>& args) {
  if (words_left_ < 0)
    if (const auto count = read_word_count(input); count != step::done)
      return stop(count);
  if (const auto words = read_words(input, nullptr); words != step::done)
    return stop(words);
  const auto words_before = args.size();
  args.reserve(words_before + static_cast<std::size_t>(word_count_));
  at_ = words_at_;
  words_left_ = word_count_;
  // It can fail now only if the limits were lowered since the words were followed.
  if (const auto words = read_words(input, &args); words != step::done) {
    args.resize(words_before);
    return stop(words);
  }
  consumed = at_;
  start_over();
  return parse_status::complete;
}

resp_parser::step resp_parser::read_word_count(std::string_view input) {
  std::size_t end = 0;
  const auto line = find_line(input, "ERR Protocol error: too big mbulk count string", end);
  if (line != step::done)
    return line;
  const auto count = base::parse_int64(input.substr(1, end - 1));
  if (!count || *count > words_max)
    return fail("ERR Protocol error: invalid multibulk length");
  if (*count > unauthenticated_words_max && !authenticated_)
    return fail("ERR Protocol error: unauthenticated multibulk length");
  words_left_ = word_count_ = std::max<std::int64_t>(*count, 0);
  words_at_ = at_ = end + 2;
  scanned_ = 0;
  return step::done;
}

/// Steps over words from `at_` on, as many as there are, and appends them to `args` unless null.
resp_parser::step resp_parser::read_words(std::string_view input,
                                          std::vector<std::string_view>* args) {
  for (; words_left_ > 0; --words_left_) {
    if (bulk_length_ < 0)
      if (const auto length = read_bulk_length(input); length != step::done)
        return length;
    const auto length = static_cast<std::size_t>(bulk_length_);
    const auto available = input.size() - at_;
    if (available < length + 2) {
      bytes_wanted_ = length + 2 - available;
      return step::short_of_bytes;
    }
    if (args != nullptr)
      args->emplace_back(input.data() + at_, length);
    at_ += length + 2;
    bulk_length_ = -1;
  }
  return step::done;
}

resp_parser::step resp_parser::read_bulk_length(std::string_view input) {
  std::size_t end = 0;
  const auto line = find_line(input, "ERR Protocol error: too big bulk count string", end);
  if (line != step::done)
    return line;
  if (input[at_] != '$')
    return fail_expecting_bulk(input[at_]);
  const auto length = base::parse_int64(input.substr(at_ + 1, end - at_ - 1));
  if (!length || *length < 0 || *length > bulk_bytes_max_)
    return fail("ERR Protocol error: invalid bulk length");
  if (*length > unauthenticated_bulk_bytes_max && !authenticated_)
    return fail("ERR Protocol error: unauthenticated bulk length");
  bulk_length_ = *length;
  at_ = end + 2;
  scanned_ = 0;
  return step::done;
}

/// Finds the CR of the line that begins at `at_`; done only if the byte behind it is there too.
resp_parser::step resp_parser::find_line(std::string_view input, std::string_view too_long,
                                         std::size_t& end) {
  bytes_wanted_ = 0;
  end = input.find('\r', at_ + scanned_);
  const auto length = std::min(end, input.size()) - at_;
  if (length > line_bytes_max)
    return fail(too_long);
  scanned_ = length;
  return end < input.size() - 1 ? step::done : step::short_of_bytes;
}

parse_status resp_parser::next_inline(std::string_view input, std::size_t& consumed,
                                      std::vector<std::string_view>& args) {
  bytes_wanted_ = 0;
  const auto end = input.find('\n', scanned_);
  const auto length = std::min(end, input.size());
  if (length > line_bytes_max)
    return stop(fail("ERR Protocol error: too big inline request"));
  if (end == std::string_view::npos) {
    scanned_ = length;
    return parse_status::incomplete;
  }
  auto line = input.substr(0, end);
  if (!line.empty() && line.back() == '\r')
    line.remove_suffix(1);
  consumed = end + 1;
  start_over();
  return split_inline(line, args);
}

parse_status resp_parser::split_inline(std::string_view line, std::vector<std::string_view>& args) {
  if (line.find_first_of("\"'") == std::string_view::npos) {
    base::split_plain_words(line, args);
    return parse_status::complete;
  }
  auto words = base::split_words(line);
  if (!words)
    return stop(fail("ERR Protocol error: unbalanced quotes in request"));
  for (auto& word : *words)
    args.emplace_back(inline_words_.emplace_back(std::move(word)));
  return parse_status::complete;
}

parse_status resp_parser::stop(step why) noexcept {
  return why == step::failed ? parse_status::error : parse_status::incomplete;
}

resp_parser::step resp_parser::fail(std::string_view text) {
  error_ = text;
  return step::failed;
}

resp_parser::step resp_parser::fail_expecting_bulk(char found) {
  error_ = "ERR Protocol error: expected '$', got '";
  error_ += found;
  error_ += '\'';
  return step::failed;
}

void resp_parser::start_over() noexcept {
  at_ = scanned_ = 0;
  words_left_ = bulk_length_ = -1;
  bytes_wanted_ = 0;
  fresh_ = true;
}

void resp_parser::set_limits(bool authenticated, std::int64_t bulk_bytes_max) noexcept {
  authenticated_ = authenticated;
  bulk_bytes_max_ = std::max<std::int64_t>(bulk_bytes_max, 0);
  const auto bulk_max = authenticated ? bulk_bytes_max_
                                      : std::min(bulk_bytes_max_, unauthenticated_bulk_bytes_max);
  whole_bulk_bytes_max_ = static_cast<std::size_t>(bulk_max);
  whole_words_max_ = static_cast<std::size_t>(authenticated ? words_max
                                                            : unauthenticated_words_max);
}

void resp_parser::reset() noexcept {
  start_over();
  error_.clear();
}

} // namespace thespis::protocol
