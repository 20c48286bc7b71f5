#pragma once

/// Numbers in JSON texts, read as strtod() reads them.

namespace thespis::scripting {

/// Whether what begins here is a number for strtod() only: with a plus or a leading zero,
/// hexadecimal, infinity, NaN. `text` ends with a zero byte.
bool is_lax_json_number(const char* text);

struct json_number {
  double value;
  const char* end; ///< where it was read from, if there is no number
};

/// Reads as far as it is a number. The text from `text` to `end` is followed by a zero byte.
/// Too large numbers are infinite, too small ones zero.
json_number read_json_number(const char* text, const char* end);

} // namespace thespis::scripting
