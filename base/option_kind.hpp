#pragma once

/// What a row of the table of options says about its values: type, default, range, names, checks.
/// The functions at the end are the vocabulary in which the rows are written.

#include "base/option_choices.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace thespis::base {

enum class option_type : std::uint8_t {
  boolean,           ///< yes | no
  integer,           ///< strict decimal
  memory,            ///< bytes with a unit: 100, 1k, 1kb, 5mb, 1gb
  percent_or_memory, ///< the same, or "5%", kept as a negative number
  octal,             ///< the mode of a file
  one_choice,        ///< a name out of a table
  some_choices,      ///< several names, kept as bits
  event_classes,     ///< the letters of notify-keyspace-events, kept as bits
  text,              ///< any bytes
  words              ///< several words with a grammar of their own
};

/// Redis reads values and patterns as C strings: a zero byte ends them.
constexpr std::string_view before_zero(std::string_view text) {
  return text.substr(0, text.find('\0'));
}

/// The value of one option. Types up to event_classes use the number, the others the text; a text
/// of type `words` is in canonical form: what CONFIG GET prints.
struct option_value {
  std::int64_t number = 0;
  std::string text;

  bool operator==(const option_value&) const = default;
};

using option_words = std::span<const std::string_view>;

/// Says what is wrong with a text or number, or null.
using text_check = const char* (*) (std::string_view);
using number_check = const char* (*) (std::int64_t);
/// Moves a number that is accepted into the range that is used.
using number_adjustment = std::int64_t (*)(std::int64_t);
/// Reads words into the canonical text; `text` holds the value so far. Returns what is wrong, and
/// then leaves `text` in any state, or null.
using words_parser = const char* (*) (option_words words, std::string& text);

struct option_kind {
  option_type type;
  /// The default, written as in redis.conf.
  std::string_view preset;
  std::int64_t min = 0;
  /// Above the maximum of std::int64_t only for memory.
  std::uint64_t max = 0;
  std::span<const choice> choices = {};
  text_check check_text = nullptr;
  number_check check_number = nullptr;
  number_adjustment adjust = nullptr;
  words_parser parse = nullptr;
  /// The name of earlier versions, or empty.
  std::string_view older_name = {};
  /// Whether zero bytes are part of the text.
  bool is_binary = false;

  constexpr option_kind alias(std::string_view name) const {
    auto kind = *this;
    kind.older_name = name;
    return kind;
  }
  constexpr option_kind binary() const {
    auto kind = *this;
    kind.is_binary = true;
    return kind;
  }
  constexpr option_kind checked(text_check check) const {
    auto kind = *this;
    kind.check_text = check;
    return kind;
  }
  constexpr option_kind checked(number_check check) const {
    auto kind = *this;
    kind.check_number = check;
    return kind;
  }
  constexpr option_kind adjusted(number_adjustment adjustment) const {
    auto kind = *this;
    kind.adjust = adjustment;
    return kind;
  }
};

namespace option_kinds {

inline constexpr std::int64_t int_min = std::numeric_limits<std::int32_t>::min();
inline constexpr std::uint64_t int_max = std::numeric_limits<std::int32_t>::max();
inline constexpr std::uint64_t uint_max = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t int64_max = std::numeric_limits<std::int64_t>::max();
inline constexpr std::uint64_t uint64_max = std::numeric_limits<std::uint64_t>::max();

constexpr option_kind boolean(std::string_view preset) {
  return {option_type::boolean, preset};
}
constexpr option_kind integer(std::string_view preset, std::int64_t min, std::uint64_t max) {
  return {option_type::integer, preset, min, max};
}
constexpr option_kind memory(std::string_view preset, std::int64_t min, std::uint64_t max) {
  return {option_type::memory, preset, min, max};
}
/// At most 100 per cent.
constexpr option_kind percent_or_memory(std::string_view preset, std::uint64_t max) {
  return {option_type::percent_or_memory, preset, -100, max};
}
constexpr option_kind octal(std::string_view preset, std::uint64_t max) {
  return {option_type::octal, preset, 0, max};
}
constexpr option_kind one_of(std::span<const choice> choices, std::string_view preset) {
  return {option_type::one_choice, preset, 0, 0, choices};
}
constexpr option_kind some_of(std::span<const choice> choices, std::string_view preset) {
  return {option_type::some_choices, preset, 0, 0, choices};
}
constexpr option_kind event_classes() {
  return {option_type::event_classes, ""};
}
constexpr option_kind text(std::string_view preset) {
  return {option_type::text, preset};
}
constexpr option_kind words(std::string_view preset, words_parser parse) {
  return {option_type::words, preset, 0, 0, {}, nullptr, nullptr, nullptr, parse};
}

} // namespace option_kinds

/// Reads `words` (as many as were given) for an option of this kind, each up to a zero byte unless
/// it is an integer or binary. `current` is the value so far, which some kinds extend. The fault is
/// the reason alone, in Redis' words.
result<option_value> parse_option(const option_kind& kind, option_words words,
                                  const option_value& current);

/// What CONFIG GET prints.
std::string format_option(const option_kind& kind, const option_value& value);

/// A number of bytes as redis.conf has it, with the largest unit that divides it: "1gb", "1000".
std::string format_memory(std::uint64_t bytes);

/// Bytes with a unit or without: digits, then nothing, b, k, kb, m, mb, g or gb in any case (k is
/// 1000, kb is 1024); no digits are zero, as in Redis. What does not fit into 64 bits is the
/// largest number (Redis cuts a product instead). False if the text is something else.
bool parse_memory(std::string_view text, std::uint64_t& bytes) noexcept;

} // namespace thespis::base
