#include "scripting/struct_format.hpp"

#include <algorithm>
#include <limits>

namespace thespis::scripting {

namespace {

constexpr int alignment_default = alignof(double);

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

} // namespace

/// The decimal number that follows, if one does.
int struct_format::number(int otherwise) {
  if (!is_digit(*next_))
    return otherwise;
  constexpr auto largest = std::numeric_limits<int>::max();
  int value = 0;
  for (; is_digit(*next_); ++next_) {
    const auto digit = *next_ - '0';
    if (value > (largest - digit) / 10)
      luaL_error(state_, "integral size overflow");
    value = value * 10 + digit;
  }
  return value;
}

std::size_t struct_format::integer_size() {
  const auto size = number(sizeof(int));
  if (size > integer_bytes_max)
    luaL_error(state_, "integral size %d is larger than limit of %d", size, integer_bytes_max);
  return static_cast<std::size_t>(size);
}

struct_option struct_format::next() {
  const auto letter = *next_++;
  switch (letter) {
    case 'b':
    case 'B':
    case 'x':
      return {letter, 1};
    case 'h':
    case 'H':
      return {letter, sizeof(short)};
    case 'l':
    case 'L':
      return {letter, sizeof(long)};
    case 'T':
      return {letter, sizeof(std::size_t)};
    case 'i':
    case 'I':
      return {letter, integer_size()};
    case 'f':
      return {letter, sizeof(float)};
    case 'd':
      return {letter, sizeof(double)};
    case 'c':
      return {letter, static_cast<std::size_t>(number(1))};
    default:
      return {letter, 0};
  }
}

std::size_t struct_format::padding(struct_option option, std::size_t position) const {
  if (option.size == 0 || option.letter == 'c')
    return 0;
  // Sizes that are no powers of two align oddly, and everywhere in the same way.
  const auto unit = std::min(option.size, alignment_);
  return (unit - (position & (unit - 1))) & (unit - 1);
}

void struct_format::control(struct_option option) {
  switch (option.letter) {
    case ' ':
      break;
    case '<':
      is_big_endian_ = false;
      break;
    case '>':
      is_big_endian_ = true;
      break;
    case '!': {
      const auto wanted = number(alignment_default);
      if (wanted <= 0 || (wanted & (wanted - 1)) != 0)
        luaL_error(state_, "alignment %d is not a power of 2", wanted);
      alignment_ = static_cast<std::size_t>(wanted);
      break;
    }
    default:
      luaL_argerror(state_, 1,
                    lua_pushfstring(state_, "invalid format option '%c'", option.letter));
  }
}

} // namespace thespis::scripting
