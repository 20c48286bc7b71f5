#include "base/number.hpp"

#include "base/ascii.hpp"

#include <cerrno>
#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <locale.h>
#include <string>
#include <system_error>

namespace thespis::base {

namespace {

constexpr std::size_t uint64_digits_max = 20;

/// Up to 20 digits without a leading zero, not above `limit`.
std::optional<std::uint64_t> parse_digits(std::string_view digits, std::uint64_t limit) noexcept {
  if (digits.empty() || digits.size() > uint64_digits_max)
    return std::nullopt;
  if (digits[0] == '0')
    return digits.size() == 1 ? std::optional<std::uint64_t>{0} : std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c))
      return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (limit - digit) / 10)
      return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

/// strtod and strtold read the decimal point of the locale, so they are given the "C" locale.
locale_t c_locale() noexcept {
  static const locale_t locale = ::newlocale(LC_ALL_MASK, "C", nullptr);
  return locale;
}

double convert(const char* text, char** end, double) noexcept {
  return ::strtod_l(text, end, c_locale());
}

long double convert(const char* text, char** end, long double) noexcept {
  return ::strtold_l(text, end, c_locale());
}

/// The whole truth about a float's text. REQUIRES: text[size] == 0.
template <class Float>
std::optional<Float> parse_terminated(const char* text, std::size_t size) noexcept {
  errno = 0;
  char* end = nullptr;
  const Float value = convert(text, &end, Float{});
  if (size == 0 || is_space(text[0]) || static_cast<std::size_t>(end - text) != size)
    return std::nullopt;
  if (errno == ERANGE && (std::isinf(value) || value == 0))
    return std::nullopt;
  if (std::isnan(value))
    return std::nullopt;
  return value;
}

template <class Float>
std::optional<Float> parse_float(std::string_view text) {
  char small[128];
  if (text.size() < sizeof small) {
    text.copy(small, text.size());
    small[text.size()] = '\0';
    return parse_terminated<Float>(small, text.size());
  }
  const std::string copy{text};
  return parse_terminated<Float>(copy.c_str(), copy.size());
}

constexpr char digit_pairs[]
  = "00010203040506070809101112131415161718192021222324252627282930313233"
    "34353637383940414243444546474849505152535455565758596061626364656667"
    "6869707172737475767778798081828384858687888990919293949596979899";

/// Writes backwards from `end`, returns where the digits begin.
char* write_digits(char* end, std::uint64_t value) noexcept {
  while (value >= 100) {
    end -= 2;
    std::memcpy(end, digit_pairs + value % 100 * 2, 2);
    value /= 100;
  }
  if (value >= 10) {
    end -= 2;
    std::memcpy(end, digit_pairs + value * 2, 2);
  } else {
    *--end = static_cast<char>('0' + value);
  }
  return end;
}

/// Whether Redis 7.2 prints the double as an integer: it is whole and at most 2^62.
bool is_printed_as_integer(double value) noexcept {
  constexpr double limit = 4611686018427387904.0;
  return value >= -limit && value <= limit
         && static_cast<double>(static_cast<std::int64_t>(value)) == value;
}

/// The digits of a positive finite double and the power of ten of the last one.
struct decimal {
  char digits[20];
  int count = 0;
  int exponent = 0;
};

decimal shortest_digits(double value) noexcept {
  char text[40];
  const auto done = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  decimal out;
  const char* at = text;
  for (; *at != 'e'; ++at)
    if (*at != '.')
      out.digits[out.count++] = *at;
  ++at;
  const bool negative = *at == '-';
  int exponent = 0;
  for (++at; at != done.ptr; ++at)
    exponent = exponent * 10 + (*at - '0');
  out.exponent = (negative ? -exponent : exponent) - (out.count - 1);
  return out;
}

char* put(char* at, const char* from, int count) noexcept {
  std::memcpy(at, from, static_cast<std::size_t>(count));
  return at + count;
}

char* put_zeros(char* at, int count) noexcept {
  std::memset(at, '0', static_cast<std::size_t>(count));
  return at + count;
}

char* put_scientific(char* at, const decimal& number) noexcept {
  *at++ = number.digits[0];
  if (number.count > 1) {
    *at++ = '.';
    at = put(at, number.digits + 1, number.count - 1);
  }
  const int power = number.exponent + number.count - 1;
  *at++ = 'e';
  *at++ = power < 0 ? '-' : '+';
  return std::to_chars(at, at + 4, std::abs(power)).ptr;
}

/// Redis 7.2's layout (that of its fpconv library): whole numbers are spelled out up to 7 zeros,
/// fractions up to 6 digits behind the point or between 10^-3 and 10^4; the rest has an exponent
/// without leading zeros.
char* put_decimal(char* at, const decimal& number) noexcept {
  const int power = std::abs(number.exponent + number.count - 1);
  if (number.exponent >= 0 && power < number.count + 7)
    return put_zeros(put(at, number.digits, number.count), number.exponent);
  if (number.exponent >= 0 || (number.exponent <= -7 && power >= 4))
    return put_scientific(at, number);
  const int whole = number.count + number.exponent;
  if (whole > 0) {
    at = put(at, number.digits, whole);
    *at++ = '.';
    return put(at, number.digits + whole, number.count - whole);
  }
  *at++ = '0';
  *at++ = '.';
  return put(put_zeros(at, -whole), number.digits, number.count);
}

template <std::size_t Size>
std::string_view word(std::string_view text, char (&buffer)[Size]) noexcept {
  std::memcpy(buffer, text.data(), text.size());
  return {buffer, text.size()};
}

/// Whole numbers of up to 18 digits, which most scores are: an integer converts with one rounding.
std::optional<double> parse_whole(std::string_view text) noexcept {
  constexpr std::size_t digits_max = 18;
  const auto is_negative = !text.empty() && text[0] == '-';
  text.remove_prefix(is_negative ? 1 : 0);
  if (text.empty() || text.size() > digits_max)
    return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    const auto digit = c - '0';
    if (digit < 0 || digit > 9)
      return std::nullopt;
    number = number * 10 + digit;
  }
  const auto value = static_cast<double>(number);
  return is_negative ? -value : value;
}

/// "nan", "inf", "-inf", or empty for a finite number.
template <class Float>
std::string_view special_name(Float value) noexcept {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  return {};
}

} // namespace

std::optional<std::int64_t> parse_int64(std::string_view text) noexcept {
  constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (text.empty() || text[0] != '-') {
    const auto digits = parse_digits(text, max);
    return digits ? std::optional{static_cast<std::int64_t>(*digits)} : std::nullopt;
  }
  const auto digits = parse_digits(text.substr(1), max + 1);
  if (!digits || *digits == 0)
    return std::nullopt;
  return static_cast<std::int64_t>(0 - *digits);
}

std::optional<std::uint64_t> parse_uint64(std::string_view text) noexcept {
  return parse_digits(text, std::numeric_limits<std::uint64_t>::max());
}

std::optional<double> parse_double(std::string_view text) {
  if (const auto whole = parse_whole(text))
    return whole;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto done = std::from_chars(text.data(), end, value);
  // Zero and infinity may be the rounding of something else, so the slow way decides on them.
  if (done.ec == std::errc{} && done.ptr == end && std::isnormal(value))
    return value;
  return parse_float<double>(text);
}

std::optional<long double> parse_long_double(std::string_view text) {
  if (text.size() >= long_double_chars_max)
    return std::nullopt;
  return parse_float<long double>(text);
}

std::string_view format_uint64(std::uint64_t value, char (&buffer)[24]) noexcept {
  char* end = buffer + sizeof buffer;
  const char* begin = write_digits(end, value);
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string_view format_int64(std::int64_t value, char (&buffer)[24]) noexcept {
  char* end = buffer + sizeof buffer;
  const auto bits = static_cast<std::uint64_t>(value);
  char* begin = write_digits(end, value < 0 ? 0 - bits : bits);
  if (value < 0)
    *--begin = '-';
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string_view format_double(double value, char (&buffer)[40]) noexcept {
  if (const auto name = special_name(value); !name.empty())
    return word(name, buffer);
  if (value == 0)
    return word(std::signbit(value) ? "-0" : "0", buffer);
  char* at = buffer;
  if (is_printed_as_integer(value))
    at = std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value)).ptr;
  else {
    if (value < 0)
      *at++ = '-';
    at = put_decimal(at, shortest_digits(std::fabs(value)));
  }
  return {buffer, static_cast<std::size_t>(at - buffer)};
}

std::string_view format_double_17(double value, char (&buffer)[40]) noexcept {
  if (const auto name = special_name(value); !name.empty())
    return word(name, buffer);
  const auto done = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general,
                                  17);
  return {buffer, static_cast<std::size_t>(done.ptr - buffer)};
}

std::string_view format_long_double(long double value,
                                    char (&buffer)[long_double_chars_max]) noexcept {
  if (const auto name = special_name(value); !name.empty())
    return word(name, buffer);
  // The same digits either way, but sooner from a double.
  const auto narrow = static_cast<double>(value);
  constexpr auto format = std::chars_format::fixed;
  const auto done = static_cast<long double>(narrow) == value
                      ? std::to_chars(buffer, buffer + sizeof buffer, narrow, format, 17)
                      : std::to_chars(buffer, buffer + sizeof buffer, value, format, 17);
  std::string_view text{buffer, static_cast<std::size_t>(done.ptr - buffer)};
  while (text.back() == '0')
    text.remove_suffix(1);
  if (text.back() == '.')
    text.remove_suffix(1);
  return text == "-0" ? text.substr(1) : text;
}

} // namespace thespis::base
