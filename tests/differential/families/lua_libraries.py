"""cmsgpack, struct, cjson and bit as scripts use them: generated values, formats and texts.

A script replies one string: every result of the call, or its error, written out in a way that does
not depend on the order of keys in a table. So maps with several keys are compared after a round
trip only. Settings of cjson are tried on tables of cjson.new(), because in Redis they would
reach the scripts that follow.
"""

import math
import struct

import stream

PRELUDE = """
local function show(value)
  local kind = type(value)
  if kind == 'number' then
    if value ~= value then
      return 'nan'
    elseif math.abs(value) == math.huge or value % 1 == 0 and math.abs(value) < 2^53 then
      return ('%.0f'):format(value)
    end
    -- Exactly: LuaJIT rounds some texts in another way.
    local fraction, exponent = math.frexp(value)
    return ('%.0fp%d'):format(fraction * 2^53, exponent)
  elseif kind == 'string' then
    return '"' .. value .. '"'
  elseif kind ~= 'table' then
    return kind == 'userdata' and 'null' or tostring(value)
  end
  local fields = {}
  for key, each in pairs(value) do
    -- LuaJIT has one key for both zeros.
    fields[#fields + 1] = show(key == 0 and 0 or key) .. '=' .. show(each)
  end
  table.sort(fields)
  return '{' .. table.concat(fields, ',') .. '}'
end
local function results(...)
  local shown = {}
  for i = 1, select('#', ...) do
    shown[i] = show((select(i, ...)))
  end
  return table.concat(shown, ' ')
end
local function same(...)
  return ...
end
local arg = ARGV
"""

NUMBERS = [
    sign * (2.0**power + offset)
    for power in (0, 5, 7, 8, 15, 16, 24, 31, 32, 52, 53, 62, 63, 64, 65, 100)
    for offset in (-1, 0, 1)
    for sign in (1, -1)
] + [
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.5,
    0.1,
    1e-7,
    1e14,
    1e15,
    99999999999999.0,
    123456789012347.0,
    3.4e38,
    3.5e38,
    1e300,
    -1e300,
    5e-324,
    1e-45,
    1 / 3,
    math.pi,
    1e100,
]


def steps(words):
    maker = words.choice(
        (
            pack,
            unpack,
            unpack,
            decode_text,
            decode_text,
            encode,
            decode,
            settings,
            struct_pack,
            struct_unpack,
            struct_unpack,
            struct_round_trip,
            struct_size,
            bit,
        )
    )
    return maker(words)


def script(body, *arguments):
    return stream.fixed("EVAL", PRELUDE + body, 0, *arguments)


def call(words, function, *arguments):
    """The call in a function of its own, where errors know the line, or straight by pcall()."""
    listed = ", ".join(arguments)
    if words.chance(0.5):
        return f"pcall(function() return same({function}({listed})) end)"
    return f"pcall({function}{', ' if listed else ''}{listed})"


# --- values as Lua source -------------------------------------------------------------------------


def number(words):
    value = words.choice(
        (
            lambda: words.choice(NUMBERS),
            lambda: float(words.randint(-300, 300)),
            lambda: float(words.randint(-(2**62), 2**62)),
            lambda: words.random.random() * 10.0 ** words.randint(-20, 20),
            lambda: words.randint(-(10**6), 10**6) / 64,
        )
    )()
    return value


def source(value):
    """A number as Lua reads it. Not as a constant where a sign of zero would get lost."""
    if value == 0 and math.copysign(1, value) < 0:
        return "(-1 / math.huge)"
    return f"({value!r})"


def text_source(data):
    return '"' + "".join(f"\\{byte:03d}" for byte in data) + '"'


def some_bytes(words):
    return words.choice(
        (
            lambda: words.letters(),
            lambda: words.randbytes(words.randint(0, 12)),
            lambda: b"x"
            * words.choice((0, 1, 31, 32, 255, 256, 511, 512, 513, 2000, 65535, 65536)),
            lambda: b'a"\\/\b\f\n\r\t\x00\x1f\x7f\x80\xff'[words.randint(0, 8) :],
            lambda: "äö€😀".encode()[words.randint(0, 3) :],
            lambda: b"%d" % words.randint(-99, 99),
        )
    )()


def value(words, depth=0, several_keys=True):
    """Lua source of a value. With several keys in a table there is nothing odd in it: which of two
    errors comes first depends on the order of keys."""
    kinds = ["number", "number", "string", "string", "boolean", "nil"]
    kinds += ["array", "map", "keys"] if depth < 4 else []
    kinds += [] if several_keys else ["odd"]
    kind = words.choice(kinds)
    if kind == "number":
        return source(number(words))
    if kind == "string":
        return text_source(some_bytes(words))
    if kind == "boolean":
        return words.choice(("true", "false", "cjson.null"))
    if kind == "nil":
        return "nil"
    if kind == "odd":
        return words.choice(
            (
                "function() end",
                "coroutine.create(function() end)",
                "(0 / 0)",
                "math.huge",
                "{[true] = 1}",
                "{[{}] = 1}",
                "{[function() end] = 1}",
            )
        )
    count = words.choice((0, 1, 2, 3, 15, 16, 17)) if depth == 0 else words.randint(0, 3)
    if kind == "array":
        return "{" + ", ".join(value(words, depth + 1, several_keys) for _ in range(count)) + "}"
    fields = {}
    for _ in range(count if several_keys else min(count, 1)):
        # Larger integers than an array has leave Redis undecided whether there is an array.
        key = text_source(words.letters())
        if kind == "keys":
            key = words.choice(
                (
                    key,
                    source(float(words.randint(-1, 12))),
                    source(words.randint(-(2**20), 2**20) / 4),
                )
            )
        fields[key] = value(words, depth + 1, several_keys)
    return "{" + ", ".join(f"[{key}] = {each}" for key, each in fields.items()) + "}"


def nested(words, depth):
    """Source that builds a table `depth` deep as the local `nest`."""
    wrap = words.choice(("{nest}", "{a = nest}", "{1, nest}"))
    return f"local nest = 1 for _ = 1, {depth} do nest = {wrap} end "


# --- cmsgpack -------------------------------------------------------------------------------------


def pack(words):
    if words.chance(0.1):
        body = nested(words, words.choice((1, 15, 16, 17, 30)))
        return script(
            body + "return results(cmsgpack.pack(nest))"
            if "a = " not in body
            else body + "return #cmsgpack.pack(nest)"
        )
    if words.chance(0.5):
        values = [value(words, several_keys=False) for _ in range(words.randint(0, 4))]
        return script("return results(" + call(words, "cmsgpack.pack", *values) + ")")
    return script(
        f"local packed = cmsgpack.pack({value(words)}) "
        "return results(#packed, cmsgpack.unpack(packed))"
    )


def packed(words, depth=0):
    """MessagePack, mostly valid."""
    head = words.choice(
        (
            0xC0,
            0xC2,
            0xC3,
            0xCA,
            0xCB,
            0xCC,
            0xCD,
            0xCE,
            0xCF,
            0xD0,
            0xD1,
            0xD2,
            0xD3,
            0xD9,
            0xDA,
            0xDB,
            0xDC,
            0xDD,
            0xDE,
            0xDF,
            0x80,
            0x90,
            0xA0,
            0x00,
            0xE0,
        )
    )
    widths = {
        0xCA: 4,
        0xCB: 8,
        0xCC: 1,
        0xCD: 2,
        0xCE: 4,
        0xCF: 8,
        0xD0: 1,
        0xD1: 2,
        0xD2: 4,
        0xD3: 8,
    }
    if head in widths:
        data = words.choice((words.randbytes(8), b"\xff" * 8, b"\x80" + bytes(7), bytes(8)))
        return bytes([head]) + data[: widths[head]]
    count = words.randint(0, 3) if depth < 5 else 0
    if head in (0x00, 0xE0):
        return bytes([head | words.randint(0, 31)])
    if head in (0xA0, 0xD9, 0xDA, 0xDB):
        data = some_bytes(words)[: 31 if head == 0xA0 else 255 if head == 0xD9 else 65535]
        return length(head, len(data), {0xD9: 1, 0xDA: 2, 0xDB: 4}) + data
    parts = [
        packed(words, depth + 1) for _ in range(count * (1 if head in (0x90, 0xDC, 0xDD) else 2))
    ]
    return length(head, count, {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}) + b"".join(parts)


def length(head, count, widths):
    if head not in widths:
        return bytes([head | count])
    return bytes([head]) + count.to_bytes(widths[head], "big")


def mangled(words, data):
    """The bytes with an accident, or without."""
    at = words.randint(0, len(data))
    return words.choice(
        (
            lambda: data,
            lambda: data,
            lambda: data[:at],
            lambda: data[:at] + words.randbytes(1) + data[at + 1 :],
            lambda: data[:at] + words.randbytes(words.randint(1, 3)) + data[at:],
            lambda: data[:at] + data[at + 1 :],
        )
    )()


def unpack(words):
    data = mangled(words, b"".join(packed(words) for _ in range(words.randint(0, 4))))
    if words.chance(0.05):
        data = (
            words.choice((b"\x91", b"\x81\x01", b"\x81")) * words.choice((10, 1000, 9000)) + b"\x01"
        )
    function = words.choice(("unpack", "unpack_one", "unpack_limit"))
    arguments = ["arg[1]"]
    if function == "unpack_limit":
        arguments.append(words.choice(("0", "1", "2", "-1", "100", "nil", "'1'", "1.9", "'x'")))
    if function != "unpack" and words.chance(0.6):
        arguments.append(words.choice(("0", "1", "2", "3", "7", "-1", "1000", "nil", "'1'", "{}")))
    if words.chance(0.02):
        arguments = words.choice(([], ["{}"], ["nil"], ["12"]))
    if len(data) > 5000:  # the depth at which the stack ends is everybody's own
        return script("return results((pcall(cmsgpack.unpack, arg[1])))", data)
    return script("return results(" + call(words, "cmsgpack." + function, *arguments) + ")", data)


# --- cjson ----------------------------------------------------------------------------------------


def encode(words):
    if words.chance(0.1):
        body = nested(words, words.choice((1, 999, 1000, 1001, 2000)))
        return script(
            body + "local done, text = pcall(cjson.encode, nest) "
            "return results(done, done and #text or text)"
        )
    if words.chance(0.5):
        return script(
            "return results(" + call(words, "cjson.encode", value(words, several_keys=False)) + ")"
        )
    return script(
        f"local done, text = pcall(cjson.encode, {value(words)}) "
        "return results(done, done and #text or text, done and cjson.decode(text))"
    )


def json_string(words):
    parts = [
        words.choice(
            (
                b"abc",
                b"\\n",
                b"\\/",
                b'\\"',
                b"\\\\",
                b"\\u0041",
                b"\\u00e4",
                b"\\u20AC",
                b"\\u0000",
                b"\\ud83d\\ude00",
                b"\\uD83D",
                b"\\uDE00",
                b"\\u12",
                b"\\uD83D\\u0041",
                b"\\x",
                b"\x01",
                b"\xff",
                "€".encode(),
                b"x" * 600,
                b"\\b\\f\\r\\t",
                b"\x7f",
                b"\\uffff",
                b"\\uzzzz",
            )
        )
        for _ in range(words.randint(0, 3))
    ]
    if words.chance(0.5):
        parts = [
            part for part in parts if not part.startswith((b"\\u12", b"\\x", b"\\uD", b"\\uz"))
        ]
    return b'"' + b"".join(parts) + b'"'


def json_number(words):
    return words.choice(
        (
            lambda: repr(number(words)).encode(),
            lambda: b"%d" % words.randint(-(10**20), 10**20),
            lambda: b"%d" % words.randint(-999, 999),
            lambda: b"%d.%de%d"
            % (words.randint(-99, 99), words.randint(0, 9999), words.randint(-330, 330)),
            lambda: words.choice(
                (
                    b"nan",
                    b"-nan",
                    b"inf",
                    b"-Infinity",
                    b"+1",
                    b"0x1F",
                    b"-0x1.8p3",
                    b"01",
                    b"-",
                    b"1.",
                    b".5",
                    b"-.5",
                    b"1e",
                    b"1e+",
                    b"1E400",
                    b"-1e400",
                    b"1e-400",
                    b"0x",
                    b"nan()",
                    b"infinit",
                    b"i",
                    b"NaN",
                    b"++1",
                    b"- 1",
                    b"0e99999",
                    b"00",
                    b"-0",
                    b"1-2",
                )
            ),
        )
    )()


def json_text(words, depth=0):
    """JSON, mostly valid."""
    kind = words.random.random()
    blank = words.choice((b"", b"", b"", b" ", b"\n\t\r "))
    if kind < 0.25 or depth > 4:
        return blank + json_number(words)
    if kind < 0.45:
        return blank + json_string(words)
    if kind < 0.6:
        return blank + words.choice((b"true", b"false", b"null", b"tru", b"nulll", b"TRUE"))
    count = words.randint(0, 3)
    if kind < 0.8:
        return b"[" + b",".join(json_text(words, depth + 1) for _ in range(count)) + blank + b"]"
    return (
        b"{"
        + b",".join(
            json_string(words) + blank + b":" + json_text(words, depth + 1) for _ in range(count)
        )
        + b"}"
    )


def decode_text(words):
    data = mangled(words, json_text(words))
    if words.chance(0.05):
        depth = words.choice((999, 1000, 1001))
        data = words.choice((b"[", b'{"a":')) * depth
        return script("return results(" + call(words, "cjson.decode", "arg[1]") + ")", data)
    return script("return results(" + call(words, "cjson.decode", "arg[1]") + ")", data)


def decode(words):
    """What is no text, and numbers of arguments."""
    arguments = words.choice(([], ["1"], ["nil"], ["{}"], ["true"], ["'1'", "2"], ["''"], ["' '"]))
    return script("return results(" + call(words, "cjson.decode", *arguments) + ")")


def settings(words):
    name = words.choice(
        (
            "encode_max_depth",
            "decode_max_depth",
            "encode_number_precision",
            "encode_keep_buffer",
            "encode_invalid_numbers",
            "decode_invalid_numbers",
            "encode_sparse_array",
        )
    )
    option = (
        "nil",
        "true",
        "false",
        "'on'",
        "'off'",
        "'null'",
        "'x'",
        "0",
        "1",
        "2",
        "3",
        "14",
        "15",
        "-1",
        "1.5",
        "'7'",
        "{}",
        "2147483647",
        "2147483648",
    )
    arguments = [words.choice(option) for _ in range(words.choice((0, 1, 1, 1, 2, 3, 4)))]
    if name == "encode_sparse_array" and words.chance(0.7):
        arguments = [
            words.choice(("true", "false")),
            words.choice(("0", "1", "2", "5")),
            words.choice(("0", "3", "10")),
        ]
    if name in ("encode_max_depth", "decode_max_depth"):
        use = f"j.encode({nested_source(3)}), j.decode('[[[]]]')"
    elif name == "encode_sparse_array":
        use = f"j.encode({{1, 2, [{words.randint(3, 30)}] = 3}})"
    elif name == "decode_invalid_numbers":
        use = f"j.decode({text_source(json_number(words))})"
    else:
        use = (
            f"j.encode({{{', '.join(source(number(words)) for _ in range(3))}, 1 / 3}}), "
            "j.encode({0 / 0, math.huge, -math.huge})"
        )
    listed = ", ".join(arguments)
    return script(
        f"""local j = cjson.new()
local set = results(pcall(function() return same(j.{name}({listed})) end))
return set .. ' ' .. results(pcall(function() return same({use}) end)) .. results(j.{name}())"""
    )


def nested_source(depth):
    return "{" * depth + "}" * depth


# --- struct ---------------------------------------------------------------------------------------


def option(words, for_numbers=False):
    size = words.choice(("", "1", "2", "3", "4", "5", "7", "8", "0", "16"))
    if for_numbers:
        return words.choice(("b", "B", "h", "H", "l", "L", "T", "f", "d", "i" + size, "I" + size))
    return words.choice(
        (
            "b",
            "B",
            "h",
            "H",
            "l",
            "L",
            "T",
            "f",
            "d",
            "i" + size,
            "I" + size,
            "x",
            " ",
            ">",
            "<",
            "!",
            "!" + words.choice(("1", "2", "4", "8", "16", "3", "0", "1073741824", "2147483648")),
            "s",
            "c",
            "c0",
            "c" + words.choice(("1", "2", "5", "600", "2147483647", "99999999999")),
            "i33",
            "q",
            "A",
            "%",
        )
    )


def is_usual(each):
    return each not in (
        "i33",
        "q",
        "A",
        "%",
        "!3",
        "!0",
        "!2147483648",
        "c99999999999",
        "c2147483647",
        "c600",
    )


def layout(words, count_max=6):
    options = [option(words) for _ in range(words.randint(0, count_max))]
    if words.chance(0.8):
        options = [each for each in options if is_usual(each)]
    # What 9 and more signed bytes mean is not defined in Redis, but in multiples of 8.
    return "".join(options)


def struct_argument(words):
    return words.choice(
        (
            lambda: source(number(words)),
            lambda: text_source(some_bytes(words)),
            lambda: source(number(words)),
            lambda: words.choice(("nil", "{}", "true", "'12'", "' 0x10 '")),
        )
    )()


def struct_pack(words):
    arguments = [text_source(layout(words).encode())]
    arguments += [struct_argument(words) for _ in range(words.randint(0, 6))]
    if words.chance(0.02):
        arguments = words.choice(([], ["{}"], ["nil"], ["12"]))
    return script("return results(" + call(words, "struct.pack", *arguments) + ")")


def struct_round_trip(words):
    """Numbers only, as many as the format takes."""
    options = [option(words, for_numbers=True) for _ in range(words.randint(1, 5))]
    text = "".join(words.choice(("", "", "<", ">", "!", "!2", " ", "x")) + each for each in options)
    listed = ", ".join(source(number(words)) for _ in options)
    return script(
        f"local packed = struct.pack('{text}', {listed}) "
        f"return results(packed, struct.size('{text}'), struct.unpack('{text}', packed))"
    )


def struct_unpack(words):
    data = words.choice(
        (
            lambda: words.randbytes(words.randint(0, 40)),
            lambda: b"\x02\x00\x00\x00abcdefgh\x00" * words.randint(0, 4),
            lambda: struct.pack("<d", number(words)) + some_bytes(words),
            lambda: b"3abc\x00\xff" * 3,
        )
    )()
    arguments = [text_source(layout(words).encode()), "arg[1]"]
    if words.chance(0.3):
        arguments.append(
            words.choice(("1", "2", "3", "0", "-1", "100", "nil", "'2'", "'x'", "2.7"))
        )
    if words.chance(0.02):
        arguments = words.choice(([], ["'b'"], ["'b'", "{}"], ["{}", "'x'"]))
    return script("return results(" + call(words, "struct.unpack", *arguments) + ")", data)


def struct_size(words):
    return script(
        "return results("
        + call(words, "struct.size", text_source(layout(words, 10).encode()))
        + ")"
    )


# --- bit ------------------------------------------------------------------------------------------


def bit(words):
    name = words.choice(
        (
            "tobit",
            "bnot",
            "band",
            "bor",
            "bxor",
            "lshift",
            "rshift",
            "arshift",
            "rol",
            "ror",
            "bswap",
            "tohex",
        )
    )
    count = words.choice((1, 1, 2, 2, 2, 3)) if words.chance(0.95) else 0
    arguments = [source(bit_number(words)) for _ in range(count)]
    if count and words.chance(0.1):
        arguments[words.randint(0, count - 1)] = words.choice(
            ("nil", "{}", "true", "'12'", "'x'", "' 0x10 '")
        )
    return script("return results(" + call(words, "bit." + name, *arguments) + ")")


def bit_number(words):
    return words.choice(
        (
            lambda: number(words),
            lambda: float(words.randint(-(2**33), 2**33)),
            lambda: float(words.randint(-40, 40)),
            lambda: words.randint(-(2**20), 2**20) / 8,
            lambda: 255.0,
        )
    )()
