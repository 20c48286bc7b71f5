#include "scripting/json_number.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <system_error>

namespace thespis::scripting {

namespace {

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

/// Whether `text` begins with the three letters, in any case.
bool begins_with(const char* text, const char* letters) {
  for (; *letters != '\0'; ++text, ++letters)
    if ((*text | 0x20) != *letters)
      return false;
  return true;
}

/// A number that strtod() has to read: none, or none that from_chars() reads in the same way.
json_number read_lax(const char* text) {
  char* end = nullptr;
  const auto value = std::strtod(text, &end);
  return {value, end};
}

} // namespace

bool is_lax_json_number(const char* text) {
  if (*text == '+')
    return true;
  if (*text == '-')
    ++text;
  if (*text == '0')
    return (text[1] | 0x20) == 'x' || is_digit(text[1]);
  return begins_with(text, "inf") || begins_with(text, "nan");
}

json_number read_json_number(const char* text, const char* end) {
  // Most numbers: few digits and nothing else.
  constexpr int plain_digits_max = 15;
  const bool is_negative = *text == '-';
  const auto* digits = text + (is_negative ? 1 : 0);
  const auto* at = digits;
  std::int64_t plain = 0;
  for (; is_digit(*at) && at - digits < plain_digits_max; ++at)
    plain = plain * 10 + (*at - '0');
  const bool is_plain = at != digits && !is_digit(*at) && *at != '.' && (*at | 0x20) != 'e'
                        && (*at | 0x20) != 'x';
  if (is_plain)
    return {is_negative ? -static_cast<double>(plain) : static_cast<double>(plain), at};

  if (is_lax_json_number(text))
    return read_lax(text);
  double value = 0;
  const auto read = std::from_chars(text, end, value);
  // Out of range: strtod() says on which side.
  return read.ec == std::errc::result_out_of_range ? read_lax(text) : json_number{value, read.ptr};
}

} // namespace thespis::scripting
