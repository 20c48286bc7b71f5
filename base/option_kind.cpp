#include "base/option_kind.hpp"

#include "base/ascii.hpp"
#include "base/ensure.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <vector>

#include <fmt/format.h>

namespace thespis::base {

namespace {

using parsed = result<option_value>;

parsed number_of(std::int64_t number) {
  return option_value{number, {}};
}

std::string range_fault(const option_kind& kind) {
  return kind.type == option_type::octal
           ? fmt::format("argument must be between {:o} and {:o} inclusive", kind.min, kind.max)
           : fmt::format("argument must be between {} and {} inclusive", kind.min, kind.max);
}

parsed checked_number(const option_kind& kind, std::int64_t number) {
  if (kind.check_number != nullptr)
    if (const char* why = kind.check_number(number))
      return fault{why};
  return number_of(kind.adjust != nullptr ? kind.adjust(number) : number);
}

/// REQUIRES: kind.max fits into a signed number.
parsed ranged_number(const option_kind& kind, std::int64_t number) {
  if (number < kind.min || number > static_cast<std::int64_t>(kind.max))
    return fault{range_fault(kind)};
  return checked_number(kind, number);
}

parsed parse_boolean(const option_kind& kind, std::string_view text) {
  const bool yes = equals_nocase(text, "yes");
  if (!yes && !equals_nocase(text, "no"))
    return fault{"argument must be 'yes' or 'no'"};
  return checked_number(kind, yes ? 1 : 0);
}

parsed parse_integer(const option_kind& kind, std::string_view text) {
  const auto number = parse_int64(text);
  if (!number)
    return fault{"argument couldn't be parsed into an integer"};
  return ranged_number(kind, *number);
}

parsed parse_bytes(const option_kind& kind, std::string_view text) {
  std::uint64_t bytes = 0;
  if (!parse_memory(text, bytes))
    return fault{"argument must be a memory value"};
  if (bytes < static_cast<std::uint64_t>(kind.min) || bytes > kind.max)
    return fault{range_fault(kind)};
  return checked_number(kind, static_cast<std::int64_t>(bytes));
}

parsed parse_percent_or_bytes(const option_kind& kind, std::string_view text) {
  std::uint64_t bytes = 0;
  if (parse_memory(text, bytes) && bytes <= kind.max)
    return checked_number(kind, static_cast<std::int64_t>(bytes));
  if (text.size() > 1 && text.back() == '%') {
    const auto percent = parse_int64(text.substr(0, text.size() - 1));
    if (percent && *percent >= 0) {
      if (-*percent < kind.min)
        return fault{fmt::format("percentage argument must be less or equal to {}", -kind.min)};
      return checked_number(kind, -*percent);
    }
  }
  return fault{"argument must be a memory or percent value"};
}

parsed parse_octal(const option_kind& kind, std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number, 8);
  if (failure != std::errc{} || rest != end)
    return fault{"argument couldn't be parsed as an octal number"};
  return ranged_number(kind, number);
}

const choice* find_choice(const option_kind& kind, std::string_view name) {
  for (const auto& one : kind.choices)
    if (equals_nocase(one.name, name))
      return &one;
  return nullptr;
}

std::string choices_fault(const option_kind& kind) {
  std::string why = "argument(s) must be one of the following: ";
  const char* separator = "";
  for (const auto& one : kind.choices) {
    why.append(separator).append(one.name);
    separator = ", ";
  }
  return why;
}

parsed parse_choices(const option_kind& kind, option_words words) {
  std::int64_t number = 0;
  for (auto word : words) {
    const auto* found = find_choice(kind, word);
    if (found == nullptr)
      return fault{choices_fault(kind)};
    number |= found->value;
  }
  if (words.empty())
    return fault{choices_fault(kind)};
  return checked_number(kind, number);
}

/// In the order in which they are printed; the classes first, as A may stand for them.
struct event_letter {
  char letter;
  std::int64_t bits;
};
constexpr event_letter event_letters[] = {
  {'g', event_bits::generic},  {'$', event_bits::string},   {'l', event_bits::list},
  {'s', event_bits::set},      {'h', event_bits::hash},     {'z', event_bits::zset},
  {'x', event_bits::expired},  {'e', event_bits::evicted},  {'t', event_bits::stream},
  {'d', event_bits::module},   {'n', event_bits::new_key},  {'K', event_bits::keyspace},
  {'E', event_bits::keyevent}, {'m', event_bits::key_miss}, {'A', event_bits::all},
};

parsed parse_events(std::string_view text) {
  std::int64_t number = 0;
  for (char c : text) {
    std::int64_t bits = 0;
    for (const auto& one : event_letters)
      if (one.letter == c)
        bits = one.bits;
    if (bits == 0)
      return fault{"Invalid event class character. Use 'Ag$lshzxeKEtmdn'."};
    number |= bits;
  }
  return number_of(number);
}

/// Redis drops the n behind an A ("An" prints as "A"), so that a rewritten file forgets it; here it
/// stays.
std::string format_events(std::int64_t number) {
  std::string text;
  const bool all = (number & event_bits::all) == event_bits::all;
  if (all)
    text += 'A';
  for (const auto& one : event_letters) {
    const bool covered = one.letter == 'A' || (all && (one.bits & event_bits::all) != 0);
    if (!covered && (number & one.bits) != 0)
      text += one.letter;
  }
  return text;
}

parsed parse_text(const option_kind& kind, std::string_view text) {
  if (kind.check_text != nullptr)
    if (const char* why = kind.check_text(text))
      return fault{why};
  return option_value{0, std::string{text}};
}

parsed parse_words(const option_kind& kind, option_words words, const option_value& current) {
  auto value = current;
  if (const char* why = kind.parse(words, value.text))
    return fault{why};
  return value;
}

std::string format_choices(const option_kind& kind, std::int64_t number) {
  std::string text;
  for (const auto& one : kind.choices)
    if (kind.type == option_type::one_choice || number == 0) {
      if (one.value == number)
        return std::string{one.name};
    } else if ((one.value & number) != 0) {
      text.append(text.empty() ? "" : " ").append(one.name);
    }
  return text;
}

} // namespace

bool parse_memory(std::string_view text, std::uint64_t& bytes) noexcept {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits]))
    ++digits;
  std::uint64_t factor = 0;
  const auto unit = text.substr(digits);
  if (unit.empty() || equals_nocase(unit, "b"))
    factor = 1;
  else if (unit.size() == 1 || (unit.size() == 2 && lower(unit[1]) == 'b')) {
    const std::uint64_t step = unit.size() == 1 ? 1000 : 1024;
    switch (lower(unit[0])) {
      case 'k':
        factor = step;
        break;
      case 'm':
        factor = step * step;
        break;
      case 'g':
        factor = step * step * step;
        break;
      default:
        break;
    }
  }
  if (factor == 0 || digits > 127)
    return false;
  std::uint64_t number = 0;
  if (digits != 0
      && std::from_chars(text.data(), text.data() + digits, number).ec
           == std::errc::result_out_of_range)
    number = option_kinds::uint64_max;
  if (__builtin_mul_overflow(number, factor, &bytes))
    bytes = option_kinds::uint64_max;
  return true;
}

std::string format_memory(std::uint64_t bytes) {
  constexpr std::uint64_t kb = 1024;
  if (bytes != 0 && bytes % (kb * kb * kb) == 0)
    return fmt::format("{}gb", bytes / (kb * kb * kb));
  if (bytes != 0 && bytes % (kb * kb) == 0)
    return fmt::format("{}mb", bytes / (kb * kb));
  if (bytes != 0 && bytes % kb == 0)
    return fmt::format("{}kb", bytes / kb);
  return std::to_string(bytes);
}

result<option_value> parse_option(const option_kind& kind, option_words words,
                                  const option_value& current) {
  std::vector<std::string_view> cut;
  if (kind.type != option_type::integer && !kind.is_binary) {
    std::transform(words.begin(), words.end(), std::back_inserter(cut), before_zero);
    words = cut;
  }
  if (kind.type == option_type::words)
    return parse_words(kind, words, current);
  if (kind.type == option_type::some_choices)
    return parse_choices(kind, words);
  THESPIS_ENSURE(words.size() == 1);
  const auto text = words.front();
  switch (kind.type) {
    case option_type::boolean:
      return parse_boolean(kind, text);
    case option_type::integer:
      return parse_integer(kind, text);
    case option_type::memory:
      return parse_bytes(kind, text);
    case option_type::percent_or_memory:
      return parse_percent_or_bytes(kind, text);
    case option_type::octal:
      return parse_octal(kind, text);
    case option_type::one_choice:
      return parse_choices(kind, words);
    case option_type::event_classes:
      return parse_events(text);
    default:
      return parse_text(kind, text);
  }
}

std::string format_option(const option_kind& kind, const option_value& value) {
  switch (kind.type) {
    case option_type::boolean:
      return value.number != 0 ? "yes" : "no";
    case option_type::integer:
      return std::to_string(value.number);
    case option_type::memory:
      return std::to_string(static_cast<std::uint64_t>(value.number));
    case option_type::percent_or_memory:
      return value.number < 0 ? fmt::format("{}%", -value.number) : std::to_string(value.number);
    case option_type::octal:
      return fmt::format("{:o}", value.number);
    case option_type::one_choice:
    case option_type::some_choices:
      return format_choices(kind, value.number);
    case option_type::event_classes:
      return format_events(value.number);
    default:
      return value.text;
  }
}

} // namespace thespis::base
