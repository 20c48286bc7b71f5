#pragma once

/// Numbers as Redis reads and prints them. Independent of the process's locale.
///
/// Integers are strict: decimal digits with an optional '-', no leading zero, no "-0", nothing
/// around, so that a text and its number are the same thing twice. Floats follow strtod: decimal or
/// hexadecimal, "inf", "infinity", any case, a leading '+'; but no leading space, no NaN, no
/// overflow to infinity and no underflow to zero.
///
/// Printing follows Redis 7.2: the shortest digits that read back as the same double (7.0 and older
/// print 17 digits), integers as integers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::base {

std::optional<std::int64_t> parse_int64(std::string_view text) noexcept;
/// The same rules; no '-' at all.
std::optional<std::uint64_t> parse_uint64(std::string_view text) noexcept;
/// Cost: O(n). Usual texts (up to 19 digits, small exponents) are read without strtod.
std::optional<double> parse_double(std::string_view text);
/// For INCRBYFLOAT: x87 extended precision; a text of 5 KiB or more is no number.
std::optional<long double> parse_long_double(std::string_view text);

/// The digits stand in `buffer`, as long as that lives. No terminator.
std::string_view format_int64(std::int64_t value, char (&buffer)[24]) noexcept;
std::string_view format_uint64(std::uint64_t value, char (&buffer)[24]) noexcept;

/// As Redis 7.2 prints scores and doubles: "nan", "inf", "-inf", "-0", whole numbers without point
/// or exponent up to 2^62, everything else with the shortest digits ("3.1", "1e+20", "1e-7").
std::string_view format_double(double value, char (&buffer)[40]) noexcept;
/// printf's "%.17g", which is what files and older servers hold.
std::string_view format_double_17(double value, char (&buffer)[40]) noexcept;

inline constexpr std::size_t long_double_chars_max = 5 * 1024;
/// As INCRBYFLOAT prints: 17 digits behind the point without trailing zeros; never an exponent.
std::string_view format_long_double(long double value,
                                    char (&buffer)[long_double_chars_max]) noexcept;

} // namespace thespis::base
