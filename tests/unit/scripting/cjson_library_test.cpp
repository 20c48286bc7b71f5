#include "scripting/libraries.hpp"
#include "tests/unit/scripting/lua_snippets.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace thespis::scripting;
using namespace thespis::scripting::tests;

namespace {

const std::string at = "error: script:1: ";

std::string encoded(lua_snippets& snippets, const std::string& expression) {
  return snippets.run("local text = cjson.encode(" + expression + ") return text");
}

/// The value of the text, or the error.
std::string decoded(lua_snippets& snippets, const std::string& text) {
  return snippets.run("local value = cjson.decode((...)) return value", text);
}

std::string not_decoded(const std::string& expected, const std::string& found, int place) {
  return at + "Expected " + expected + " but found " + found + " at character "
         + std::to_string(place);
}

} // namespace

TEST_CASE("cjson has the functions that Redis shows", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  const std::string list = "local names = {} for name, each in pairs(library) do names[#names + 1] "
                           "= name .. ':' .. type(each) end table.sort(names) "
                           "return table.concat(names, ' ')";
  const std::string names
    = "_NAME:string _VERSION:string decode:function decode_invalid_numbers:function "
      "decode_max_depth:function encode:function encode_invalid_numbers:function "
      "encode_keep_buffer:function encode_max_depth:function encode_number_precision:function "
      "encode_sparse_array:function new:function null:userdata";
  CHECK(lua.run("local library = cjson " + list) == names);
  CHECK(lua.run("local library = cjson.new(1, 2) " + list) == names);
  CHECK(lua.run("return cjson.new().null == cjson.null, cjson._NAME, cjson._VERSION")
        == "true cjson 2.1.0");
}

TEST_CASE("values are encoded as JSON", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(encoded(lua, "nil") == "null");
  CHECK(encoded(lua, "cjson.null") == "null");
  CHECK(encoded(lua, "{true, false, cjson.null}") == "[true,false,null]");
  CHECK(encoded(lua, "{}") == "{}");
  CHECK(encoded(lua, "{{}, {a = {}}}") == "[{},{\"a\":{}}]");
  CHECK(encoded(lua, "{a = {1, 'x'}}") == "{\"a\":[1,\"x\"]}");
  CHECK(encoded(lua, "{[1.5] = 1}") == "{\"1.5\":1}");
  CHECK(encoded(lua, "{[0] = 1}") == "{\"0\":1}");
  CHECK(encoded(lua, "{[1e15] = 1}") == "{\"1e+15\":1}");
  CHECK(encoded(lua, "{[2^31] = 1}") == "{\"2147483648\":1}");
  CHECK(encoded(lua, "setmetatable({1}, {__index = {2, 3}})") == "[1]");
}

TEST_CASE("numbers are encoded with 14 digits", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(encoded(lua, "{0, -1 / math.huge, 1, -1, 100}") == "[0,-0,1,-1,100]");
  CHECK(encoded(lua, "{99999999999999, -99999999999999, 1e14, -1e14}")
        == "[99999999999999,-99999999999999,1e+14,-1e+14]");
  CHECK(encoded(lua, "{123456789012345, 2^53, 0.1, 1 / 3, -1.5}")
        == "[1.2345678901234e+14,9.007199254741e+15,0.1,0.33333333333333,-1.5]");
  CHECK(encoded(lua, "{1e-5, 1e100, 5e-324}") == "[1e-05,1e+100,4.9406564584125e-324]");
  CHECK(lua.run("cjson.encode_number_precision(3) return cjson.encode({1 / 3, 999, 1000, 123456})")
        == "[0.333,999,1e+03,1.23e+05]");
  CHECK(lua.run("cjson.encode_number_precision(1) return cjson.encode({9, 10, 95, 0.96})")
        == "[9,1e+01,1e+02,1]");
}

TEST_CASE("strings are encoded with escapes", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(encoded(lua, R"('"\\/\b\f\n\r\t')") == R"("\"\\\/\b\f\n\r\t")");
  CHECK(encoded(lua, R"('\0\1\31 ~\127\128\255')") == "\"\\u0000\\u0001\\u001f ~\\u007f\x80\xff\"");
  CHECK(encoded(lua, R"({['a"\n'] = 1})") == R"({"a\"\n":1})");
  CHECK(encoded(lua, "('x'):rep(2000)") == '"' + std::string(2000, 'x') + '"');
  CHECK(encoded(lua, "('\\n'):rep(700)").size() == 1402);
}

TEST_CASE("arrays have holes, and are refused when they are sparse", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  const auto sparse = at + "Cannot serialise table: excessively sparse array";
  CHECK(encoded(lua, "{1, 2, 3, nil, 5}") == "[1,2,3,null,5]");
  CHECK(encoded(lua, "{[10] = 1}") == "[null,null,null,null,null,null,null,null,null,1]");
  CHECK(encoded(lua, "{[11] = 1}") == sparse);
  CHECK(encoded(lua, "{1, 2, 3, 4, 5, [12] = 1}") == "[1,2,3,4,5,null,null,null,null,null,null,1]");
  CHECK(encoded(lua, "{1, 2, 3, 4, 5, [13] = 1}") == sparse);
  CHECK(lua.run("local j = cjson.new() j.encode_sparse_array(true) return j.encode({[20] = 1})")
        == "{\"20\":1}");
  CHECK(lua.run("local j = cjson.new() j.encode_sparse_array(false, 0) "
                "return #j.encode({[2000] = 1})")
        == "9998");
  CHECK(lua.run("local j = cjson.new() j.encode_sparse_array(false, 1, 4) "
                "return j.encode({1, 2, [4] = 1})")
        == "[1,2,null,1]");
  CHECK(lua.run("local j = cjson.new() j.encode_sparse_array(false, 1, 3) "
                "local text = j.encode({1, 2, [4] = 1})")
        == sparse);
}

TEST_CASE("what JSON has no form for is refused", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(encoded(lua, "print") == at + "Cannot serialise function: type not supported");
  CHECK(encoded(lua, "{coroutine.create(print)}")
        == at + "Cannot serialise thread: type not supported");
  CHECK(encoded(lua, "io.stdout") == at + "Cannot serialise userdata: type not supported");
  const auto bad_key = ": table key must be a number or string";
  CHECK(encoded(lua, "{[true] = 1}") == at + "Cannot serialise boolean" + bad_key);
  CHECK(encoded(lua, "{[{}] = 1}") == at + "Cannot serialise table" + bad_key);
  const auto not_finite = at + "Cannot serialise number: must not be NaN or Inf";
  for (const char* value : {"0 / 0", "math.huge", "-math.huge", "{1 / 0}", "{[math.huge] = {}}"})
    CHECK(encoded(lua, value) == not_finite);
  CHECK(lua.run("local text = cjson.encode()")
        == at + "bad argument #1 to 'encode' (expected 1 argument)");
  CHECK(lua.run("local text = cjson.encode(1, 2)")
        == at + "bad argument #1 to 'encode' (expected 1 argument)");
}

TEST_CASE("NaN and infinities are encoded as the settings say", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  const std::string encode = "return j.encode({0 / 0, 1 / 0, -1 / 0})";
  CHECK(lua.run("local j = cjson.new() j.encode_invalid_numbers('null') " + encode)
        == "[null,null,null]");
  CHECK(lua.run("local j = cjson.new() j.encode_invalid_numbers(true) " + encode)
        == "[nan,inf,-inf]");
  CHECK(lua.run("local j = cjson.new() j.encode_invalid_numbers(true) "
                "return j.encode({[1 / 0] = 1})")
        == "{\"inf\":1}");
}

TEST_CASE("nesting is limited when encoding", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  const auto nested = [&](const std::string& depth, const std::string& table) {
    return lua.run("local t = 1 for _ = 1, " + depth + " do t = " + table
                   + " end "
                     "local text = cjson.encode(t) return #text");
  };
  CHECK(nested("1000", "{t}") == "2001");
  CHECK(nested("1001", "{t}") == at + "Cannot serialise, excessive nesting (1001)");
  CHECK(nested("1001", "{a = t}") == at + "Cannot serialise, excessive nesting (1001)");
  CHECK(lua.run("local t = {} t[1] = t local text = cjson.encode(t)")
        == at + "Cannot serialise, excessive nesting (1001)");
  // The largest setting leads to the end of the Lua stack, not of the C stack.
  lua.run("cjson.encode_max_depth(2^31 - 1)");
  CHECK(nested("100000", "{t}").find(at + "Cannot serialise, excessive nesting (") == 0);
  CHECK(nested("100000", "{a = t}").find(at + "Cannot serialise, excessive nesting (") == 0);
}

TEST_CASE("JSON is decoded to values", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(decoded(lua, "null") == "null");
  CHECK(decoded(lua, " true ") == "true");
  CHECK(decoded(lua, "\t\r\n false") == "false");
  CHECK(decoded(lua, "\"x\"") == "x");
  CHECK(decoded(lua, "[]") == "{}");
  CHECK(decoded(lua, "{}") == "{}");
  CHECK(decoded(lua, " [ 1 , \"x\" , [ null ] ] ") == "{1=1,2=x,3={1=null}}");
  CHECK(decoded(lua, R"( { "a" : 1 , "b" : { "" : [ true ] } } )") == "{a=1,b={={1=true}}}");
  CHECK(decoded(lua, R"({"a":1,"a":2})") == "{a=2}");
  CHECK(lua.run("return cjson.decode('[null]')[1] == cjson.null") == "true");
  CHECK(lua.run("return cjson.decode(12)") == "12");
}

TEST_CASE("numbers are decoded as strtod() reads them", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  const std::pair<const char*, const char*> numbers[] = {
    {"0", "0"},
    {"-0", "-0"},
    {"7", "7"},
    {"-12", "-12"},
    {"01", "1"},
    {"000.5", "0.5"},
    {"999999999999999", "999999999999999"},
    {"9007199254740993", "9007199254740992"},
    {"12345678901234567890", "1.2345678901234567e+19"},
    {"0.1", "0.10000000000000001"},
    {"1e5", "100000"},
    {"1.5E-2", "0.014999999999999999"},
    {"5.", "5"},
    {"-.5", "-0.5"},
    {"1e400", "inf"},
    {"-1e400", "-inf"},
    {"1e-400", "0"},
    {"1e99999999999", "inf"},
    {"4e-320", "3.999955468730732e-320"},
    {"+1", "1"},
    {"0x1F", "31"},
    {"-0x1.8p3", "-12"},
    {"0x.8", "0.5"},
    {"inf", "inf"},
    {"-Infinity", "-inf"},
    {"+INF", "inf"},
    {"NaN", "nan"},
    {"-nan", "nan"},
    {"nan()", "nan"}};
  for (const auto& [text, value] : numbers)
    CHECK(decoded(lua, text) == value);
  CHECK(decoded(lua, std::string(400, '9')) == "inf");
  CHECK(decoded(lua, "0." + std::string(400, '9')) == "1");
}

TEST_CASE("numbers that are no JSON are refused if the setting says so", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  lua.run("cjson.decode_invalid_numbers(false)");
  for (const char* text : {"01", "-01", "00", "0x10", "-0x1", "-inf", "-nan", "-", "-a"})
    CHECK(decoded(lua, text) == not_decoded("value", "invalid number", 1));
  for (const char* text : {"nan", "inf", "+1", ".5", "Infinity"})
    CHECK(decoded(lua, text) == not_decoded("value", "invalid token", 1));
  CHECK(decoded(lua, "1.") == "1");
  CHECK(decoded(lua, "-.5") == "-0.5");
  CHECK(decoded(lua, "0e1") == "0");
}

TEST_CASE("strings are decoded with escapes", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(decoded(lua, R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(decoded(lua, R"("a\u0041z")") == "aAz");
  CHECK(
    lua.run("return (cjson.decode((...)):gsub('.', function(b) return ('%02x'):format(b:byte()) "
            "end))",
            R"("\u0000\u007f\u0080\u07ff\u0800\uffff\uD800\uDC00\udbff\udfff")")
    == "007fc280dfbfe0a080efbfbff0908080f48fbfbf");
  CHECK(decoded(lua, "\"\x01\n\xff\"") == "\x01\n\xff");
  CHECK(decoded(lua, '"' + std::string(2000, 'x') + "\\n\"") == std::string(2000, 'x') + "\n");
  CHECK(decoded(lua, R"(["a\nb","c","d\te"])") == "{1=a\nb,2=c,3=d\te}");
  CHECK(decoded(lua, R"({"a\nb":"c\td"})") == "{a\nb=c\td}");
}

TEST_CASE("errors say what was found where", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  struct {
    const char* text;
    const char* expected;
    const char* found;
    int place;
  } const cases[] = {
    {"", "value", "T_END", 1},
    {" ", "value", "T_END", 2},
    {"x", "value", "invalid token", 1},
    {"1 2", "the end", "T_NUMBER", 3},
    {"1,", "the end", "T_COMMA", 2},
    {"truex", "the end", "invalid token", 5},
    {"tru", "value", "invalid token", 1},
    {"[1,]", "value", "T_ARR_END", 4},
    {"[,", "value", "T_COMMA", 2},
    {"[1 2]", "comma or array end", "T_NUMBER", 4},
    {"[1}", "comma or array end", "T_OBJ_END", 3},
    {"[1:", "comma or array end", "T_COLON", 3},
    {"[1[", "comma or array end", "T_ARR_BEGIN", 3},
    {"[1{", "comma or array end", "T_OBJ_BEGIN", 3},
    {"[1 true", "comma or array end", "T_BOOLEAN", 4},
    {"[1 null", "comma or array end", "T_NULL", 4},
    {"[1 \"\"", "comma or array end", "T_STRING", 4},
    {"[1", "comma or array end", "T_END", 3},
    {"{", "object key string", "T_END", 2},
    {"{a:1}", "object key string", "invalid token", 2},
    {"{1:1}", "object key string", "T_NUMBER", 2},
    {"{\"a\":1,}", "object key string", "T_OBJ_END", 8},
    {"{\"a\"", "colon", "T_END", 5},
    {"{\"a\" 1}", "colon", "T_NUMBER", 6},
    {"{\"a\":", "value", "T_END", 6},
    {"{\"a\":1", "comma or object end", "T_END", 7},
    {"{\"a\":1]", "comma or object end", "T_ARR_END", 7},
    {"\"abc", "value", "unexpected end of string", 5},
    {"\"abc\\", "value", "invalid escape code", 5},
    {"\"a\\x\"", "value", "invalid escape code", 3},
    {"[\"\\u12G4\"]", "value", "invalid unicode escape code", 3},
    {"\"\\u12", "value", "invalid unicode escape code", 2},
    {"\"\\uD800\"", "value", "invalid unicode escape code", 2},
    {"\"\\uD800\\n\"", "value", "invalid unicode escape code", 2},
    {"\"\\uD800\\u0041\"", "value", "invalid unicode escape code", 2},
    {"\"\\uDC00\\uD800\"", "value", "invalid unicode escape code", 2},
    {"-", "value", "invalid number", 1},
    {"[1,+x]", "value", "invalid number", 4},
    {".5", "value", "invalid token", 1},
    {"1e", "the end", "invalid token", 2},
    {"0x", "the end", "invalid token", 2},
    {"nanx", "the end", "invalid token", 4},
  };
  for (const auto& [text, expected, found, place] : cases)
    CHECK(decoded(lua, text) == not_decoded(expected, found, place));
  CHECK(lua.run("local value = cjson.decode()")
        == at + "bad argument #1 to 'decode' (expected 1 argument)");
  CHECK(lua.run("local value = cjson.decode('1', 2)")
        == at + "bad argument #1 to 'decode' (expected 1 argument)");
  CHECK(lua.run("local value = cjson.decode({})")
        == at + "bad argument #1 to 'decode' (string expected, got table)");
}

TEST_CASE("a zero byte ends the text, and two of the first are UTF-16", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(decoded(lua, std::string{"11\0 garbage", 11}) == "11");
  CHECK(decoded(lua, std::string{"[1\0]", 4}) == not_decoded("comma or array end", "T_END", 3));
  CHECK(decoded(lua, std::string{"\"a\0\"", 4})
        == not_decoded("value", "unexpected end of string", 3));
  const auto wide = at + "JSON parser does not support UTF-16 or UTF-32";
  CHECK(decoded(lua, std::string{"1\0", 2}) == wide);
  CHECK(decoded(lua, std::string{"\0001", 2}) == wide);
  CHECK(decoded(lua, std::string{"\0", 1}) == not_decoded("value", "T_END", 1));
}

TEST_CASE("nesting is limited when decoding", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(lua.run("return type(cjson.decode(('['):rep(1000) .. (']'):rep(1000)))") == "table");
  CHECK(decoded(lua, std::string(1001, '['))
        == at + "Found too many nested data structures (1001) at character 1001");
  CHECK(lua.run("local value = cjson.decode(('{\"a\":'):rep(1001))")
        == at + "Found too many nested data structures (1001) at character 5001");
  CHECK(lua.run("cjson.decode_max_depth(2) return type(cjson.decode('[[]]'))") == "table");
  CHECK(decoded(lua, "[[[]]]") == at + "Found too many nested data structures (3) at character 3");
  // The largest setting leads to the end of the Lua stack, not of the C stack.
  lua.run("cjson.decode_max_depth(2^31 - 1)");
  CHECK(decoded(lua, std::string(100'000, '[')).find(at + "Found too many nested") == 0);
  CHECK(lua.run("local value = cjson.decode(('{\"a\":'):rep(100000))")
          .find(at + "Found too many nested")
        == 0);
}

TEST_CASE("every truncation and every changed byte of a text is an error or a value", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  const std::string text = R"({"a":[1,-2.5e3,true,null,"x\u00e4\n"],"b":{"c":[[],{}]}})";
  REQUIRE(decoded(lua, text).front() == '{');
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK(decoded(lua, text.substr(0, size)).find(at + "Expected ") == 0);
  for (std::size_t place = 2; place < text.size(); ++place)
    for (int byte = 0; byte < 256; ++byte) {
      auto changed = text;
      changed[place] = static_cast<char>(byte);
      const auto result = decoded(lua, changed);
      if (result.front() != '{' && result.find(at + "Expected ") != 0)
        FAIL(changed << " became " << result);
    }
}

TEST_CASE("settings reply what holds, and refuse what they cannot be", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  const auto set = [&](const std::string& call) {
    return lua.run("local a, b, c = cjson." + call + " return a, b, c");
  };
  CHECK(set("encode_sparse_array()") == "false 2 10");
  CHECK(set("encode_sparse_array('on', '7', 8)") == "true 7 8");
  CHECK(set("encode_sparse_array(nil, 3)") == "true 3 8");
  CHECK(set("encode_max_depth()") == "1000 nil nil");
  CHECK(set("encode_max_depth(1.5)") == "1 nil nil");
  CHECK(set("decode_max_depth(5)") == "5 nil nil");
  CHECK(set("encode_number_precision()") == "14 nil nil");
  CHECK(set("encode_keep_buffer()") == "true nil nil");
  CHECK(set("encode_keep_buffer(false)") == "false nil nil");
  CHECK(set("encode_keep_buffer('on')") == "true nil nil");
  CHECK(set("encode_invalid_numbers()") == "false nil nil");
  CHECK(set("encode_invalid_numbers('null')") == "null nil nil");
  CHECK(set("encode_invalid_numbers('on')") == "true nil nil");
  CHECK(set("encode_invalid_numbers(false)") == "false nil nil");
  CHECK(set("decode_invalid_numbers()") == "true nil nil");
  CHECK(set("decode_invalid_numbers('off')") == "false nil nil");

  const auto bad = [](const std::string& function, const std::string& what) {
    return at + "bad argument #1 to '" + function + "' (" + what + ")";
  };
  const std::string depth = "expected integer between 1 and 2147483647";
  for (const char* value : {"0", "-1", "2^31", "2^32 + 1", "1e300", "0 / 0"})
    CHECK(set("encode_max_depth(" + std::string{value} + ")") == bad("encode_max_depth", depth));
  CHECK(set("encode_max_depth('x')") == bad("encode_max_depth", "number expected, got string"));
  CHECK(set("encode_max_depth(1, 2)")
        == at + "bad argument #2 to 'encode_max_depth' (found too many arguments)");
  CHECK(set("encode_number_precision(15)")
        == bad("encode_number_precision", "expected integer between 1 and 14"));
  CHECK(set("encode_sparse_array(1)") == bad("encode_sparse_array", "invalid option '1'"));
  CHECK(set("encode_sparse_array(true, 1, -1)")
        == bad("encode_sparse_array", "expected integer between 0 and 2147483647"));
  CHECK(set("encode_sparse_array(1, 2, 3, 4)")
        == at + "bad argument #4 to 'encode_sparse_array' (found too many arguments)");
  CHECK(set("decode_invalid_numbers('null')")
        == bad("decode_invalid_numbers", "invalid option 'null'"));
  CHECK(set("encode_invalid_numbers({})")
        == bad("encode_invalid_numbers", "string expected, got table"));
}

TEST_CASE("tables of new() have settings of their own", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(lua.run("cjson.encode_max_depth(7) local j = cjson.new() j.encode_max_depth(8) "
                "local k = j.new() return cjson.encode_max_depth(), j.encode_max_depth(), "
                "k.encode_max_depth()")
        == "7 8 1000");
}

TEST_CASE("settings are restored without memory and for functions that are kept", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  lua.run("kept = cjson.encode_max_depth mine = cjson.new() mine.encode_max_depth(3) "
          "cjson.encode_max_depth(1) cjson.decode_max_depth(1) cjson.encode_sparse_array(true, 1) "
          "cjson.encode_number_precision(1) cjson.encode_keep_buffer(false) "
          "cjson.encode_invalid_numbers('null') cjson.decode_invalid_numbers(false)");
  const auto top = lua_gettop(lua.state());
  lua.fail_after(0);
  restore_cjson_settings(lua.state());
  lua.never_fail();
  CHECK(lua_gettop(lua.state()) == top);
  CHECK(lua.run("return kept(), cjson.decode_max_depth(), cjson.encode_number_precision(), "
                "cjson.encode_keep_buffer(), cjson.encode_invalid_numbers(), "
                "cjson.decode_invalid_numbers(), cjson.encode_sparse_array()")
        == "1000 1000 14 true false true false 2 10");
  CHECK(lua.run("return mine.encode_max_depth()") == "3");
}

TEST_CASE("what is encoded is decoded as it was, but for digits and empty tables", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  for (int i = 0; i < 200; ++i) {
    const auto seed = Catch::rngSeed() + std::random_device{}();
    CAPTURE(seed);
    CHECK(lua.run(random_value_source + R"(
local function rounded(value)
  if type(value) == 'number' then
    return tonumber(('%.14g'):format(value))
  elseif type(value) ~= 'table' then
    return value
  end
  local result = {}
  for key, each in pairs(value) do
    result[key] = rounded(each)
  end
  return result
end
local value = rounded(random_value())
return same(value, cjson.decode(cjson.encode(value))))",
                  std::to_string(seed))
          == "true");
  }
}

TEST_CASE("cjson without memory raises an error and loses nothing", "[cjson]") {
  lua_snippets lua{"cjson", open_cjson};
  CHECK(run_without_memory(lua, R"(
local t = {a = ('x'):rep(3000), b = {1, 2, 3, {('\n'):rep(600)}}, n = {}}
local back = cjson.decode(cjson.encode(t))
return #back.a, #back.b[4][1], cjson.new().encode_max_depth())")
        > 5);
}
