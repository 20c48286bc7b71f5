#pragma once

/// JSON as Lua values, as Redis' cjson reads it: null is the light userdata NULL (cjson.null), of
/// two equal keys the last one counts. Errors name what was expected, what was found, and where,
/// counted from 1.

#include "scripting/json_lexer.hpp"
#include "scripting/json_settings.hpp"

#include <string_view>

namespace thespis::scripting {

class json_decoder {
public:
  /// `input` has to stay alive: a string on the Lua stack. `scratch` is for its strings.
  json_decoder(lua_State* state, const json_settings& settings, std::string_view input,
               lua_output& scratch)
    : state_(state),
      depth_max_(settings.decode_depth_max),
      lexer_(input, settings.decode_non_finite, scratch) {
  }

  /// Pushes the value of the whole text, or raises. The recursion ends at the setting's maximum, or
  /// where the Lua stack does (some 8000).
  void push_document();

private:
  using kind = json_token::kind;

  void push_value(const json_token& token, int depth);
  void push_array(int depth);
  void push_object(int depth);
  void push_string(std::string_view text);
  void check_depth(int depth);
  /// Raises: `token` is not what was expected.
  void refuse(const char* expected, const json_token& token);

  lua_State* state_;
  int depth_max_;
  json_lexer lexer_;
};

} // namespace thespis::scripting
