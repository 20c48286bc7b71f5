#pragma once

/// A command's reply as a Lua value.
///
///   RESP2   +text {ok=text}   -text {err=text, ignore_error_stats_update=true}   :n n
///           $bytes string     $-1, *-1 false                                     *n array
///   RESP3   _ nil     #t true, #f false     ,1.5 {double=1.5}     (12 {big_number="12"}
///           %n {map={k=v}}    ~n {set={k=true}}    =txt:x {verbatim_string={format=, string=}}
///
/// Source: Redis' documentation of its Lua API.

#include <string_view>

struct lua_State;

namespace thespis::scripting {

/// The names of fields, in the order in which they are the first upvalues of every C function that
/// converts.
enum reply_name : int {
  name_ok = 1,
  name_err,
  name_ignore_statistics,
  name_double,
  name_map,
  name_set,
  name_big_number,
  name_verbatim_string,
  name_format,
  name_string,
  reply_name_count = name_string,
};

/// Pushes these names.
void push_reply_names(lua_State* lua);

/// Pushes the value of the one reply in `reply`. REQUIRES: called from a C function with the names
/// as upvalues; `reply` is well-formed. Returns whether it is an error. May raise an error of Lua.
bool push_reply(lua_State* lua, std::string_view reply);

} // namespace thespis::scripting
