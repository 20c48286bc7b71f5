#pragma once

/// The libraries that scripts have beside Lua's own: cmsgpack, struct and cjson. They behave as
/// those of redis-server do; docs/decisions/020-lua-libraries.md says why they are not those, and
/// docs/compatibility.md where they differ. The library bit is LuaJIT's with one change.
///
/// All of them owe the same to the engine: a script can make them raise, but not crash, not run
/// over a stack and not take memory beside the state's allocator, which may fail at any time.
/// Nothing in them owns memory across a call that may raise, so nothing is lost however Lua
/// unwinds; hence no function that calls Lua is noexcept.

struct lua_State;

namespace thespis::scripting {

/// Each pushes the table of its library, and raises if there is no memory for it. One free stack
/// slot is enough, they ask for more themselves.
void open_cmsgpack(lua_State* state);
void open_struct(lua_State* state);
void open_cjson(lua_State* state);
/// As LuaJIT's own library does when it is opened, it also sets the global of its name.
void open_bit(lua_State* state);

/// Gives the settings of cjson (its depth limits, precision and so on) their defaults, so that what
/// one script has set does not reach the next one. To be called before each script; tables made by
/// cjson.new() have settings of their own and are not touched.
/// REQUIRES: open_cjson() has been called with this state or a coroutine of it, and three free
/// stack slots. Allocates nothing and does not raise.
void restore_cjson_settings(lua_State* state);

} // namespace thespis::scripting
