"""Functions: how libraries are loaded, what functions see and reply, and how libraries travel."""

import unittest

import resp
import server
from datasets import payload
from scripts import Scripts
from suite import OK, ServerTest, error, oracle_binary
from test_atomicity import KEYS
from transactions import PONG, QUEUED, block, wrong_number

A, B, C = KEYS[:3]
NOT_FOUND = error("ERR Function not found")
BAD_PAYLOAD = error("ERR DUMP payload version or checksum are wrong")
READ_ONLY = "ERR Write commands are not allowed from read-only scripts."
BUSY_SCRIPT = error(
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."
)
BUSY_FUNCTION = error(
    "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE."
)
OPCODE = b"\xf5"


def library(name, *bodies, flags=""):
    """A library whose functions f1, f2 … have these bodies; body n is in line n + 1."""
    lines = [
        f"redis.register_function{{function_name='f{n}', flags={{{flags}}}, "
        f"callback=function(keys, args) {body} end}}"
        for n, body in enumerate(bodies, 1)
    ]
    return "\n".join([f"#!lua name={name}", *lines])


def named(library_name, *names):
    """A library with functions of these names, each of which replies its own."""
    lines = [f"redis.register_function('{n}', function() return '{n}' end)" for n in names]
    return "\n".join([f"#!lua name={library_name}", *lines])


def rdb_string(text):
    data = text.encode()
    size = bytes([len(data)]) if len(data) < 64 else (0x4000 | len(data)).to_bytes(2, "big")
    return size + data


def packed(*sources):
    return payload(b"".join(OPCODE + rdb_string(source) for source in sources))


class Functions(Scripts):
    def setUp(self):
        super().setUp()
        self.call("FUNCTION", "FLUSH")

    def load(self, source, *options):
        reply = self.call("FUNCTION", "LOAD", *options, source)
        self.assertIsInstance(reply, bytes, reply)
        return reply

    def fcall(self, name, keys=(), args=(), client=None, command="FCALL"):
        return (client or self.control).call(command, name, len(keys), *keys, *args)

    def libraries(self):
        """{library: {its functions}}"""
        listed = self.call("FUNCTION", "LIST")
        return {one[1].decode(): {f[1].decode() for f in one[5]} for one in listed}

    def assert_calls_raise(self, *pairs):
        """Each body of a function, and the error that ends it there."""
        for body, text in pairs:
            with self.subTest(body=body):
                self.load(library("raising", body), "REPLACE")
                self.assertEqual(
                    self.fcall("f1"), error(f"{text} script: f1, on @user_function:2.")
                )

    def assert_load_fails(self, *pairs):
        for source, text in pairs:
            with self.subTest(source=source):
                self.assertEqual(self.call("FUNCTION", "LOAD", source), error(f"ERR {text}"))
                self.assertEqual(self.libraries(), {})


class Loading(Functions):
    def test_a_library_is_loaded_and_called(self):
        source = library("one", "return {keys, args}", "return redis.call('INCR', keys[1])")
        self.assertEqual(self.load(source), b"one")
        self.assertEqual(self.fcall("f1", "ab", "c"), [[b"a", b"b"], [b"c"]])
        self.assertEqual(self.fcall("f1"), [[], []])
        for n, key in enumerate(KEYS):
            self.assertEqual(self.fcall("F2", [key]), 1)
            self.assertEqual(self.fcall("f2", [key]), 2)
        self.assertEqual(self.call("GET", A), b"2")

    def test_the_first_line(self):
        one = "\nredis.register_function('f', function() return 1 end)"
        names = (
            "Library names can only contain letters, numbers, or underscores(_) and must be at "
            "least one character long"
        )
        self.assert_load_fails(
            ("", "Missing library metadata"),
            ("return 1", "Missing library metadata"),
            ("# lua name=a" + one, "Missing library metadata"),
            ("#!lua name=a", "Invalid library metadata"),
            ('#!lua name="a' + one, "Invalid library metadata"),
            ("#!lua" + one, "Library name was not given"),
            ("#!lua name=" + one, names),
            ("#!lua name=a-b" + one, names),
            (
                "#!lua name=a name=b" + one,
                "Invalid metadata value, name argument was given multiple times",
            ),
            ("#!lua flags=x name=a" + one, "Invalid metadata value given: flags=x"),
            ("#!js name=a" + one, "Engine 'js' not found"),
            ("#! name=a" + one, "Engine '' not found"),
        )
        for first, name in (
            ("#!lua name=a_1", b"a_1"),
            ("#!LUA NAME=Upper", b"Upper"),
            ('#!lua name="quoted"', b"quoted"),
        ):
            self.assertEqual(self.load(first + one), name)
            self.call("FUNCTION", "DELETE", name)

    def test_bodies_that_fail(self):
        register = "redis.register_function"
        nothing = "function() end"
        head = "Error registering functions: "
        at_line = head + "ERR user_function:2: "
        no_global = at_line + "Script attempted to access nonexistent global variable '%s'"
        source = lambda body: "#!lua name=a\n" + body
        self.assert_load_fails(
            (source(""), "No functions registered"),
            (source("return 1"), "No functions registered"),
            (
                source("x ="),
                "Error compiling function: user_function:2: unexpected symbol near '<eof>'",
            ),
            (source("redis.call('PING')"), no_global % "call"),
            (source("error('x')"), no_global % "error"),
            (source("return math.abs(1)"), no_global % "math"),
            (source("return KEYS"), no_global % "KEYS"),
            (source("x = 1"), at_line + "Attempt to modify a readonly table"),
            (source("redis.x = 1"), at_line + "Attempt to modify a readonly table"),
            (
                source("local a = nil; a.b = 1"),
                at_line + "attempt to index local 'a' (a nil value)",
            ),
            (
                source(f"{register}('a', {nothing})\nredis.nosuch()"),
                no_global.replace(":2:", ":3:") % "nosuch",
            ),
            (source("while true do end"), head + "ERR FUNCTION LOAD timeout"),
        )

    def test_wrong_registrations(self):
        self.assert_load_fails(
            *(
                (
                    f"#!lua name=a\nredis.register_function{arguments}",
                    "Error registering functions: ERR " + text,
                )
                for arguments, text in (
                    ("()", "wrong number of arguments to redis.register_function"),
                    ("('a', 1, 2)", "wrong number of arguments to redis.register_function"),
                    (
                        "('a')",
                        "calling redis.register_function with a single argument is only "
                        "applicable to Lua table (representing named arguments).",
                    ),
                    ("({}, 1)", "first argument to redis.register_function must be a string"),
                    ("('a', 1)", "second argument to redis.register_function must be a function"),
                    (
                        "{function_name = {}}",
                        "function_name argument given to redis.register_function must be a string",
                    ),
                    (
                        "{description = {}}",
                        "description argument given to redis.register_function must be a string",
                    ),
                    (
                        "{callback = 1}",
                        "callback argument given to redis.register_function must be a function",
                    ),
                    (
                        "{flags = 1}",
                        "flags argument to redis.register_function must be a table representing "
                        "function flags",
                    ),
                    ("{flags = {'nosuch'}}", "unknown flag given"),
                    ("{flags = {{}}}", "unknown flag given"),
                    ("{nosuch = 1}", "unknown argument given to redis.register_function"),
                    (
                        "{callback = function() end}",
                        "redis.register_function must get a function name argument",
                    ),
                    (
                        "{function_name = 'a'}",
                        "redis.register_function must get a callback argument",
                    ),
                    (
                        "('a b', function() end)",
                        "Library names can only contain letters, numbers, or underscores(_) and "
                        "must be at least one character long",
                    ),
                    (
                        "('a', function() end) redis.register_function('a', function() end)",
                        "Function already exists in the library",
                    ),
                )
            )
        )

    def test_names_that_are_taken(self):
        self.load(named("one", "a", "b"))
        self.assertEqual(
            self.call("FUNCTION", "LOAD", named("one", "c")),
            error("ERR Library 'one' already exists"),
        )
        for options in ((), ("REPLACE",)):
            self.assertEqual(
                self.call("FUNCTION", "LOAD", *options, named("two", "c", "B")),
                error("ERR Function B already exists"),
            )
        self.assertEqual(self.fcall("c"), NOT_FOUND)
        self.assertEqual(self.load(named("ONE", "c")), b"ONE")
        self.load(named("one", "a", "d"), "replace")
        self.assertEqual(self.libraries(), {"one": {"a", "d"}, "ONE": {"c"}})
        self.assertEqual(self.fcall("b"), NOT_FOUND)
        self.assertEqual([self.fcall(name) for name in "adc"], [b"a", b"d", b"c"])
        self.assertEqual(
            self.call("FUNCTION", "LOAD", "REPLACE", "#!lua name=one\nnosuch()"),
            error(
                "ERR Error registering functions: ERR user_function:2: Script attempted to access "
                "nonexistent global variable 'nosuch'"
            ),
        )
        self.assertEqual(self.fcall("a"), b"a")

    def test_deleting(self):
        self.load(named("one", "a"))
        self.load(named("two", "b"))
        self.assertEqual(self.call("FUNCTION", "DELETE", "ONE"), error("ERR Library not found"))
        self.assertEqual(self.call("FUNCTION", "DELETE", "one"), OK)
        self.assertEqual(self.call("FUNCTION", "DELETE", "one"), error("ERR Library not found"))
        self.assertEqual(self.fcall("a"), NOT_FOUND)
        self.assertEqual(self.fcall("b"), b"b")
        for mode in ((), ("SYNC",), ("async",)):
            self.load(named("one", "a"), "REPLACE")
            self.assertEqual(self.call("FUNCTION", "FLUSH", *mode), OK)
            self.assertEqual(self.libraries(), {})
            self.assertEqual(self.fcall("a"), NOT_FOUND)
        self.load(named("one", "a"))
        self.call("FLUSHALL")
        self.assertEqual(self.fcall("a"), b"a")

    def test_listing(self):
        flags = "'no-writes', 'allow-stale'"
        source = (
            "#!lua name=mine\nredis.register_function{function_name='f', description='says', "
            f"callback=function() end, flags={{{flags}}}}}"
        )
        self.load(source)
        self.load(named("other", "g"))
        functions = [
            [
                b"name",
                b"f",
                b"description",
                b"says",
                b"flags",
                [resp.Simple("no-writes"), resp.Simple("allow-stale")],
            ]
        ]
        mine = [b"library_name", b"mine", b"engine", b"LUA", b"functions", functions]
        self.assertEqual(self.call("FUNCTION", "LIST", "LIBRARYNAME", "M?N*"), [mine])
        self.assertEqual(
            self.call("FUNCTION", "LIST", "withcode", "libraryname", "mine"),
            [[*mine, b"library_code", source.encode()]],
        )
        self.assertEqual(self.call("FUNCTION", "LIST", "LIBRARYNAME", "x"), [])
        self.assertEqual(self.libraries(), {"mine": {"f"}, "other": {"g"}})
        three = self.connect(protocol=3)
        (listed,) = three.call("FUNCTION", "LIST", "LIBRARYNAME", "other", "WITHCODE")
        self.assertEqual(
            listed,
            {
                b"library_name": b"other",
                b"engine": b"LUA",
                b"functions": [{b"name": b"g", b"description": None, b"flags": set()}],
                b"library_code": named("other", "g").encode(),
            },
        )

    def test_wrong_words(self):
        for words, text in (
            (("LIST", "x"), "ERR Unknown argument x"),
            (("LIST", "LIBRARYNAME"), "ERR library name argument was not given"),
            (("LIST", "WITHCODE", "WITHCODE"), "ERR Unknown argument WITHCODE"),
            (("LOAD", "x", "y"), "ERR Unknown option given: x"),
            (("LOAD", "REPLACE"), "ERR Missing library metadata"),
            (("FLUSH", "x"), "ERR FUNCTION FLUSH only supports SYNC|ASYNC option"),
            (
                ("FLUSH", "SYNC", "x"),
                "ERR unknown subcommand or wrong number of arguments for 'FLUSH'. "
                "Try FUNCTION HELP.",
            ),
            (
                ("RESTORE", "x", "y"),
                "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.",
            ),
            (
                ("RESTORE", "x", "FLUSH", "y"),
                "ERR unknown subcommand or wrong number of arguments for 'RESTORE'. "
                "Try FUNCTION HELP.",
            ),
            (("nosuch",), "ERR unknown subcommand 'nosuch'. Try FUNCTION HELP."),
            (("KILL",), "NOTBUSY No scripts in execution right now."),
        ):
            self.assertEqual(self.call("FUNCTION", *words), error(text))
        self.assertEqual(self.call("FUNCTION"), wrong_number("function"))
        for name in ("LOAD", "DELETE", "RESTORE"):
            self.assertEqual(self.call("FUNCTION", name), wrong_number(f"function|{name.lower()}"))
        for name in ("DUMP", "STATS", "KILL", "HELP"):
            self.assertEqual(
                self.call("FUNCTION", name, "x"), wrong_number(f"function|{name.lower()}")
            )
        self.assertTrue(self.call("FUNCTION", "HELP")[0].startswith("FUNCTION <subcommand>"))


class Calling(Functions):
    def test_the_number_of_keys(self):
        self.load(named("one", "a"))
        for count, text in (
            ("x", "ERR Bad number of keys provided"),
            (2**63, "ERR Bad number of keys provided"),
            (-1, "ERR Number of keys can't be negative"),
            (3, "ERR Number of keys can't be greater than number of args"),
        ):
            self.assertEqual(self.call("FCALL", "a", count, "k", "k"), error(text))
            self.assertEqual(self.call("FCALL", "nosuch", count, "k", "k"), NOT_FOUND)
        self.assertEqual(self.call("FCALL", "a"), wrong_number("fcall"))
        self.assertEqual(self.call("FCALL_RO"), wrong_number("fcall_ro"))

    def test_errors_say_where(self):
        unknown = "Script attempted to access nonexistent global variable"
        self.assert_calls_raise(
            ("return redis.call('nosuch')", "ERR Unknown Redis command called from script"),
            ("error('boo')", "ERR user_function:2: boo"),
            ("error({err = 'MY boo'})", "MY boo"),
            ("return KEYS", f"ERR user_function:2: {unknown} 'KEYS'"),
            ("return ARGV", f"ERR user_function:2: {unknown} 'ARGV'"),
            ("x = 1", "ERR user_function:2: Attempt to modify a readonly table"),
            ("redis.x = 1", "ERR user_function:2: Attempt to modify a readonly table"),
            ("string.x = 1", "ERR user_function:2: Attempt to modify a readonly table"),
            (
                "redis.register_function('a', function() end)",
                "ERR user_function:2: attempt to call field 'register_function' (a nil value)",
            ),
            (
                "return redis.call('FCALL', 'f1', 0)",
                "ERR This Redis command is not allowed from script",
            ),
            (
                "return redis.call('FUNCTION', 'LIST')",
                "ERR This Redis command is not allowed from script",
            ),
            (
                "return redis.call('EVAL', 'return 1', 0)",
                "ERR This Redis command is not allowed from script",
            ),
        )
        self.assertIn(
            "ERR This Redis command is not allowed from script",
            self.eval("return redis.call('FCALL', 'f1', 0)"),
        )
        self.load(library("raising", "return redis.error_reply('MY x')"), "REPLACE")
        self.assertEqual(self.fcall("f1"), error("MY x"))

    def test_what_functions_see(self):
        absent = ("breakpoint", "debug", "replicate_commands", "register_function")
        present = ("call", "pcall", "setresp", "log", "sha1hex", "error_reply", "REPL_ALL")
        types = ", ".join(f"type(redis.{name})" for name in absent + present)
        self.load(
            library(
                "seen",
                f"return {{{types}}}",
                "return loadstring('return 2 + 3')()",
                "return {math.floor(2.5), cjson.encode({1}), _G == _G.string and 1 or 0}",
                "redis.setresp(3) return redis.call('HGETALL', 'h')",
                "return {double = 1.5}",
                "return redis.pcall('nosuch')",
                "redis.call('SELECT', 5) redis.call('SET', 'a', 'five')",
                "return nil",
            )
        )
        seen = self.fcall("f1")
        self.assertEqual(seen[: len(absent)], [b"nil"] * len(absent))
        self.assertNotIn(b"nil", seen[len(absent) :])
        self.assertEqual(self.fcall("f2"), 5)
        self.assertEqual(self.fcall("f3"), [2, b"[1]", 0])
        self.call("HSET", "h", "f", 1)
        self.assertEqual(self.fcall("f4"), [b"f", b"1"])
        self.assertEqual(self.fcall("f5"), b"1.5")
        three = self.connect(protocol=3)
        self.assertEqual(self.fcall("f4", client=three), {b"f": b"1"})
        self.assertEqual(self.fcall("f5", client=three), 1.5)
        self.assertEqual(self.fcall("f6"), error("ERR Unknown Redis command called from script"))
        self.assertIsNone(self.fcall("f7"))
        self.assertIsNone(self.call("GET", "a"))
        self.call("SELECT", 5)
        self.assertEqual(self.call("GET", "a"), b"five")
        self.call("SELECT", 0)
        self.assertIsNone(self.fcall("f8"))

    def test_what_stays_of_a_library(self):
        source = (
            "#!lua name=counts\nlocal n, seen = 0, {}\n"
            "local function add(by) n = n + by return n end\n"
            "redis.register_function('count', function(keys) return add(1) end)\n"
            "redis.register_function('fail', function() add(10) error('x') end)"
        )
        self.load(source)
        self.assertEqual([self.fcall("count", [key]) for key in (A, B, C)], [1, 2, 3])
        self.load(source, "REPLACE")
        self.assertEqual(self.fcall("count", [A]), 1)
        self.assertIsInstance(self.fcall("fail", [A]), resp.Error)
        self.assertEqual(self.transact(("SET", B, 1), ("FCALL", "count", 1, C)), [OK, 12])

    def test_many_use_libraries_of_tables_and_strings(self):
        body = (
            "local t = {} for i = 1, 10 do t[#t + 1] = string.format('%d', i) end "
            "table.sort(t) local s = table.concat(t, ',') math.floor(1) math.floor(2) "
            "return redis.call('ECHO', s .. redis.call('ECHO', '!'))"
        )
        self.load(library("uses", body))
        self.assertEqual(self.fcall("f1"), b"1,10,2,3,4,5,6,7,8,9!")

    def test_functions_that_only_read(self):
        self.call("SET", A, 1)
        read, write = "return redis.call('GET', keys[1])", "return redis.call('SET', keys[1], 2)"
        self.load(library("reads", read, write, flags="'no-writes'"))
        for command in ("FCALL", "FCALL_RO"):
            self.assertEqual(self.fcall("f1", [A], command=command), b"1")
            self.assertEqual(
                self.fcall("f2", [A], command=command),
                error(READ_ONLY + " script: f2, on @user_function:3."),
            )
        self.load(library("reads", read, write), "REPLACE")
        for name in ("f1", "f2"):
            self.assertEqual(
                self.fcall(name, [A], command="FCALL_RO"),
                error("ERR Can not execute a script with write flag using *_ro command."),
            )
        self.assertEqual(self.fcall("nosuch", command="FCALL_RO"), NOT_FOUND)
        self.assertEqual(self.fcall("f2", [A]), OK)
        self.assertEqual(self.call("GET", A), b"2")

    def test_keys_that_are_not_named(self):
        self.load(
            library(
                "free",
                "for i = 1, 300 do redis.call('SET', 'key:' .. i, i) end "
                "return redis.call('DBSIZE')",
                "return redis.call('MGET', 'key:1', 'key:2', 'key:300')",
            )
        )
        self.assertEqual(self.fcall("f1"), 300)
        self.assertEqual(self.fcall("f2", [A]), [b"1", b"2", b"300"])

    def test_in_a_transaction(self):
        one = named("one", "a")
        self.assertEqual(
            self.transact(
                ("FUNCTION", "LOAD", one),
                ("FCALL", "a", 0),
                ("SET", A, 1),
                ("FUNCTION", "DELETE", "one"),
                ("FCALL", "a", 0),
                ("FUNCTION", "LIST"),
                ("FUNCTION", "STATS"),
            ),
            [
                b"one",
                b"a",
                OK,
                OK,
                NOT_FOUND,
                [],
                [
                    b"running_script",
                    None,
                    b"engines",
                    [b"LUA", [b"libraries_count", 0, b"functions_count", 0]],
                ],
            ],
        )

    def test_in_a_pipeline(self):
        self.assertEqual(
            self.control.pipeline(
                [
                    ("FUNCTION", "LOAD", library("p", "return redis.call('INCR', keys[1])")),
                    *(("FCALL", "f1", 1, key) for key in KEYS for _ in range(2)),
                    ("FUNCTION", "FLUSH"),
                    ("FCALL", "f1", 1, A),
                ]
            ),
            [b"p", *([1, 2] * len(KEYS)), OK, NOT_FOUND],
        )

    def test_a_monitor_sees_what_a_function_calls(self):
        self.load(library("m", "return redis.call('SET', keys[1], 1)"))
        monitor = self.connect()
        monitor.call("MONITOR")
        self.fcall("f1", [A])
        self.call("PING")
        shown = []
        while not shown or not shown[-1].endswith('"PING"'):
            shown.append(monitor.read())
        texts = [line.split(" ", 1)[1] for line in shown]
        self.assertIn(f'"FCALL" "f1" "1" "{A}"', texts[0])
        self.assertIn(f'[0 lua] "SET" "{A}" "1"', texts)
        self.assertEqual(len(texts), 3)

    def test_figures(self):
        self.load(named("one", "a", "b"))
        self.load(named("two", "c"))
        self.call("CONFIG", "RESETSTAT")
        self.fcall("a")
        self.fcall("nosuch")
        commands = self.info(self.control, "commandstats")
        self.assertEqual(commands["cmdstat_fcall"].split(",")[0], "calls=2")
        self.assertEqual(commands["cmdstat_fcall"].split(",")[4], "failed_calls=1")
        memory = self.info(self.control, "memory")
        self.assertEqual(memory["number_of_functions"], "3")
        self.assertEqual(memory["number_of_libraries"], "2")
        self.assertGreater(int(memory["used_memory_functions"]), 0)
        self.assertGreater(int(memory["used_memory_vm_total"]), 0)
        before = int(memory["used_memory_functions"])
        replied = self.call("MEMORY", "STATS")
        self.assertEqual(replied[replied.index(b"functions.caches") + 1], before)
        self.call("FUNCTION", "FLUSH")
        memory = self.info(self.control, "memory")
        self.assertEqual(memory["number_of_functions"], "0")
        self.assertLess(int(memory["used_memory_functions"]), before)

    def test_the_slow_log_has_the_call(self):
        self.load(library("s", "return redis.call('SET', keys[1], 1)"))
        self.call("CONFIG", "SET", "slowlog-log-slower-than", 0)
        self.addCleanup(self.call, "CONFIG", "SET", "slowlog-log-slower-than", 10_000)
        self.call("SLOWLOG", "RESET")
        self.fcall("f1", [A], ["x"])
        self.call("CONFIG", "SET", "slowlog-log-slower-than", 10_000)
        logged = [entry[3] for entry in self.call("SLOWLOG", "GET", -1)]
        self.assertIn([b"FCALL", b"f1", b"1", A.encode(), b"x"], logged)


class Slow(Functions):
    """While one takes long."""

    ENDLESS = "while true do end"

    def setUp(self):
        super().setUp()
        self.call("CONFIG", "SET", "busy-reply-threshold", 20)

    def begin(self, *words):
        client = self.connect()
        client.write(*words)
        asker = self.connect()
        self.assertTrue(
            resp.wait_until(lambda: str(asker.call("PING")).startswith("BUSY")), "not busy"
        )
        return client

    def test_a_function_is_shown_and_killed(self):
        self.load(library("slow", self.ENDLESS))
        client = self.begin("FCALL", "f1", 1, A, "argument")
        self.assertEqual(self.call("PING"), BUSY_FUNCTION)
        self.assertEqual(self.call("GET", A), BUSY_FUNCTION)
        self.assertEqual(self.call("FUNCTION", "LIST"), BUSY_FUNCTION)
        label, running, *engines = self.call("FUNCTION", "STATS")
        self.assertEqual(label, b"running_script")
        self.assertEqual(
            running[:5],
            [b"name", b"f1", b"command", [b"FCALL", b"f1", b"1", A.encode(), b"argument"]]
            + [b"duration_ms"],
        )
        self.assertGreaterEqual(running[5], 20)
        self.assertEqual(
            engines, [b"engines", [b"LUA", [b"libraries_count", 1, b"functions_count", 1]]]
        )
        self.assertEqual(self.call("SCRIPT", "KILL"), BUSY_FUNCTION)
        self.assertEqual(self.call("FUNCTION", "KILL"), OK)
        killed = client.read()
        self.assertTrue(killed.startswith("ERR Script killed by user with "), killed)
        self.assertTrue(killed.endswith(". script: f1, on @user_function:2."), killed)
        self.assertTrue(resp.wait_until(lambda: self.call("PING") == PONG))
        self.assertIsNone(self.call("FUNCTION", "STATS")[1])
        self.assertEqual(
            self.call("FUNCTION", "KILL"), error("NOTBUSY No scripts in execution right now.")
        )
        self.load(library("slow", "return 'quick'"), "REPLACE")
        self.assertEqual(self.fcall("f1"), b"quick")

    def test_a_script_is_no_function(self):
        client = self.begin("EVAL", self.ENDLESS, 0)
        self.assertEqual(self.call("PING"), BUSY_SCRIPT)
        self.assertEqual(self.call("FUNCTION", "KILL"), BUSY_SCRIPT)
        self.assertEqual(self.call("FUNCTION", "STATS"), BUSY_SCRIPT)
        self.assertEqual(self.call("SCRIPT", "KILL"), OK)
        self.assertIn("Script killed by user with SCRIPT KILL.", client.read())

    def test_one_that_has_written_goes_on(self):
        body = (
            "redis.call('SET', keys[1], 1) local n = 0 "
            "while n < 6e7 do n = n + 1 end return 'end'"
        )
        self.load(library("slow", body))
        client = self.begin("FCALL", "f1", 1, A)
        self.assertTrue(self.call("FUNCTION", "KILL").startswith("UNKILLABLE "))
        self.assertEqual(client.read(), b"end")
        self.assertEqual(self.call("GET", A), b"1")

    def test_one_in_a_transaction_is_killed(self):
        self.load(library("slow", self.ENDLESS))
        client = self.connect()
        requests = block(("FCALL", "f1", 0), ("GET", A))
        client.send(b"".join(resp.encode(*words) for words in requests))
        asker = self.connect()
        self.assertTrue(resp.wait_until(lambda: asker.call("PING") == BUSY_FUNCTION))
        self.assertEqual(asker.call("FUNCTION", "KILL"), OK)
        self.assertEqual([client.read() for _ in range(3)], [OK, QUEUED, QUEUED])
        killed, nothing = client.read()
        self.assertIsInstance(killed, resp.Error)
        self.assertIsNone(nothing)


class Travelling(Functions):
    def test_a_payload_restores_what_was_dumped(self):
        one = named("one", "a", "b")
        two = named("two", *(f"function_{n}" for n in range(300)))
        self.load(one)
        self.load(two)
        dumped = self.call("FUNCTION", "DUMP")
        self.call("FUNCTION", "FLUSH")
        self.assertEqual(self.call("FUNCTION", "RESTORE", dumped), OK)
        self.assertEqual(self.libraries(), {"one": {"a", "b"}, "two": set(two_names())})
        self.assertEqual(self.fcall("function_299"), b"function_299")
        codes = {entry[1]: entry[7] for entry in self.call("FUNCTION", "LIST", "WITHCODE")}
        self.assertEqual(codes, {b"one": one.encode(), b"two": two.encode()})
        self.call("FUNCTION", "FLUSH")
        self.assertEqual(self.call("FUNCTION", "DUMP"), payload(b""))
        self.assertEqual(self.call("FUNCTION", "RESTORE", payload(b"")), OK)

    def test_policies(self):
        self.load(named("one", "a"))
        self.load(named("two", "b"))
        restore = lambda *words: self.call("FUNCTION", "RESTORE", *words)
        for words, text in (
            ((packed(named("one", "x")),), "ERR Library one already exists"),
            ((packed(named("one", "x")), "append"), "ERR Library one already exists"),
            ((packed(named("three", "B")), "APPEND"), "ERR Function B already exists"),
            ((packed(named("three", "B")), "REPLACE"), "ERR Function B already exists"),
            ((packed(named("x", "x"), named("x", "y")),), "ERR Library 'x' already exists"),
            ((packed(named("x", "x"), named("y", "X")),), "ERR Function X already exists"),
            ((packed(named("x", "x"), "#!lua name=y\n"),), "ERR No functions registered"),
            ((packed(named("x", "x"), "text"), "FLUSH"), "ERR Missing library metadata"),
        ):
            self.assertEqual(restore(*words), error(text))
            self.assertEqual(self.libraries(), {"one": {"a"}, "two": {"b"}})
        self.assertEqual(self.fcall("x"), NOT_FOUND)
        self.assertEqual(restore(packed(named("three", "c"))), OK)
        self.assertEqual(restore(packed(named("one", "d"), named("four", "a")), "replace"), OK)
        self.assertEqual(
            self.libraries(), {"one": {"d"}, "two": {"b"}, "three": {"c"}, "four": {"a"}}
        )
        self.assertEqual([self.fcall(name) for name in "abcd"], [b"a", b"b", b"c", b"d"])
        self.assertEqual(restore(packed(named("five", "a")), "FLUSH"), OK)
        self.assertEqual(self.libraries(), {"five": {"a"}})

    def test_payloads_that_are_none(self):
        self.load(named("one", "a"))
        good = packed(named("two", "b"))
        for bad in (b"", b"x", good[:-1], good[1:], good + b"\0", payload(b"", version=13)):
            self.assertEqual(self.call("FUNCTION", "RESTORE", bad), BAD_PAYLOAD)
        for n in range(0, len(good), 3):
            flipped = bytearray(good)
            flipped[n] ^= 1 << n % 8
            self.assertEqual(self.call("FUNCTION", "RESTORE", bytes(flipped)), BAD_PAYLOAD)
        for content in (b"\0\1x", OPCODE, OPCODE + b"\xc4x", OPCODE + b"\x81" + b"\xff" * 8):
            reply = self.call("FUNCTION", "RESTORE", payload(content))
            self.assertIsInstance(reply, resp.Error)
        self.assertEqual(
            self.call("FUNCTION", "RESTORE", payload(OPCODE + b"\xc3\3\2abc")),
            error("ERR Failed loading library payload"),
        )
        self.assertEqual(self.libraries(), {"one": {"a"}})


def two_names():
    return [f"function_{n}" for n in range(300)]


class Newer:
    """What is ours."""

    def test_functions_that_declare_their_keys(self):
        self.load(
            library(
                "declared",
                "return redis.call('INCR', keys[1])",
                f"return redis.call('INCR', '{A}')",
                flags="'declared-keys'",
            )
        )
        for key in KEYS:
            self.assertEqual(self.fcall("f1", [key]), 1)
        (listed,) = self.call("FUNCTION", "LIST")
        self.assertEqual(listed[5][0][5], [resp.Simple("declared-keys")])
        replies = {self.fcall("f2", [key]) for key in KEYS}
        if self.server_partitions() > 1:
            text = "ERR Script attempted to access a key that it had not declared"
            self.assertIn(f"{text} script: f2, on @user_function:3.", map(str, replies))
        self.load(library("declared", "return 1", f"return redis.call('EXISTS', '{A}')"), "REPLACE")
        self.assertEqual({self.fcall("f2", [key]) for key in KEYS}, {1})

    def test_all_functions_may_have_to_declare_their_keys(self):
        self.load(library("free", f"return redis.call('INCR', '{A}')"))
        self.call("CONFIG", "SET", "script-undeclared-keys", "no")
        self.addCleanup(self.call, "CONFIG", "SET", "script-undeclared-keys", "yes")
        replies = [self.fcall("f1", [key]) for key in KEYS]
        errors = [one for one in replies if isinstance(one, resp.Error)]
        self.assertEqual(bool(errors), self.server_partitions() > 1)

    def test_scripts_that_may_call_everything_leave_libraries_alone(self):
        self.load(named("one", "a"))
        self.call("DEBUG", "SET-DISABLE-DENY-SCRIPTS", 1)
        self.addCleanup(self.call, "DEBUG", "SET-DISABLE-DENY-SCRIPTS", 0)
        for words in (
            ("FCALL", "a", "0"),
            ("EVAL", "return 1", "0"),
            ("FUNCTION", "LOAD", "#!lua name=two\\nreturn"),
            ("FUNCTION", "FLUSH"),
            ("SCRIPT", "LOAD", "return 1"),
            ("SCRIPT", "FLUSH"),
        ):
            source = "return redis.call(%s)" % ", ".join(f"'{word}'" for word in words)
            self.assertIn("ERR This Redis command is not allowed", str(self.eval(source)))
        self.assertEqual(self.libraries(), {"one": {"a"}})

    def server_partitions(self):
        return self.OPTIONS["partitions"]

    def test_libraries_that_are_replaced_together_may_exchange_functions(self):
        self.load(named("one", "a")), self.load(named("two", "b"))
        exchanged = packed(named("one", "b"), named("two", "a"))
        self.assertEqual(self.call("FUNCTION", "RESTORE", exchanged, "REPLACE"), OK)
        self.assertEqual([self.fcall(name) for name in "ab"], [b"a", b"b"])

    def test_a_newer_payload(self):
        source = named("one", "a")
        newer = payload(OPCODE + rdb_string(source), version=11)
        self.assertEqual(self.call("FUNCTION", "RESTORE", newer), OK)
        self.assertEqual(self.fcall("a"), b"a")


class All(Loading, Calling, Slow, Travelling):
    pass


class OnePartition(All, Newer, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1, "enable-debug-command": "yes"}


class FourPartitions(All, Newer, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4, "enable-debug-command": "yes"}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(All, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Between(Functions, ServerTest):
    """Payloads from one to the other and back."""

    def test_payloads_travel(self):
        other = server.Server(binary=oracle_binary())
        self.addCleanup(other.stop)
        client = other.connect()
        self.addCleanup(client.close)
        for sources in (
            (),
            (named("one", "a"),),
            (named("one", "a", "b"), named("two", *two_names())),
            (library("long", "return '" + "x" * 20_000 + "'"), named("short", "s")),
        ):
            for source in sources:
                self.load(source)
            listed = self.call("FUNCTION", "LIST", "WITHCODE")
            self.assertEqual(
                client.call("FUNCTION", "RESTORE", self.call("FUNCTION", "DUMP"), "FLUSH"), OK
            )
            self.call("FUNCTION", "FLUSH")
            self.assertEqual(self.call("FUNCTION", "RESTORE", client.call("FUNCTION", "DUMP")), OK)
            self.assertEqual(self.call("FUNCTION", "LIST", "WITHCODE"), listed)
            self.call("FUNCTION", "FLUSH")


if __name__ == "__main__":
    unittest.main()
