#pragma once

/// Lua values as JSON, as Redis' cjson writes them: a table whose keys are all positive integers is
/// an array (holes are null), any other one an object, also the empty one. A slash and the byte 127
/// are escaped; other bytes from 128 on go through, whether they are UTF-8 or not.

#include "scripting/json_settings.hpp"
#include "scripting/lua_output.hpp"

#include <string_view>

namespace thespis::scripting {

class json_encoder {
public:
  json_encoder(lua_State* state, const json_settings& settings, lua_output& output)
    : state_(state), settings_(settings), output_(output) {
  }

  /// Writes the value at the top of the stack and leaves it there. `depth` counts the tables around
  /// it; the recursion ends at the setting's maximum, or where the Lua stack does (some 8000).
  /// Raises for what JSON has no form for. Cost: O(n), tables are walked two times.
  void write(int depth = 0);

private:
  void write_string(std::string_view bytes);
  void write_string_at(int index);
  void write_number(double value);
  void write_table(int depth);
  void write_array(int size, int depth);
  void write_object(int depth);
  void write_key();

  /// Raises about the value at `index`.
  void refuse(int index, const char* why);

  lua_State* state_;
  const json_settings& settings_;
  lua_output& output_;
};

} // namespace thespis::scripting
