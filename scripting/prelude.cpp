#include "scripting/prelude.hpp"

namespace thespis::scripting {

/// What it gets (`raw`): functions of LuaJIT under their own names, and of the engine:
///   call, pcall_command   run a command; a second result of true: not here, wait and ask again
///   wait                  suspends the script (true: for a command), or does nothing where that
///                         cannot be
///   refuse_to_wait        raises an error if it could not
///   leaving               whether the coroutine that has just yielded did so for the engine
///   chunk                 load of a text
///   on_error              notes where an error happened
///
/// A coroutine of the script that is left by the engine yields to whoever resumed it; `resume` and
/// `wrap` pass that on, and come back the same way.
const std::string_view prelude = R"lua(
local raw = ...
local type, error, select, unpack = raw.type, raw.error, raw.select, raw.unpack
local wait, leaving, refuse_to_wait = raw.wait, raw.leaving, raw.refuse_to_wait
local out = {}

-- commands
local run, prun = raw.call, raw.pcall_command
local again
local function call(...)
  local reply, later = run(...)
  if later then return again(call, ...) end
  return reply
end
local function pcall_command(...)
  local reply, later = prun(...)
  if later then return again(pcall_command, ...) end
  return reply
end
function again(f, ...)
  wait(true)
  refuse_to_wait()
  return f(...)
end
out.call, out.pcall_command = call, pcall_command

-- errors: scripts that were written for Redis 6 expect a text where redis.call now raises a table
local function caught(ok, ...)
  if ok then return ok, ... end
  local e = ...
  if type(e) == 'table' then
    local text = e.err
    local kind = type(text)
    if kind == 'string' or kind == 'number' then return false, text end
    return false, e, text
  end
  return false, ...
end
local pcall = raw.pcall
function out.pcall(...)
  return caught(pcall(...))
end

-- coroutines
local resume, create = raw.resume, raw.create
local function returned(co, ...)
  if leaving() then
    wait()
    return returned(co, resume(co))
  end
  return ...
end
function out.resume(co, ...)
  if type(co) ~= 'thread' then return resume(co, ...) end
  return returned(co, resume(co, ...))
end
local function unwrapped(co, ok, ...)
  if leaving() then
    wait()
    return unwrapped(co, resume(co))
  end
  if ok then return ... end
  error((...), 2)
end
function out.wrap(f)
  local co = create(f)
  return function(...)
    return unwrapped(co, resume(co, ...))
  end
end

-- load from a function that gives the pieces
local concat, chunk = raw.concat, raw.chunk
function out.load(source, name)
  if type(source) ~= 'function' then
    local what = source == nil and 'no value' or type(source)
    error("bad argument #1 to 'load' (function expected, got " .. what .. ')', 2)
  end
  local pieces, n = {}, 0
  while true do
    local piece = source()
    if piece == nil or piece == '' then break end
    if type(piece) ~= 'string' then
      return nil, 'reader function must return a string'
    end
    n = n + 1
    pieces[n] = piece
  end
  return chunk(concat(pieces), name or '=(load)')
end

-- string.gsub with a function
local gsub, find, sub = raw.gsub, raw.find, raw.sub
local floor, huge = raw.floor, raw.huge
local function replacement(text, from, to, value)
  local kind = type(value)
  if not value then return sub(text, from, to) end
  if kind == 'string' or kind == 'number' then return value end
  error('invalid replacement value (a ' .. kind .. ')', 4)
end
local function called(f, whole, first, ...)
  if first == nil then return f(whole) end
  return f(first, ...)
end
local function one(text, f, from, to, ...)
  if from then
    return from, to, replacement(text, from, to, called(f, sub(text, from, to), ...))
  end
end
function out.gsub(text, pattern, f, limit)
  local kind = type(text)
  if type(f) ~= 'function' or (kind ~= 'string' and kind ~= 'number')
    or (type(pattern) ~= 'string' and type(pattern) ~= 'number') then
    return gsub(text, pattern, f, limit)
  end
  if limit ~= nil and type(limit) ~= 'number' then return gsub(text, pattern, f, limit) end
  text = text .. ''
  limit = limit or huge
  local once = sub(pattern, 1, 1) == '^'
  local pieces, n, count, at, length = {}, 0, 0, 1, #text
  while count < limit do
    local from, to, value = one(text, f, find(text, pattern, at))
    if not from then break end
    count = count + 1
    if from > at then
      n = n + 1
      pieces[n] = sub(text, at, from - 1)
    end
    n = n + 1
    pieces[n] = value
    if to >= from then
      at = to + 1
    else
      if from <= length then
        n = n + 1
        pieces[n] = sub(text, from, from)
      end
      at = from + 1
    end
    if once or at > length + 1 then break end
  end
  n = n + 1
  pieces[n] = sub(text, at)
  return concat(pieces), count
end

-- table.sort with a function: quicksort with the median of three, which leaves equal elements in
-- the order in which Lua 5.1 leaves them
local sort = raw.sort
local function order(t, low, high, less)
  while low < high do
    if less(t[high], t[low]) then t[low], t[high] = t[high], t[low] end
    if high - low == 1 then break end
    local middle = floor((low + high) / 2)
    if less(t[middle], t[low]) then
      t[middle], t[low] = t[low], t[middle]
    elseif less(t[high], t[middle]) then
      t[middle], t[high] = t[high], t[middle]
    end
    if high - low == 2 then break end
    local pivot = t[middle]
    t[middle], t[high - 1] = t[high - 1], pivot
    local i, j = low, high - 1
    while true do
      i = i + 1
      while less(t[i], pivot) do
        if i > high then error('invalid order function for sorting', 3) end
        i = i + 1
      end
      j = j - 1
      while less(pivot, t[j]) do
        if j < low then error('invalid order function for sorting', 3) end
        j = j - 1
      end
      if j < i then break end
      t[i], t[j] = t[j], t[i]
    end
    t[high - 1], t[i] = t[i], t[high - 1]
    if i - low < high - i then
      order(t, low, i - 1, less)
      low = i + 1
    else
      order(t, i + 1, high, less)
      high = i - 1
    end
  end
end
function out.sort(t, less)
  if less == nil or type(t) ~= 'table' or type(less) ~= 'function' then return sort(t, less) end
  order(t, 1, #t, less)
end

-- what runs a script; on_error sees the place of an error before it is gone
local xpcall, on_error = raw.xpcall, raw.on_error
function out.start(script, ...)
  return xpcall(script, on_error, ...)
end

return out
)lua";

} // namespace thespis::scripting
