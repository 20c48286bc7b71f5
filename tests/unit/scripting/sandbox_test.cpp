#include "tests/unit/scripting/stub_host.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace thespis::scripting;

namespace {

/// All names that can be reached: through tables, metatables, and what strings have as theirs.
constexpr const char* walk = R"(
  local seen, found = {}, {}
  local function visit(path, value)
    local meta = getmetatable(value)
    if meta ~= nil and type(meta) ~= 'boolean' and not seen[meta] then
      seen[meta] = true
      found[#found + 1] = path .. '<meta>'
      if type(meta) == 'table' then
        for k, v in pairs(meta) do visit(path .. '<meta>.' .. k, v) end
      end
    end
    found[#found + 1] = path
    if type(value) ~= 'table' or seen[value] then return end
    seen[value] = true
    for k, v in pairs(value) do visit(path .. '.' .. tostring(k), v) end
    for k in pairs(value) do
      if rawget(value, k) == nil then found[#found + 1] = 'pairs and rawget disagree: ' .. k end
    end
  end
  visit('_G', _G)
  visit('string', 'text')
  visit('number', 1)
  visit('nil', nil)
  visit('function', visit)
  visit('coroutine', coroutine.create(visit))
  table.sort(found)
  return table.concat(found, '\n')
)";

std::set<std::string> lines_of(const std::string& bulk) {
  std::istringstream in{bulk.substr(bulk.find('\n') + 1)};
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    lines.insert(line);
  }
  return lines;
}

void allow(std::set<std::string>& allowed, const std::string& path,
           const std::vector<std::string>& names) {
  allowed.insert("_G." + path);
  for (const auto& name : names)
    allowed.insert("_G." + path + "." + name);
}

/// What may be there: redis-server's own list, less what its documentation takes back.
std::set<std::string> allow_list() {
  std::set<std::string> allowed{
    "_G",     "_G<meta>", "_G<meta>.__index", "_G._G",     "_G.KEYS", "_G.ARGV",
    "number", "nil",      "function",         "coroutine", "string"};
  for (const char* name :
       {"_VERSION",     "assert",   "error",    "getmetatable", "ipairs", "load",   "loadstring",
        "next",         "pairs",    "pcall",    "rawequal",     "rawget", "rawset", "select",
        "setmetatable", "tonumber", "tostring", "type",         "unpack", "xpcall"})
    allowed.insert(std::string{"_G."} + name);
  allow(allowed, "coroutine", {"create", "resume", "running", "status", "wrap", "yield"});
  allow(allowed, "string",
        {"byte", "char", "dump", "find", "format", "gfind", "gmatch", "gsub", "len", "lower",
         "match", "rep", "reverse", "sub", "upper"});
  allow(allowed, "table",
        {"concat", "foreach", "foreachi", "getn", "insert", "maxn", "remove", "setn", "sort"});
  allow(allowed, "math", {"abs",    "acos",       "asin",  "atan", "atan2", "ceil", "cos",   "cosh",
                          "deg",    "exp",        "floor", "fmod", "frexp", "huge", "ldexp", "log",
                          "log10",  "max",        "min",   "mod",  "modf",  "pi",   "pow",   "rad",
                          "random", "randomseed", "sin",   "sinh", "sqrt",  "tan",  "tanh"});
  allow(allowed, "bit",
        {"arshift", "band", "bnot", "bor", "bswap", "bxor", "lshift", "rol", "ror", "rshift",
         "tobit", "tohex"});
  allow(allowed, "os", {"clock"});
  for (const char* name : {"redis", "server"})
    allow(allowed, name,
          {"LOG_DEBUG",
           "LOG_NOTICE",
           "LOG_VERBOSE",
           "LOG_WARNING",
           "REDIS_VERSION",
           "REDIS_VERSION_NUM",
           "REPL_ALL",
           "REPL_AOF",
           "REPL_NONE",
           "REPL_REPLICA",
           "REPL_SLAVE",
           "acl_check_cmd",
           "breakpoint",
           "call",
           "debug",
           "error_reply",
           "log",
           "pcall",
           "replicate_commands",
           "set_repl",
           "setresp",
           "sha1hex",
           "status_reply"});
  allow(allowed, "cjson",
        {"_NAME", "_VERSION", "decode", "decode_array_with_array_mt", "decode_invalid_numbers",
         "decode_max_depth", "encode", "encode_invalid_numbers", "encode_keep_buffer",
         "encode_max_depth", "encode_number_precision", "encode_sparse_array", "new", "null"});
  allow(allowed, "cmsgpack",
        {"_COPYRIGHT", "_DESCRIPTION", "_NAME", "_VERSION", "pack", "unpack", "unpack_limit",
         "unpack_one"});
  allow(allowed, "struct", {"pack", "size", "unpack"});
  return allowed;
}

const std::string read_only = "Attempt to modify a readonly table";

bool fails_with(const std::string& reply, const std::string& text) {
  return reply.front() == '-' && reply.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("A script can reach nothing that is not on the list", "[sandbox]") {
  playground p;
  const auto found = lines_of(p.eval(walk));
  const auto allowed = allow_list();
  std::vector<std::string> extra;
  for (const auto& path : found) {
    // Strings' metatable is met at the first string, and shows nothing but the string library.
    const auto meta = path.find("<meta>");
    const bool is_of_strings = meta != std::string::npos && path.rfind("_G<", 0) != 0;
    const auto tail = is_of_strings ? path.substr(meta + 6) : path;
    const bool is_known = is_of_strings ? tail.empty() || tail == ".__index"
                                            || allowed.count("_G.string" + tail.substr(8)) == 1
                                        : allowed.count(path) == 1;
    if (!is_known)
      extra.push_back(path);
  }
  CHECK(extra == std::vector<std::string>{});
  // A table is walked under the first name that it is met by.
  for (const std::string name : {".call", ".format", ".random", ".band", ".insert", ".clock",
                                 "_G.pcall", "_G<meta>.__index"})
    CHECK(std::any_of(found.begin(), found.end(), [&name](const std::string& path) {
      return path.size() >= name.size()
             && path.compare(path.size() - name.size(), name.size(), name) == 0;
    }));
}

TEST_CASE("What Lua has and scripts must not have is no global", "[sandbox]") {
  playground p;
  for (const char* name :
       {"print", "dofile", "loadfile", "require", "module", "package", "io", "debug", "jit", "ffi",
        "getfenv", "setfenv", "newproxy", "collectgarbage", "gcinfo", "arg"}) {
    INFO(name);
    CHECK(fails_with(p.eval(std::string{"return "} + name),
                     std::string{"Script attempted to access nonexistent global variable '"} + name
                       + "'"));
  }
  CHECK(fails_with(p.eval("return os.time()"), "attempt to call field 'time' (a nil value)"));
}

TEST_CASE("Globals and libraries cannot be changed", "[sandbox]") {
  playground p;
  for (const char* attempt :
       {"x = 1",
        "redis = 1",
        "KEYS = {}",
        "_G.x = 1",
        "_G._G = {}",
        "_G.redis = nil",
        "string.format = nil",
        "string.x = 1",
        "math.random = nil",
        "redis.call = nil",
        "server.call = nil",
        "table.insert = nil",
        "coroutine.wrap = 1",
        "bit.band = 1",
        "os.clock = 1",
        "cjson.encode = 1",
        "function string.x() end",
        "rawset(_G, 'x', 1)",
        "rawset(string, 'format', nil)",
        "rawset(redis, 'call', nil)",
        "table.insert(string, 1)",
        "table.insert(redis, 1, 2)",
        "setmetatable(_G, nil)",
        "setmetatable(_G, {})",
        "setmetatable(string, {})",
        "getmetatable(_G).__index = nil",
        "getmetatable('').__index = {}",
        "getmetatable('').x = 1",
        "rawset(getmetatable(''), '__index', nil)",
        "setmetatable(getmetatable(''), {})",
        "local t = redis t.call = nil",
        "for k in pairs(string) do string[k] = nil end",
        "loadstring('x = 1')()",
        "load(function() if not done then done = 1 return 'x = 1' end end)"}) {
    INFO(attempt);
    const auto reply = p.eval(attempt);
    CHECK(
      (fails_with(reply, read_only) || fails_with(reply, "nonexistent global variable 'done'")));
  }
  CHECK(p.eval("table.sort(string) return table.remove(redis) == nil") == ":1\r\n");
  CHECK(p.eval("return redis.call('set', 'a', string.format('%d', 5))") == "+OK\r\n");
}

TEST_CASE("Iterating over a library gives its functions and not a way to its table", "[sandbox]") {
  playground p;
  CHECK(
    p.eval("local f, t, k = pairs(string) return {t == string, k == nil, rawget(t, 'format') == "
           "string.format, next(t) ~= nil}")
    == "*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n");
  CHECK(fails_with(p.eval("local f, t = pairs(string) rawset(t, 'x', 1)"), read_only));
  CHECK(fails_with(p.eval("local f, t = pairs(string) t.format = 1"), read_only));
  CHECK(p.eval("local n = 0 for k, v in pairs({1, 2, x = 3}) do n = n + 1 end return n")
        == ":3\r\n");
}

TEST_CASE("Strings have the methods of the string library", "[sandbox]") {
  playground p;
  CHECK(p.eval("return ('x'):rep(3)") == "$3\r\nxxx\r\n");
  CHECK(p.eval("return getmetatable('').__index == string") == ":1\r\n");
  CHECK(fails_with(p.eval("return ('x'):nope()"), "attempt to call method 'nope' (a nil value)"));
}

TEST_CASE("Bytecode is not loaded, from wherever it comes", "[sandbox]") {
  playground p;
  CHECK(fails_with(p.eval("\x1bLJ\x02"), "Error compiling script (new function): user_script:1: "));
  CHECK(p.eval("return loadstring(string.dump(function() return 1 end))") == "$-1\r\n");
  CHECK(p.eval("local d = string.dump(function() return 1 end) local n = 0\n"
               "return load(function() n = n + 1 return d:sub(n, n) end)")
        == "$-1\r\n");
  CHECK(p.eval("return loadstring('return 5')()") == ":5\r\n");
  CHECK(p.eval("local n = 0 return load(function() n = n + 1 return ({'return ', '6'})[n] end)()")
        == ":6\r\n");
}

TEST_CASE("LuaJIT's numbers of C types are no numbers", "[sandbox]") {
  playground p;
  for (const char* number : {"1ULL", "1LL", "0x10ull", "2i", "1.5i", "1u"}) {
    INFO(number);
    const auto text = std::string{"malformed number near '"} + number + "'";
    CHECK(fails_with(p.eval(std::string{"\nreturn "} + number), "user_script:2: " + text));
    CHECK(p.eval(std::string{"local f, e = loadstring('return "} + number + "') return {f, e}")
          == "*0\r\n");
  }
  CHECK(p.eval("return {type(tonumber('1ULL')), type(tonumber('2i'))}")
        == "*2\r\n$3\r\nnil\r\n$3\r\nnil\r\n");
  CHECK(p.eval("-- 1ULL\nlocal s = [==[2i]==] .. '3LL\\'4i' return 5 --[[ 6i ]]") == ":5\r\n");
}

TEST_CASE("A first line with # is no comment, except for a shebang's", "[sandbox]") {
  playground p;
  CHECK(fails_with(p.eval("# comment\nreturn 1"), "unexpected symbol near '#'"));
  CHECK(p.eval("#!lua flags=no-writes\nreturn 1") == ":1\r\n");
  CHECK(fails_with(p.eval("#!lua\nerror('x')"), "user_script:2: x"));
}

TEST_CASE("A script leaves nothing behind for the next", "[sandbox]") {
  playground p;
  p.eval("KEYS[1] = 'changed' KEYS.x = 1 redis.setresp(3) math.randomseed(5)", {"k"});
  CHECK(p.eval("return {KEYS[1], tostring(KEYS.x)}", {"k"}) == "*2\r\n$1\r\nk\r\n$3\r\nnil\r\n");
  CHECK(p.eval("return true", {}, {}, 3) == ":1\r\n");
  p.eval("local t = setmetatable({}, {__index = function() return 1 end}) return t.x");
  CHECK(p.eval("local t = {} return t.x") == "$-1\r\n");
  p.eval("setmetatable(KEYS, {__index = function() return 'trap' end})");
  CHECK(p.eval("return KEYS[5]") == "$-1\r\n");
}

TEST_CASE("What a script draws and seeds does not change what others draw", "[sandbox]") {
  playground a;
  playground b;
  const char* draw = "return tostring(math.random())";
  CHECK(a.eval(draw) == "$16\r\n0.39646477363839\r\n");
  CHECK(b.eval(draw) == "$16\r\n0.39646477363839\r\n");
  CHECK(a.eval("math.randomseed(0) return tostring(math.random())")
        == "$16\r\n0.17082803611217\r\n");
  CHECK(a.eval(draw) == b.eval(draw));
}
