#include "scripting/json_decoder.hpp"

namespace thespis::scripting {

namespace {

/// As errors call it.
const char* name_of(json_token::kind what) {
  using kind = json_token::kind;
  switch (what) {
    case kind::object_begin:
      return "T_OBJ_BEGIN";
    case kind::object_end:
      return "T_OBJ_END";
    case kind::array_begin:
      return "T_ARR_BEGIN";
    case kind::array_end:
      return "T_ARR_END";
    case kind::colon:
      return "T_COLON";
    case kind::comma:
      return "T_COMMA";
    case kind::string:
      return "T_STRING";
    case kind::number:
      return "T_NUMBER";
    case kind::boolean:
      return "T_BOOLEAN";
    case kind::null:
      return "T_NULL";
    case kind::end:
      return "T_END";
    case kind::error:
      break;
  }
  return "T_ERROR";
}

} // namespace

void json_decoder::refuse(const char* expected, const json_token& token) {
  // The texts of errors are literals, so they end with a zero byte.
  const auto* found = token.what == kind::error ? token.text.data() : name_of(token.what);
  luaL_error(state_, "Expected %s but found %s at character %d", expected, found,
             static_cast<int>(token.at + 1));
}

void json_decoder::check_depth(int depth) {
  if (depth > depth_max_ || lua_checkstack(state_, 3) == 0)
    luaL_error(state_, "Found too many nested data structures (%d) at character %d", depth,
               static_cast<int>(lexer_.position()));
}

void json_decoder::push_document() {
  push_value(lexer_.next(), 0);
  const auto behind = lexer_.next();
  if (behind.what != kind::end)
    refuse("the end", behind);
}

void json_decoder::push_value(const json_token& token, int depth) {
  switch (token.what) {
    case kind::string:
      return push_string(token.text);
    case kind::number:
      return lua_pushnumber(state_, token.number);
    case kind::boolean:
      return lua_pushboolean(state_, token.boolean);
    case kind::null:
      return lua_pushlightuserdata(state_, nullptr);
    case kind::object_begin:
      return push_object(depth + 1);
    case kind::array_begin:
      return push_array(depth + 1);
    default:
      refuse("value", token);
  }
}

void json_decoder::push_string(std::string_view text) {
  lua_pushlstring(state_, text.data(), text.size());
}

void json_decoder::push_array(int depth) {
  check_depth(depth);
  lua_createtable(state_, 0, 0);
  auto token = lexer_.next();
  if (token.what == kind::array_end)
    return;
  for (int i = 1;; ++i) {
    push_value(token, depth);
    lua_rawseti(state_, -2, i);
    token = lexer_.next();
    if (token.what == kind::array_end)
      return;
    if (token.what != kind::comma)
      refuse("comma or array end", token);
    token = lexer_.next();
  }
}

void json_decoder::push_object(int depth) {
  check_depth(depth);
  lua_createtable(state_, 0, 0);
  auto token = lexer_.next();
  if (token.what == kind::object_end)
    return;
  for (;;) {
    if (token.what != kind::string)
      refuse("object key string", token);
    push_string(token.text);
    token = lexer_.next();
    if (token.what != kind::colon)
      refuse("colon", token);
    push_value(lexer_.next(), depth);
    lua_rawset(state_, -3);
    token = lexer_.next();
    if (token.what == kind::object_end)
      return;
    if (token.what != kind::comma)
      refuse("comma or object end", token);
    token = lexer_.next();
  }
}

} // namespace thespis::scripting
