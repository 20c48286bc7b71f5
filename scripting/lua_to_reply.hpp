#pragma once

/// A script's result as a reply.
///
///   string            bulk            {err=text}                error
///   number            integer (cut)   {ok=text}                 simple string
///   true, false       :1, null        {double=n}                double
///   …after setresp(3) boolean         {map=t}, {set=t}          map, set (of its keys)
///   nil, others       null            {big_number=digits}       big number
///   {a, b, nil …}     array up to     {verbatim_string={format=, string=}}
///                     the first nil
///
/// No recursion: what is open is kept in a list, so deep tables take no stack of the thread.
/// Source: Redis' documentation of its Lua API.

#include <cstdint>

struct lua_State;

namespace thespis::scripting {

/// The number without its fraction; what does not fit becomes the smallest number, as the
/// processor's own conversion has it.
std::int64_t to_integer(double number) noexcept;

/// A C function of one argument that writes it to the reply of the run. Its upvalues are the names
/// of reply_to_lua.hpp.
int convert_result(lua_State* lua);

} // namespace thespis::scripting
