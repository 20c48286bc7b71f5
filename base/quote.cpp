#include "base/quote.hpp"

namespace thespis::base {

namespace {

/// The letter behind the backslash, or 0 where there is none.
char escape_letter(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    default:
      return 0;
  }
}

} // namespace

std::string quoted(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\"";
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (const char letter = escape_letter(c)) {
      text += '\\';
      text += letter;
    } else if (byte >= ' ' && byte <= '~') {
      text += c;
    } else {
      text += "\\x";
      text += digits[byte >> 4];
      text += digits[byte & 15];
    }
  }
  text += '"';
  return text;
}

} // namespace thespis::base
