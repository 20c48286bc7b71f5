#!/usr/bin/env python3
"""The checks of the sources are code too: each rule is broken once in a small tree, and must be
reported with the file, the line and what to do."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
LAYERS = "# a comment\nbase:\nprotocol: base\nkeyspace: protocol\nactors: keyspace\n"
HEADER = "#pragma once\n"


class CheckTest(unittest.TestCase):
    """A tree in a temporary folder that follows all rules until a test changes it."""

    check = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.write("cmake/layers.txt", LAYERS)
        self.write("base/glob.hpp", HEADER)
        self.write("protocol/parser.hpp", HEADER + '#include "base/glob.hpp"\n#include <string>\n')
        self.write("keyspace/shard.hpp", HEADER + '#include "base/glob.hpp"\n')
        self.write("actors/partition.hpp", HEADER + '#include "keyspace/shard.hpp"\n'
                   "#include <caf/all.hpp>\n#include <asio.hpp>\n#include <thread>\n")

    def write(self, path, content):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(content)

    def run_check(self):
        return subprocess.run([sys.executable, os.path.join(SCRIPTS, self.check), self.root],
                              capture_output=True, text=True, check=False)

    def assert_accepted(self):
        done = self.run_check()
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def assert_refused(self, place, *words):
        done = self.run_check()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 1, done.stdout)
        self.assertTrue(done.stdout.startswith(place + ": "), done.stdout)
        for word in words:
            self.assertIn(word, done.stdout)


class IncludesTest(CheckTest):
    check = "check_includes"

    def test_accepts_a_tree_that_follows_the_rules(self):
        self.write("tests/unit/protocol/parser_test.cpp", '#include "protocol/parser.hpp"\n'
                   '#include "tests/unit/input.hpp"\n#include <catch2/catch.hpp>\n')
        self.write("tests/unit/input.hpp", HEADER)
        self.write("tests/actor/partition_test.cpp", "#include <caf/all.hpp>\n")
        self.write("examples/serve.cpp", "#include <thespis/actors/partition.hpp>\n")
        self.assert_accepted()

    def test_refuses_an_include_upwards(self):
        self.write("base/glob.cpp", '#include "base/glob.hpp"\n#include "protocol/parser.hpp"\n')
        self.assert_refused("base/glob.cpp:2", "protocol/", "layers.txt")

    def test_refuses_an_include_upwards_in_a_unit_test(self):
        self.write("tests/unit/base/glob_test.cpp", '#include "keyspace/shard.hpp"\n')
        self.assert_refused("tests/unit/base/glob_test.cpp:1", "keyspace/")

    def test_refuses_an_include_of_tests_in_the_library(self):
        self.write("tests/unit/input.hpp", HEADER)
        self.write("base/glob.cpp", '#include "tests/unit/input.hpp"\n')
        self.assert_refused("base/glob.cpp:1", "tests/")

    def test_refuses_caf_and_asio_in_the_core(self):
        for header in ("caf/actor.hpp", "asio.hpp", "asio/ip/tcp.hpp"):
            self.write("keyspace/shard.cpp", f"\n#include <{header}>\n")
            self.assert_refused("keyspace/shard.cpp:2", header, "actors")

    def test_refuses_caf_in_quotes(self):
        self.write("actors/partition.cpp", '#include "caf/all.hpp"\n')
        self.assert_refused("actors/partition.cpp:1", "<caf/all.hpp>")

    def test_refuses_threads_and_files_in_the_core(self):
        for header in ("thread", "fstream", "sys/socket.h", "unistd.h"):
            self.write("keyspace/shard.cpp", f"#include <{header}>\n")
            self.assert_refused("keyspace/shard.cpp:1", header)

    def test_refuses_a_path_that_does_not_start_at_the_root(self):
        self.write("base/glob.cpp", '#include "glob.hpp"\n')
        self.assert_refused("base/glob.cpp:1", "from the root")

    def test_refuses_a_header_that_does_not_exist(self):
        self.write("protocol/parser.cpp", '#include "base/gone.hpp"\n')
        self.assert_refused("protocol/parser.cpp:1", "base/gone.hpp")

    def test_refuses_the_projects_own_header_in_angle_brackets(self):
        self.write("protocol/parser.cpp", "#include <base/glob.hpp>\n")
        self.assert_refused("protocol/parser.cpp:1", '"base/glob.hpp"')

    def test_refuses_a_cycle_in_the_table(self):
        self.write("cmake/layers.txt", LAYERS.replace("base:", "base: keyspace"))
        self.assert_refused("cmake/layers.txt:2", "downwards")

    def test_refuses_names_that_say_nothing(self):
        for name in ("util.hpp", "string_utils.hpp", "common.cpp", "misc.py", "test_helpers.hpp"):
            path = os.path.join(self.root, "base", name)
            self.write(path, HEADER)
            self.assert_refused(f"base/{name}:1", "name the file")
            os.remove(path)

    def test_accepts_names_that_only_look_like_them(self):
        self.write("base/miscellany.hpp", HEADER)
        self.assert_accepted()

    def test_refuses_a_long_header_that_gives_no_reason(self):
        self.write("base/glob.hpp", HEADER + "//\n" * 400)
        self.assert_refused("base/glob.hpp:401", "split")
        self.write("base/glob.hpp", HEADER + "// Longer than usual: a table.\n" + "//\n" * 400)
        self.assert_accepted()


class StyleTest(CheckTest):
    check = "check_style"

    def test_accepts_a_tree_that_follows_the_rules(self):
        self.write("scripts/notes.md", "word " * 30 + "end\n")
        self.assert_accepted()

    def test_refuses_a_header_without_pragma_once(self):
        self.write("base/glob.hpp", "int glob();\n")
        self.assert_refused("base/glob.hpp:1", "#pragma once")

    def test_refuses_what_is_left_to_do(self):
        self.write("base/glob.cpp", "int glob() {\n  return 1; // TO" + "DO: match\n}\n")
        self.assert_refused("base/glob.cpp:2", "track it")

    def test_refuses_long_lines_but_not_tables_and_links(self):
        long = "// " + "x" * 98
        self.write("base/glob.cpp", f"{long}\n")
        self.assert_refused("base/glob.cpp:1", "101 columns")
        self.write("base/glob.cpp", f"// clang-format off\n{long}\n// clang-format on\n")
        self.assert_accepted()
        self.write("base/glob.cpp", f"// https://{long}\n")
        self.assert_accepted()

    def test_counts_characters_and_not_bytes(self):
        self.write("base/glob.cpp", "// " + "\u00e9" * 97 + "\n")
        self.assert_accepted()

    def test_refuses_tabs_and_blanks_at_the_end(self):
        self.write("base/glob.cpp", "int a;\n\tint b;\n")
        self.assert_refused("base/glob.cpp:2", "spaces")
        self.write("base/glob.cpp", "int a; \n")
        self.assert_refused("base/glob.cpp:1", "blanks")

    def test_refuses_a_file_that_does_not_end_with_one_newline(self):
        self.write("base/glob.cpp", "int a;")
        self.assert_refused("base/glob.cpp:1", "newline")
        self.write("base/glob.cpp", "int a;\n\n")
        self.assert_refused("base/glob.cpp:2", "one newline")

    def test_refuses_a_licence_banner(self):
        self.write("base/glob.cpp", "// Copyright somebody\n")
        self.assert_refused("base/glob.cpp:1", "LICENSE")

    @unittest.skipUnless(shutil.which("clang-format-14"), "no clang-format-14")
    def test_refuses_what_is_not_formatted(self):
        self.write(".clang-format", "BasedOnStyle: LLVM\nSortIncludes: Never\n")
        self.assert_accepted()
        self.write("base/glob.cpp", "int a;\nint  b;\n")
        self.assert_refused("base/glob.cpp:2", "scripts/format base/glob.cpp")

    def test_refuses_a_script_that_cannot_be_started(self):
        self.write("scripts/go", "#!/bin/sh\n")
        self.assert_refused("scripts/go:1", "chmod")


if __name__ == "__main__":
    unittest.main()
