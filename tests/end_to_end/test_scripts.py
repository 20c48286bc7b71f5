"""Scripts: what they see, what they reply, how they fail, and where they are kept."""

import unittest

import resp
from scripts import Scripts, raised, sha
from suite import OK, ServerTest, error, oracle_binary
from test_atomicity import KEYS
from transactions import PONG, WRONG_TYPE, wrong_number

A, B, C = KEYS[:3]
NO_SCRIPT = error("NOSCRIPT No matching script. Please use EVAL.")
NOT_ALLOWED = "ERR This Redis command is not allowed from script"
READ_ONLY = "ERR Write commands are not allowed from read-only scripts."
SMALLEST = -(2**63)


class Language(Scripts):
    def test_values_become_replies(self):
        self.assert_evals(
            ("return 1", 1),
            ("return 2.9", 2),
            ("return -2.9", -2),
            ("return 1e300", SMALLEST),
            ("return 0/0", SMALLEST),
            ("return -9007199254740993", -9007199254740992),
            ("return 'text'", b"text"),
            ("return ''", b""),
            ("return 'a\\0b\\r\\n\\255'", b"a\0b\r\n\xff"),
            ("return true", 1),
            ("return false", None),
            ("return nil", None),
            ("return", None),
            ("", None),
            ("return {}", []),
            ("return {1, 'b', {2, {3}}, true, false}", [1, b"b", [2, [3]], 1, None]),
            ("return {1, nil, 3}", [1]),
            ("return {1, 2, x = 3}", [1, 2]),
            ("return {ok = 'fine'}", resp.Simple("fine")),
            ("return {err = 'MY fault'}", error("MY fault")),
            ("return {ok = 'two\\r\\nlines'}", resp.Simple("two  lines")),
            ("return {1, {ok = 'a'}, {err = 'b'}}", [1, resp.Simple("a"), error("b")]),
            ("return {double = 3.5}", b"3.5"),
            ("return {map = {a = 1}}", [b"a", 1]),
            ("return {set = {a = true}}", [b"a"]),
            ("return {big_number = '123'}", b"123"),
            ("return {verbatim_string = {format = 'txt', string = 'hi'}}", b"hi"),
            ("return 1, 2, 3", 1),
        )

    def test_values_become_replies_of_the_third_protocol(self):
        client = self.connect(protocol=3)
        three = "redis.setresp(3) "
        self.assert_evals(
            ("return {double = 3.5}", 3.5),
            ("return {map = {a = 1}}", {b"a": 1}),
            ("return {set = {a = true}}", {b"a"}),
            ("return {big_number = '123'}", resp.BigNumber(123)),
            ("return {verbatim_string = {format = 'mkd', string = 'hi'}}", resp.Verbatim(b"hi")),
            ("return true", 1),
            ("return false", None),
            (three + "return true", True),
            (three + "return false", False),
            (three + "return {true, {map = {a = false}}}", [True, {b"a": False}]),
            (three + "return redis.call('HSET', 'h', 'f', 1)", 1),
            (three + "return redis.call('HGETALL', 'h')", {b"f": b"1"}),
            ("return redis.call('HGETALL', 'h')", [b"f", b"1"]),
            ("return redis.call('GET', 'none')", None),
            (three + "return redis.call('GET', 'none')", None),
            (three + "return type(redis.call('GET', 'none'))", b"nil"),
            ("return type(redis.call('GET', 'none'))", b"boolean"),
            client=client,
        )

    def test_replies_become_values(self):
        self.call("RPUSH", "l", "a", "b")
        self.call("ZADD", "z", 1.5, "m")
        self.assert_evals(
            ("return type(redis.call('LLEN', 'l'))", b"number"),
            ("return type(redis.call('LINDEX', 'l', 0))", b"string"),
            ("return type(redis.call('LINDEX', 'l', 9))", b"boolean"),
            ("return redis.call('PING').ok", b"PONG"),
            ("return redis.call('PING')", PONG),
            ("return redis.pcall('LPUSH', 'z', 1).err", WRONG_TYPE.encode()),
            ("return #redis.call('LRANGE', 'l', 0, -1)", 2),
            ("return {unpack(redis.call('LRANGE', 'l', 0, -1))}", [b"a", b"b"]),
            ("return redis.call('ZSCORE', 'z', 'm')", b"1.5"),
            ("redis.setresp(3) return redis.call('ZSCORE', 'z', 'm').double * 2", 3),
            ("redis.setresp(3) return redis.call('HGETALL', 'none').map and 1", 1),
            ("redis.setresp(3) return redis.call('SMEMBERS', 'none').set and 1", 1),
            ("return redis.call('MGET', 'none', 'none')", [None, None]),
        )

    def test_numbers_become_words(self):
        source = "for i, v in ipairs(%s) do redis.call('RPUSH', 'l', v) end"
        self.eval(source % "{1, 1.5, 1e15, 1e20, 2^53, 3.0, 'text', -7}")
        self.assertEqual(
            self.call("LRANGE", "l", 0, -1),
            [
                b"1",
                b"1.5",
                b"1000000000000000",
                b"1e+20",
                b"9007199254740992",
                b"3",
                b"text",
                b"-7",
            ],
        )

    def test_keys_and_arguments(self):
        source = "return {KEYS, ARGV, #KEYS, #ARGV}"
        self.assertEqual(self.eval(source), [[], [], 0, 0])
        self.assertEqual(self.eval(source, "ab", "c"), [[b"a", b"b"], [b"c"], 2, 1])
        self.assertEqual(self.eval(source, (), ("", "\0")), [[], [b"", b"\0"], 0, 2])
        self.eval("KEYS[1] = 'x' KEYS = 5 ARGV = nil return 1", "a")
        self.assertEqual(self.eval(source, "a"), [[b"a"], [], 1, 0])
        for count, text in (
            (3, "ERR Number of keys can't be greater than number of args"),
            (-1, "ERR Number of keys can't be negative"),
            ("x", "ERR value is not an integer or out of range"),
            (2**63, "ERR value is not an integer or out of range"),
        ):
            self.assertEqual(self.call("EVAL", source, count, "a", "b"), error(text))
        self.assertEqual(self.call("EVAL", source), wrong_number("eval"))
        self.assertEqual(self.call("EVALSHA", sha(source)), wrong_number("evalsha"))

    def test_errors_say_where(self):
        self.assert_raises_in(
            ("local a = redis.call('nosuch')", "ERR Unknown Redis command called from script"),
            (
                "local a = redis.call('GET')",
                "ERR Wrong number of args calling Redis command from script",
            ),
            (
                "redis.call()",
                "ERR Please specify at least one argument for this redis lib call",
            ),
            (
                "redis.call('GET', {})",
                "ERR Lua redis lib command arguments must be strings or integers",
            ),
            (
                "redis.call('GET', nil)",
                "ERR Lua redis lib command arguments must be strings or integers",
            ),
            ("redis.call('MULTI')", NOT_ALLOWED),
            ("redis.call('SUBSCRIBE', 'c')", NOT_ALLOWED),
            ("redis.call('EVAL', 'return 1', 0)", NOT_ALLOWED),
            ("redis.call('CONFIG', 'GET', '*')", NOT_ALLOWED),
            ("x = 1", "ERR user_script:1: Attempt to modify a readonly table"),
            (
                "return x",
                "ERR user_script:1: Script attempted to access nonexistent global variable 'x'",
            ),
            ("error('boo')", "ERR user_script:1: boo"),
            ("error('boo', 0)", "ERR boo"),
            ("error({err = 'MY boo'})", "MY boo"),
            (
                "local a = nil a.b = 1",
                "ERR user_script:1: attempt to index local 'a' (a nil value)",
            ),
            ("return 1 + {}", "ERR user_script:1: attempt to perform arithmetic on a table value"),
            (
                "local f = function() error('inner') end f()",
                "ERR user_script:1: inner",
            ),
        )
        deep = "local function f()\n\n error('x')\nend\n\nf()"
        self.assertEqual(self.eval(deep), raised("ERR user_script:3: x", deep, 3))
        flags = "#!lua flags=no-writes\n\nredis.call('nosuch')"
        text = "ERR Unknown Redis command called from script"
        self.assertEqual(self.eval(flags), raised(text, flags, 3))

    def test_errors_of_tail_calls_say_where(self):
        self.assert_raises_in(
            ("return redis.call('nosuch')", "ERR Unknown Redis command called from script"),
            ("return redis.call('MULTI')", NOT_ALLOWED),
            ("return redis.sha1hex()", "ERR wrong number of arguments"),
            (
                "return redis.acl_check_cmd('nosuch')",
                "ERR Invalid command passed to redis.acl_check_cmd()",
            ),
        )

    def test_errors_of_commands(self):
        self.call("RPUSH", A, 1)
        source = f"redis.call('SET', '{B}', 1) redis.call('INCR', '{A}') redis.call('DEL', '{B}')"
        self.assertEqual(self.eval(source), raised(WRONG_TYPE, source))
        self.assertEqual(self.call("GET", B), b"1")
        self.assert_evals(
            (f"return redis.pcall('INCR', '{A}')", WRONG_TYPE),
            (f"return {{redis.pcall('INCR', '{A}'), 1}}", [WRONG_TYPE, 1]),
            (f"local e = redis.pcall('INCR', '{A}') return tostring(e.err)", WRONG_TYPE.encode()),
            (f"return redis.pcall('INCR', '{A}').ignore_error_stats_update and 1", 1),
            ("return redis.pcall('nosuch').err", b"ERR Unknown Redis command called from script"),
            (f"return (pcall(redis.call, 'INCR', '{A}'))", None),
            (f"return select(2, pcall(redis.call, 'GET', '{B}'))", b"1"),
        )
        source = f"error(redis.pcall('INCR', '{A}'))"
        self.assertEqual(self.eval(source), raised(WRONG_TYPE, source))

    def test_errors_of_compiling(self):
        text = "ERR Error compiling script (new function): user_script:%d: %s near '%s'"
        for source, line, what, near in (
            ("return foo(", 1, "unexpected symbol", "<eof>"),
            ("return (", 1, "unexpected symbol", "<eof>"),
            ("local x =\n\n5 5", 3, "'=' expected", "5"),
            ("if 1 then", 1, "'end' expected", "<eof>"),
            ("return 1 return 2", 1, "'<eof>' expected", "return"),
            ("x = 'open", 1, "unfinished string", "'open"),
        ):
            for words in (("EVAL", source, 0), ("SCRIPT", "LOAD", source)):
                reply = self.call(*words)
                self.assertTrue(
                    reply.startswith(
                        f"ERR Error compiling script (new function): user_script:{line}:"
                    ),
                    reply,
                )
                self.assertIsInstance(reply, resp.Error)
            self.assertEqual(self.call("EVALSHA", sha(source), 0), NO_SCRIPT)
        self.assertEqual(self.eval("return ("), error(text % (1, "unexpected symbol", "<eof>")))

    def test_what_the_library_redis_offers(self):
        self.assert_evals(
            ("return redis.sha1hex('abc')", b"a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("return redis.error_reply('x')", error("ERR x")),
            ("return redis.error_reply('MY x')", error("MY x")),
            ("return redis.error_reply('-MY x')", error("MY x")),
            ("return redis.error_reply()", error("ERR wrong number or type of arguments")),
            ("return redis.status_reply('x')", resp.Simple("x")),
            ("return redis.status_reply(1)", error("ERR wrong number or type of arguments")),
            ("return redis.acl_check_cmd('SET', 'a', 1)", 1),
            ("return redis.replicate_commands()", 1),
            ("return redis.breakpoint()", None),
            ("return redis.set_repl(redis.REPL_ALL)", None),
            (
                "return {redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING}",
                [0, 1, 2, 3],
            ),
            (
                "return {redis.REPL_NONE, redis.REPL_AOF, redis.REPL_SLAVE, redis.REPL_ALL}",
                [0, 1, 2, 3],
            ),
        )
        self.assert_raises_in(
            ("redis.setresp(4)", "ERR RESP version must be 2 or 3."),
            ("redis.setresp()", "ERR redis.setresp() requires one argument."),
            ("redis.log(1)", "ERR redis.log() requires two arguments or more."),
            ("redis.log('a', 'b')", "ERR First argument must be a number (log level)."),
            ("redis.log(4, 'b')", "ERR Invalid debug level."),
            ("redis.set_repl()", "ERR redis.set_repl() requires two arguments."),
        )

    def test_the_log_gets_what_a_script_says(self):
        self.eval("redis.log(redis.LOG_WARNING, 'something', 'to say', 5)")
        self.assertTrue(resp.wait_until(lambda: "something to say 5" in self.server.log()))

    def test_nothing_stays_behind(self):
        for source in (
            "x = 1",
            "string.x = 1",
            "redis.call = nil",
            "_G.x = 1",
            "rawset(_G, 'x', 1)",
            "setmetatable(_G, {})",
            "getmetatable('').__index = nil",
            "KEYS.x = 1 error('end')",
            "redis.setresp(3) error('end')",
            "redis.call('SELECT', 5) error('end')",
        ):
            self.assertIsInstance(self.eval(source), resp.Error, source)
        self.assert_evals(
            ("return ('x'):rep(3)", b"xxx"),
            ("return tostring(KEYS.x)", b"nil"),
            ("return tostring(string.x)", b"nil"),
            ("return redis.call('PING')", PONG),
            ("return type(redis.call('GET', 'none'))", b"boolean"),
        )
        self.call("SET", "here", 1)
        self.assertEqual(self.call("GET", "here"), b"1")

    def test_databases(self):
        self.assertEqual(self.eval("redis.call('SELECT', 3) redis.call('SET', 'a', 3)"), None)
        self.assertIsNone(self.call("GET", "a"))
        source = "redis.call('SELECT', ARGV[1]) return redis.call('GET', 'a')"
        self.assertEqual(self.eval(source, (), (3,)), b"3")
        self.call("SELECT", 3)
        self.assertEqual(self.call("GET", "a"), b"3")
        self.assertEqual(self.eval("return redis.call('GET', 'a')"), b"3")
        self.assertEqual(self.eval(source, (), (0,)), None)
        self.assertEqual(self.call("GET", "a"), b"3")
        self.call("SELECT", 0)
        self.assertEqual(
            self.eval(source, (), (16,)), raised("ERR DB index is out of range", source)
        )

    def test_long_arguments(self):
        text = b"x" * (1 << 20)
        self.assertEqual(self.eval("return ARGV[1]", (), (text,)), text)
        self.assertEqual(
            self.eval(
                "redis.call('SET', KEYS[1], ARGV[1]) return #redis.call('GET', KEYS[1])",
                (A,),
                (text,),
            ),
            1 << 20,
        )
        self.assertEqual(self.eval("return ('x'):rep(1048576)"), text)
        self.assertEqual(self.eval("return ARGV[1] .. ARGV[1]", (), (text,)), text + text)

    def test_many_keys(self):
        keys = [f"key:{n}" for n in range(8000)]
        self.assertEqual(self.eval("return #KEYS", keys), 8000)
        self.assertEqual(self.eval("return {KEYS[1], KEYS[8000]}", keys), [b"key:0", b"key:7999"])
        source = "for i, key in ipairs(KEYS) do redis.call('SET', key, i) end return #KEYS"
        self.assertEqual(self.eval(source, keys), 8000)
        self.assertEqual(self.call("DBSIZE"), 8000)
        self.assertEqual(self.call("GET", "key:5"), b"6")
        some = keys[:7900]
        self.assertEqual(self.eval("return redis.call('EXISTS', unpack(KEYS))", some), 7900)
        self.assertEqual(self.eval("return #redis.call('MGET', unpack(KEYS))", some), 7900)
        self.assertEqual(
            self.eval("return redis.call('MGET', unpack(KEYS))", keys[:3]), [b"1", b"2", b"3"]
        )
        self.assertEqual(self.eval("return redis.call('DEL', unpack(KEYS))", some), 7900)

    def test_more_than_can_be_unpacked(self):
        source = "local t = {} for i = 1, 8001 do t[i] = i end return {unpack(t)}"
        reply = self.eval(source)
        self.assertEqual(reply, raised("ERR user_script:1: too many results to unpack", source))
        source = "local t = {} for i = 1, 7999 do t[i] = i end return #{unpack(t)}"
        self.assertIn(self.eval(source), (7999, reply))

    def test_deep_tables(self):
        depth = 100
        source = f"local t = {{}} for i = 1, {depth} do t = {{t}} end return t"
        reply = self.eval(source)
        for _ in range(depth):
            self.assertEqual(len(reply), 1)
            reply = reply[0]
        self.assertEqual(reply, [])

    def test_a_table_without_end(self):
        client = self.connect()
        client.write("EVAL", "local t = {} t[1] = t return t", 0)
        raw = b""
        while not raw.endswith(b"\r\n") or raw.endswith(b"*1\r\n"):
            raw += client.socket.recv(1 << 16)
        self.assertTrue(raw.endswith(b"*1\r\n-ERR reached lua stack limit\r\n"), raw[-100:])
        self.assertEqual(client.call("PING"), PONG)

    def test_scripts_that_are_kept(self):
        source = "return {KEYS[1], ARGV[1], 'kept'}"
        name = sha(source)
        self.call("SCRIPT", "FLUSH")
        self.assertEqual(self.call("EVALSHA", name, 0), NO_SCRIPT)
        self.assertEqual(self.call("EVALSHA_RO", name, 0), NO_SCRIPT)
        self.assertEqual(self.call("SCRIPT", "EXISTS", name), [0])
        self.assertEqual(self.call("SCRIPT", "LOAD", source), name.encode())
        self.assertEqual(self.call("SCRIPT", "LOAD", source), name.encode())
        for command in ("EVALSHA", "EVALSHA_RO"):
            for each in (name, name.upper()):
                self.assertEqual(self.call(command, each, 1, "k", "a"), [b"k", b"a", b"kept"])
        self.assertEqual(self.call("SCRIPT", "EXISTS", name, "x", sha("other"), name), [1, 0, 0, 1])
        for mode in ((), ("SYNC",), ("async",)):
            self.eval(source, "k")
            self.assertEqual(self.call("SCRIPT", "EXISTS", name), [1])
            self.assertEqual(self.call("SCRIPT", "FLUSH", *mode), OK)
            self.assertEqual(self.call("SCRIPT", "EXISTS", name), [0])
            self.assertEqual(self.call("EVALSHA", name, 0), NO_SCRIPT)
        for words in (("FLUSH", "x"), ("FLUSH", "SYNC", "x")):
            self.assertEqual(
                self.call("SCRIPT", *words),
                error("ERR SCRIPT FLUSH only support SYNC|ASYNC option"),
            )
        self.assertEqual(self.call("EVALSHA", "", 0), NO_SCRIPT)
        self.assertEqual(self.call("EVALSHA", name + "0", 0), NO_SCRIPT)

    def test_subcommands(self):
        self.assertEqual(
            self.call("SCRIPT", "KILL"), error("NOTBUSY No scripts in execution right now.")
        )
        self.assertEqual(
            self.call("SCRIPT", "nosuch"),
            error("ERR unknown subcommand 'nosuch'. Try SCRIPT HELP."),
        )
        self.assertEqual(self.call("SCRIPT"), wrong_number("script"))
        self.assertEqual(self.call("SCRIPT", "LOAD"), wrong_number("script|load"))
        self.assertEqual(self.call("SCRIPT", "EXISTS"), wrong_number("script|exists"))
        self.assertEqual(self.call("SCRIPT", "KILL", "x"), wrong_number("script|kill"))
        self.assertTrue(self.call("SCRIPT", "HELP")[0].startswith("SCRIPT <subcommand>"))

    def test_scripts_that_only_read(self):
        self.call("SET", A, 1)
        read = f"return redis.call('GET', '{A}')"
        write = f"redis.call('SET', '{A}', 2)"
        self.assertEqual(self.eval(read, command="EVAL_RO"), b"1")
        self.assertEqual(self.eval(write, command="EVAL_RO"), raised(READ_ONLY, write))
        self.eval(write.replace("2", "3"))
        self.call("SET", A, 1)
        name = self.call("SCRIPT", "LOAD", write)
        self.assertEqual(self.call("EVALSHA_RO", name, 0), raised(READ_ONLY, write))
        caught = f"return redis.pcall('DEL', '{A}')"
        self.assertEqual(self.eval(caught, command="EVAL_RO"), error(READ_ONLY))
        for words in ("'PFCOUNT', KEYS[1]", "'PUBLISH', 'c', 'x'", "'SPUBLISH', 'c', 'x'"):
            tells = f"redis.call({words})"
            self.assertEqual(self.eval(tells, (A,), command="EVAL_RO"), raised(READ_ONLY, tells))
        self.assertEqual(self.call("GET", A), b"1")
        self.assertIsNone(self.call("EVALSHA", name, 0))
        self.assertEqual(self.call("GET", A), b"2")

    def test_first_lines(self):
        one = "\nreturn 1"
        every = "no-writes,allow-oom,allow-stale,no-cluster,allow-cross-slot-keys"
        for source, expected in (
            ("#!lua" + one, 1),
            ("#!lua flags=" + one, 1),
            ("#!lua flags=" + every + one, 1),
            ("#!lua flags=no-writes flags=allow-oom" + one, 1),
            ("#!lua", error("ERR Invalid script shebang")),
            ("#!" + one, error("ERR Unexpected engine in script shebang: #!")),
            ("#!ruby" + one, error("ERR Unexpected engine in script shebang: #!ruby")),
            ("#!lua x=1" + one, error("ERR Unknown lua shebang option: x=1")),
            ("#!lua flags=x" + one, error("ERR Unexpected flag in script shebang: x")),
            ("#!lua flags=no-writes," + one, error("ERR Unexpected flag in script shebang: ")),
            (" #!lua" + one, None),
        ):
            with self.subTest(script=source):
                reply = self.eval(source)
                if expected is None:
                    self.assertIn("Error compiling script", reply)
                else:
                    self.assertEqual(reply, expected)
        source = "#!lua flags=no-writes\nredis.call('SET', 'a', 1)"
        self.assertEqual(self.eval(source), raised(READ_ONLY, source, 2))
        self.assertEqual(self.eval(source, command="EVAL_RO"), raised(READ_ONLY, source, 2))
        self.assertEqual(
            self.eval("#!lua" + one, command="EVAL_RO"),
            error("ERR Can not execute a script with write flag using *_ro command."),
        )
        self.assertEqual(self.eval("#!lua flags=no-writes" + one, command="EVAL_RO"), 1)

    def test_undeclared_keys(self):
        source = (
            "for i = 1, 300 do redis.call('SET', 'key:' .. i, i) end " "return redis.call('DBSIZE')"
        )
        self.assertEqual(self.eval(source), 300)
        self.assertEqual(self.call("DBSIZE"), 300)
        self.assert_evals(
            ("return #redis.call('KEYS', '*')", 300),
            ("return redis.call('MGET', 'key:1', 'key:2', 'key:300')", [b"1", b"2", b"300"]),
            ("return redis.call('RENAME', 'key:1', 'key:301')", OK),
            ("redis.call('MSET', 'key:302', 1, 'key:303', 2) return redis.call('DBSIZE')", 302),
            ("return redis.call('DEL', 'key:2', 'key:3', 'key:none')", 2),
            ("return #redis.call('RANDOMKEY') > 4", 1),
            ("redis.call('FLUSHALL') return redis.call('DBSIZE')", 0),
        )

    def test_a_whole_scan(self):
        self.call("MSET", *(word for n in range(500) for word in (f"key:{n}", n)))
        found = self.eval(
            """local cursor, found = '0', {}
            repeat
              local page = redis.call('SCAN', cursor, 'COUNT', 20)
              cursor = page[1]
              for _, key in ipairs(page[2]) do found[#found + 1] = key end
            until cursor == '0'
            return found"""
        )
        self.assertEqual(sorted(set(found)), sorted(b"key:%d" % n for n in range(500)))

    def test_figures(self):
        self.call("RPUSH", A, 1)
        self.call("CONFIG", "RESETSTAT")
        self.eval(f"redis.call('GET', '{B}') redis.call('SET', '{B}', 1) redis.call('GET', '{B}')")
        self.eval(f"return redis.pcall('INCR', '{A}')")
        self.eval(f"redis.call('INCR', '{A}')")
        self.eval("error('x')")
        self.eval("return {err = 'MY x'}")
        self.call("EVALSHA", "x" * 40, 0)
        self.call("EVAL", "return 1", "x")
        commands = self.info(self.control, "commandstats")
        calls = lambda name: commands[f"cmdstat_{name}"].split(",")[0]
        failed = lambda name: commands[f"cmdstat_{name}"].split(",")[4]
        self.assertEqual(
            [calls(name) for name in ("eval", "evalsha", "get", "set", "incr")],
            ["calls=6", "calls=1", "calls=2", "calls=1", "calls=2"],
        )
        self.assertEqual(failed("incr"), "failed_calls=2")
        self.assertEqual(failed("get"), "failed_calls=0")
        self.assertEqual(failed("evalsha"), "failed_calls=1")
        self.assertEqual(failed("eval"), "failed_calls=5")
        errors = self.info(self.control, "errorstats")
        self.assertEqual(
            errors,
            {
                "errorstat_ERR": "count=2",
                "errorstat_MY": "count=1",
                "errorstat_NOSCRIPT": "count=1",
                "errorstat_WRONGTYPE": "count=2",
            },
        )
        statistics = self.info(self.control, "stats")
        self.assertEqual(statistics["keyspace_hits"], "1")
        self.assertEqual(statistics["keyspace_misses"], "1")

    def test_the_slow_log_has_the_script(self):
        self.call("CONFIG", "SET", "slowlog-log-slower-than", 0)
        self.addCleanup(self.call, "CONFIG", "SET", "slowlog-log-slower-than", 10_000)
        self.call("SLOWLOG", "RESET")
        source = f"redis.call('SET', '{A}', 1) redis.call('SET', '{B}', 1) return 'done'"
        self.eval(source, "k", "a")
        self.call("CONFIG", "SET", "slowlog-log-slower-than", 10_000)
        logged = [entry[3] for entry in self.call("SLOWLOG", "GET", -1)]
        self.assertIn([b"EVAL", source.encode(), b"1", b"k", b"a"], logged)
        self.assertIn([b"SET", A.encode(), b"1"], logged)

    def test_time_and_information_inside(self):
        self.assertEqual(len(self.eval("return redis.call('TIME')")), 2)
        self.assertIn(b"redis_version", self.eval("return redis.call('INFO', 'server')"))
        self.call("SET", A, 1)
        source = f"redis.call('SET', '{B}', 1) return redis.call('INFO', 'keyspace')"
        self.assertIn(b"keys=2", self.eval(source))


class Newer:
    """What an older redis-server does in another way."""

    def test_fractions_become_the_shortest_words(self):
        source = "for i, v in ipairs({-0.1, 1/3, 1.5e-7, 2^0.5}) do redis.call('RPUSH', 'l', v) end"
        self.eval(source)
        self.assertEqual(
            self.call("LRANGE", "l", 0, -1),
            [b"-0.1", b"0.3333333333333333", b"1.5e-7", b"1.4142135623730951"],
        )

    def test_who_would_block_does_not(self):
        self.call("RPUSH", A, "a")
        self.assert_evals(
            (f"return redis.call('BLPOP', '{B}', '{A}', 0)", [A.encode(), b"a"]),
            (f"return redis.call('BLPOP', '{B}', '{A}', 0)", None),
            (f"return redis.call('BLMOVE', '{B}', '{A}', 'LEFT', 'LEFT', 0)", None),
            (f"return redis.call('BZPOPMIN', '{B}', 0)", None),
            (f"return redis.call('XREAD', 'BLOCK', 0, 'STREAMS', '{B}', '$')", None),
        )

    def test_which_version_it_is(self):
        version, number = self.eval("return {redis.REDIS_VERSION, redis.REDIS_VERSION_NUM}")
        major, minor, patch = map(int, version.split(b"."))
        self.assertEqual(number, major << 16 | minor << 8 | patch)
        self.assertIn(b"redis_version:" + version, self.call("INFO", "server"))
        self.assertEqual(self.eval("return server.call('PING') == server.REDIS_VERSION"), None)

    def test_a_script_that_is_kept_can_be_shown(self):
        source = "#!lua flags=no-writes\nreturn 1"
        name = self.call("SCRIPT", "LOAD", source)
        self.assertEqual(self.call("SCRIPT", "SHOW", name), source.encode())
        self.assertEqual(self.call("SCRIPT", "SHOW", name.upper()), source.encode())
        self.assertEqual(self.call("SCRIPT", "SHOW", "x"), NO_SCRIPT)

    def test_time_stands_still(self):
        source = (
            "redis.call('SET', KEYS[1], 1, 'PX', 1) local t = redis.call('TIME') "
            "for i = 1, 300000 do local x = i * 2 end "
            "local u = redis.call('TIME') "
            "return {t[1] == u[1] and t[2] == u[2], redis.call('GET', KEYS[1])}"
        )
        self.assertEqual(self.eval(source, (A,)), [1, b"1"])


class OnePartition(Language, Newer, ServerTest):
    OPTIONS = {"threads": 1, "partitions": 1}


class FourPartitions(Language, Newer, ServerTest):
    OPTIONS = {"threads": 2, "partitions": 4}


@unittest.skipUnless(oracle_binary(), "no redis-server is installed")
class Reference(Language, ServerTest):
    """What holds for us holds for redis-server."""

    OPTIONS = {"binary": oracle_binary()}


if __name__ == "__main__":
    unittest.main()
