#include "scripting/command_words.hpp"

#include "base/number.hpp"
#include "scripting/interpreter.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

#include <lua.hpp>

namespace thespis::scripting {

namespace {

constexpr std::size_t number_chars_max = 40;

std::string_view number_word(double number, char* at) noexcept {
  char digits[number_chars_max];
  auto text = base::format_double(number, digits);
  std::copy(text.begin(), text.end(), at);
  return {at, text.size()};
}

/// Room for the texts of all arguments, as views into it must stay valid.
char* number_room(interpreter& self, std::size_t words) {
  if (self.number_texts.size() < words * number_chars_max)
    self.number_texts.resize(words * number_chars_max);
  return self.number_texts.data();
}

} // namespace

std::optional<protocol::arguments> read_words(interpreter& self, lua_State* lua,
                                              const char*& fault) noexcept {
  const int count = lua_gettop(lua);
  if (count == 0) {
    fault = "ERR Please specify at least one argument for this redis lib call";
    return std::nullopt;
  }
  const auto words = static_cast<std::size_t>(count);
  try {
    if (self.words.size() < words)
      self.words.resize(words);
    auto* word = self.words.data();
    for (int i = 1; i <= count; ++i, ++word) {
      switch (lua_type(lua, i)) {
        case LUA_TSTRING: {
          std::size_t size = 0;
          const char* bytes = lua_tolstring(lua, i, &size);
          *word = {bytes, size};
          break;
        }
        case LUA_TNUMBER: {
          char* const room = number_room(self, words);
          *word = number_word(lua_tonumber(lua, i),
                              room + static_cast<std::size_t>(i - 1) * number_chars_max);
          break;
        }
        default:
          fault = "ERR Lua redis lib command arguments must be strings or integers";
          return std::nullopt;
      }
    }
  } catch (const std::bad_alloc&) {
    fault = "ERR not enough memory";
    return std::nullopt;
  }
  return protocol::arguments{self.words.data(), words};
}

} // namespace thespis::scripting
