#include "scripting/json_lexer.hpp"

#include "scripting/json_number.hpp"

namespace thespis::scripting {

namespace {

bool is_blank(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/// What stands behind a backslash, 0 for nothing that may.
char unescaped(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

constexpr std::uint32_t no_code_unit = 0xffffffff;

/// Four hexadecimal digits; looks no further than the first that is none.
std::uint32_t code_unit(const char* digits) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char digit = digits[i];
    const char letter = static_cast<char>(digit | 0x20);
    if (digit >= '0' && digit <= '9')
      value = value << 4 | static_cast<std::uint32_t>(digit - '0');
    else if (letter >= 'a' && letter <= 'f')
      value = value << 4 | static_cast<std::uint32_t>(letter - 'a' + 10);
    else
      return no_code_unit;
  }
  return value;
}

void append_utf8(lua_output& output, std::uint32_t code_point) {
  const auto tail = [&](int shift) {
    output.append(static_cast<char>(0x80 | (code_point >> shift & 0x3f)));
  };
  if (code_point < 0x80)
    return output.append(static_cast<char>(code_point));
  if (code_point < 0x800)
    output.append(static_cast<char>(0xc0 | code_point >> 6));
  else if (code_point < 0x10000)
    output.append(static_cast<char>(0xe0 | code_point >> 12));
  else
    output.append(static_cast<char>(0xf0 | code_point >> 18));
  if (code_point >= 0x10000)
    tail(12);
  if (code_point >= 0x800)
    tail(6);
  tail(0);
}

} // namespace

json_token json_lexer::make(kind what, const char* at) const {
  json_token token;
  token.what = what;
  token.at = static_cast<std::size_t>(at - begin_);
  return token;
}

json_token json_lexer::error(const char* at, std::string_view what) const {
  auto token = make(kind::error, at);
  token.text = what;
  return token;
}

json_token json_lexer::punctuation(kind what) {
  return make(what, next_++);
}

json_token json_lexer::next() {
  while (is_blank(*next_))
    ++next_;
  switch (*next_) {
    case '{':
      return punctuation(kind::object_begin);
    case '}':
      return punctuation(kind::object_end);
    case '[':
      return punctuation(kind::array_begin);
    case ']':
      return punctuation(kind::array_end);
    case ':':
      return punctuation(kind::colon);
    case ',':
      return punctuation(kind::comma);
    case '"':
      return string();
    case '\0':
      return make(kind::end, next_);
    default:
      return word();
  }
}

json_token json_lexer::word() {
  const auto first = *next_;
  if (first == '-' || (first >= '0' && first <= '9')) {
    if (!allows_non_finite_ && is_lax_json_number(next_))
      return error(next_, "invalid number");
    return number();
  }
  if (first == 't' && is_next("true"))
    return literal(kind::boolean, "true");
  if (first == 'f' && is_next("false"))
    return literal(kind::boolean, "false");
  if (first == 'n' && is_next("null"))
    return literal(kind::null, "null");
  if (allows_non_finite_ && is_lax_json_number(next_))
    return number();
  return error(next_, "invalid token");
}

/// Whether the text goes on with the word, whatever is behind it.
bool json_lexer::is_next(std::string_view word) const {
  return std::string_view{next_, end_}.substr(0, word.size()) == word;
}

json_token json_lexer::literal(kind what, std::string_view word) {
  auto token = make(what, next_);
  token.boolean = word == "true";
  next_ += word.size();
  return token;
}

json_token json_lexer::number() {
  const auto [value, end] = read_json_number(next_, end_);
  if (end == next_)
    return error(next_, "invalid number");
  auto token = make(kind::number, next_);
  token.number = value;
  next_ = end;
  return token;
}

json_token json_lexer::string() {
  const auto* start = next_++;
  while (*next_ != '"' && *next_ != '\\' && *next_ != '\0')
    ++next_;
  if (*next_ != '"')
    return escaped_string(start);
  auto token = make(kind::string, start);
  token.text = {start + 1, next_++};
  return token;
}

/// The rest of a string that has an escape or no end there.
json_token json_lexer::escaped_string(const char* start) {
  scratch_.clear();
  scratch_.append(std::string_view{start + 1, next_});
  while (*next_ != '"') {
    if (*next_ == '\0')
      return error(next_, "unexpected end of string");
    if (*next_ == '\\') {
      const bool is_numeric = next_[1] == 'u';
      if (!append_escape())
        return error(next_, is_numeric ? "invalid unicode escape code" : "invalid escape code");
      continue;
    }
    const auto* plain = next_;
    while (*next_ != '"' && *next_ != '\\' && *next_ != '\0')
      ++next_;
    scratch_.append(std::string_view{plain, next_});
  }
  ++next_;
  auto token = make(kind::string, start);
  token.text = scratch_.view();
  return token;
}

/// Passes the escape that begins at next_, or stays there.
bool json_lexer::append_escape() {
  if (next_[1] == 'u')
    return append_code_point();
  const auto byte = unescaped(next_[1]);
  if (byte == '\0')
    return false;
  scratch_.append(byte);
  next_ += 2;
  return true;
}

/// Two escapes if the first one is the first half of a pair.
bool json_lexer::append_code_point() {
  auto code_point = code_unit(next_ + 2);
  if (code_point == no_code_unit)
    return false;
  const auto* behind = next_ + 6;
  if (code_point >= 0xd800 && code_point < 0xe000) {
    if (code_point >= 0xdc00 || behind[0] != '\\' || behind[1] != 'u')
      return false;
    const auto second = code_unit(behind + 2);
    if (second < 0xdc00 || second >= 0xe000)
      return false;
    code_point = 0x10000 + ((code_point & 0x3ff) << 10 | (second & 0x3ff));
    behind += 6;
  }
  append_utf8(scratch_, code_point);
  next_ = behind;
  return true;
}

} // namespace thespis::scripting
