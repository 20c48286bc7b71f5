#pragma once

/// JSON as tokens, with what Redis' cjson allows beyond JSON: any bytes but zero within strings,
/// a zero byte outside of them as the end of the text, leading zeros and fractions without digits
/// on one side, and (where it is a setting) NaN, infinities, hexadecimal numbers and a plus sign.

#include "scripting/lua_output.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::scripting {

struct json_token {
  enum class kind : std::uint8_t {
    object_begin,
    object_end,
    array_begin,
    array_end,
    colon,
    comma,
    string,
    number,
    boolean,
    null,
    end,
    error,
  };

  kind what = kind::error;
  /// Offset of its first byte; of an error the place of that.
  std::size_t at = 0;
  /// The unescaped string, until the next token; of an error what is wrong.
  std::string_view text;
  double number = 0;
  bool boolean = false;
};

class json_lexer {
public:
  /// `input` has to stay alive and to have a zero byte behind its end, as Lua's strings have.
  /// `scratch` is for strings with escapes in them.
  json_lexer(std::string_view input, bool allows_non_finite, lua_output& scratch)
    : begin_(input.data()),
      next_(begin_),
      end_(begin_ + input.size()),
      allows_non_finite_(allows_non_finite),
      scratch_(scratch) {
  }

  /// Past the end again and again the end. May raise for want of memory.
  json_token next();
  /// Offset behind the last token.
  std::size_t position() const {
    return static_cast<std::size_t>(next_ - begin_);
  }

private:
  using kind = json_token::kind;

  json_token make(kind what, const char* at) const;
  json_token error(const char* at, std::string_view what) const;
  json_token punctuation(kind what);
  json_token literal(kind what, std::string_view word);
  json_token string();
  json_token escaped_string(const char* start);
  json_token number();
  json_token word();

  bool is_next(std::string_view word) const;
  bool append_escape();
  bool append_code_point();

  const char* begin_;
  const char* next_;
  const char* end_;
  bool allows_non_finite_;
  lua_output& scratch_;
};

} // namespace thespis::scripting
