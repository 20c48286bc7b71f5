#include "base/config_file.hpp"

#include <catch2/catch.hpp>

#include "base/command_line.hpp"
#include "base/config_rewrite.hpp"
#include "base/quote.hpp"
#include "base/split_words.hpp"

#include <fstream>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis::base;

namespace {

using strings = std::vector<std::string>;

/// "OK" or the error text.
std::string load(options& values, const std::vector<config_text>& texts,
                 const config_reader& reader = {}) {
  const auto done = load_config(values, texts, reader);
  return done ? "OK" : done.why();
}

/// Loads one text, a file with the name "t".
std::string load(options& values, std::string_view text, const config_reader& reader = {}) {
  return load(values, std::vector<config_text>{{"t", std::string{text}}}, reader);
}

std::string load_error(std::string_view text) {
  options values;
  return load(values, text);
}

config_reader reader_of(std::map<std::string, strings, std::less<>> files) {
  config_reader reader;
  reader.include = [files](std::string_view pattern) -> result<std::vector<config_text>> {
    const auto found = files.find(pattern);
    if (found == files.end())
      return fault{"can't open config file '" + std::string{pattern}
                   + "': No such file or directory"};
    std::vector<config_text> texts;
    for (const auto& text : found->second)
      texts.push_back({found->first, text});
    return texts;
  };
  return reader;
}

command_line parse(std::initializer_list<std::string_view> arguments) {
  return parse_command_line({arguments.begin(), arguments.size()});
}

/// The file after a rewrite, which is checked to be stable and to bring the settings back.
std::string rewritten(std::string_view old_text, const options& values,
                      const rewrite_extras& extras = {}) {
  const auto text = rewrite_config(old_text, values, extras);
  CHECK(rewrite_config(text, values, extras) == text);
  options again;
  CHECK(load(again, text) == "OK");
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto which = static_cast<option>(i);
    CAPTURE(row_of(which).name);
    CHECK(again.formatted(which) == values.formatted(which));
  }
  return text;
}

} // namespace

// -- files ----------------------------------------------------------------------------------------

TEST_CASE("a file sets options between comments, blanks and quotes", "[config]") {
  options values;
  CHECK(load(values, "# head\n\n  PORT 7000\r\n\t maxmemory  \"1gb\"\n'requirepass' 'a b'\n"
                     "bind 127.0.0.1 -::1\nsave 900 1\nsave 300 10\ntimeout 1\ntimeout 2")
        == "OK");
  CHECK(values.get(option::port) == 7000);
  CHECK(values.bytes(option::maxmemory) == 1024u * 1024 * 1024);
  CHECK(values.text(option::requirepass) == "a b");
  CHECK(values.bind_addresses() == strings{"127.0.0.1", "-::1"});
  CHECK(values.formatted(option::save) == "900 1 300 10");
  CHECK(values.get(option::timeout) == 2);
}

TEST_CASE("an error says line, text and reason", "[config]") {
  CHECK(load_error("\n\n  # c\n\tfoo bar  \n")
        == "t, line 4: 'foo bar': "
           "Bad directive or wrong number of arguments");
  CHECK(load_error("port") == "t, line 1: 'port': wrong number of arguments");
  CHECK(load_error("port 1 # one")
        == "t, line 1: 'port 1 # one': "
           "wrong number of arguments");
  CHECK(load_error("timeout 1\nmaxmemory \"1")
        == "t, line 2: 'maxmemory \"1': "
           "Unbalanced quotes in configuration line");
  CHECK(load_error("save \"\"\nsave x") == "t, line 2: 'save x': Invalid save parameters");
  CHECK(load_error("sentinel monitor a b 1 1")
        == "t, line 1: 'sentinel monitor a b 1 1': "
           "sentinel directive while not in sentinel mode");
  CHECK(load_error("cluster-enabled yes\nreplicaof a 1")
        == "replicaof directive not allowed in cluster mode");
}

TEST_CASE("words of former versions are read and forgotten", "[config]") {
  CHECK(load_error("list-max-ziplist-entries 5\nlua-replicate-commands yes\n") == "OK");
  CHECK(load_error("list-max-ziplist-value 5 6")
        == "t, line 1: 'list-max-ziplist-value 5 6': "
           "Bad directive or wrong number of arguments");
}

TEST_CASE("lines that are no options go to whom they concern", "[config]") {
  options values;
  std::vector<strings> seen;
  config_reader reader;
  reader.directive = [&](std::span<const std::string> words) -> result<void> {
    seen.emplace_back(words.begin(), words.end());
    if (words[1] == "BOGUS")
      return fault{"No such command in rename-command"};
    return {};
  };
  CHECK(load(values, "Rename-Command GET \"\"\nuser alice on >x\nloadmodule a.so 1 2\n", reader)
        == "OK");
  CHECK(seen
        == std::vector<strings>{{"rename-command", "GET", ""},
                                {"user", "alice", "on", ">x"},
                                {"loadmodule", "a.so", "1", "2"}});
  CHECK(load(values, "\nrename-command BOGUS x", reader)
        == "t, line 2: 'rename-command BOGUS x': "
           "No such command in rename-command");
  CHECK(load(values, "rename-command GET", reader)
        == "t, line 1: 'rename-command GET': "
           "Bad directive or wrong number of arguments");
}

TEST_CASE("a setting that the world refuses is refused with its line", "[config]") {
  options values;
  config_reader reader;
  reader.option_set = [](options& now, option which) -> result<void> {
    if (which == option::dir && now.text(which) == "/nowhere")
      return fault{"No such file or directory"};
    return {};
  };
  CHECK(load(values, "dir /tmp\ndir /nowhere", reader)
        == "t, line 2: 'dir /nowhere': "
           "No such file or directory");
}

TEST_CASE("include reads files in place, all that its pattern matches", "[config]") {
  options values;
  CHECK(load(values, "timeout 1\nhz 20\ninclude a*.conf\nhz 40\n",
             reader_of({{"a*.conf", {"timeout 2\nhz 30\n", "timeout 3"}}}))
        == "OK");
  CHECK(values.get(option::timeout) == 3);
  CHECK(values.get(option::hz) == 40);
  CHECK(load(values, "include none*", reader_of({{"none*", {}}})) == "OK");
}

TEST_CASE("an error in an included file names the file and its line", "[config]") {
  options values;
  CHECK(load(values, "timeout 1\ninclude a.conf\n",
             reader_of({{"a.conf", {"include b.conf"}}, {"b.conf", {"\nhz x\n"}}}))
        == "b.conf, line 2: 'hz x': "
           "argument couldn't be parsed into an integer");
  CHECK(load(values, "\ninclude c.conf", reader_of({}))
        == "t, line 2: 'include c.conf': "
           "can't open config file 'c.conf': No such file or directory");
}

TEST_CASE("includes that go in a circle end with an error", "[config]") {
  options values;
  CHECK(load(values, "include a.conf", reader_of({{"a.conf", {"include a.conf"}}}))
        == "a.conf, line 1: 'include a.conf': "
           "Too many nested includes");
}

TEST_CASE("no bytes make the reader stumble", "[config]") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  const strings pieces{"port ",
                       "save ",
                       "bind ",
                       "\n",
                       "\"",
                       "'",
                       "\\",
                       "\\x",
                       "900 1",
                       "include x",
                       "client-output-buffer-limit normal ",
                       "#",
                       "\xff",
                       std::string(1, '\0'),
                       "-1",
                       "99999999999999999999gb",
                       "{",
                       "notify-keyspace-events ",
                       "user "};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto count = random() % 12; count > 0; --count)
      text += pieces[random() % pieces.size()];
    options values;
    if (load(values, text) == "OK")
      rewritten(text, values);
  }
}

// -- the command line -----------------------------------------------------------------------------

TEST_CASE("the command line becomes lines of a configuration file", "[config]") {
  const auto parsed = parse({"a.conf", "--port", "7000", "--bind", "1.1.1.1", "::1", "--save", ""});
  CHECK(parsed.file == "a.conf");
  CHECK_FALSE(parsed.reads_stdin);
  CHECK(parsed.settings == "port \"7000\" \nbind \"1.1.1.1\" \"::1\" \nsave \"\" ");
  CHECK(parse({}).settings.empty());
  CHECK(parse({"--port 7000", "--hz 5"}).settings == "port 7000 \nhz 5 ");
}

TEST_CASE("a value may begin with hyphens, and save may have none", "[config]") {
  options values;
  const auto parsed = parse(
    {"--requirepass", "--x", "--save", "--masterauth", "a \"b\n", "--save"});
  CHECK(load(values, std::vector<config_text>{{"a", "save 1 1"}, {"b", parsed.settings}}) == "OK");
  CHECK(values.text(option::requirepass) == "--x");
  CHECK(values.text(option::masterauth) == "a \"b\n");
  CHECK(values.formatted(option::save) == "");
  CHECK(load(values, parse({"--port", "--save"}).settings)
        == "t, line 1: 'port \"--save\"': "
           "argument couldn't be parsed into an integer");
}

TEST_CASE("a hyphen in front or at the end reads standard input", "[config]") {
  CHECK(parse({"-"}).reads_stdin);
  CHECK(parse({"-", "--port", "1"}).reads_stdin);
  CHECK(parse({"a.conf", "-"}).reads_stdin);
  CHECK(parse({"a.conf", "-"}).file == "a.conf");
  CHECK(parse({"--port", "1", "-"}).settings == "port \"1\" ");
  const auto between = parse({"--requirepass", "-", "--port", "1"});
  CHECK_FALSE(between.reads_stdin);
  CHECK(between.settings == "requirepass \"-\" \nport \"1\" ");
}

TEST_CASE("help and version are asked for alone", "[config]") {
  using wish = command_line::wish;
  CHECK(parse({"-v"}).what == wish::show_version);
  CHECK(parse({"--version"}).what == wish::show_version);
  CHECK(parse({"-h"}).what == wish::show_help);
  CHECK(parse({"--help"}).what == wish::show_help);
  CHECK(parse({"--help", "x"}).what == wish::serve);
}

TEST_CASE("file, standard input and options follow each other, later ones win", "[config]") {
  options values;
  const std::vector<config_text> texts{
    {"file", "port 1\nhz 20"}, {"standard input", "port 2\ntimeout 3\n"}, {"options", "port 4"}};
  CHECK(load(values, texts) == "OK");
  CHECK(values.get(option::port) == 4);
  CHECK(values.get(option::hz) == 20);
  CHECK(values.get(option::timeout) == 3);
}

TEST_CASE("an error names its source and what a line of it is called", "[config]") {
  options values;
  const std::vector<config_text> texts{
    {"a.conf", "port 1"}, {"command line", parse({"--port", "1", "--hz", "x"}).settings, "option"}};
  CHECK(load(values, texts)
        == "command line, option 2: 'hz \"x\"': argument couldn't be parsed into an integer");
}

// -- quotes ---------------------------------------------------------------------------------------

TEST_CASE("quoted bytes are split into themselves", "[config]") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte)
    all += static_cast<char>(byte);
  CHECK(split_words(quoted(all)) == strings{all});
  CHECK(quoted("") == "\"\"");
  CHECK(quoted("a\"\\\n\r\t\a\b\x01\xff") == "\"a\\\"\\\\\\n\\r\\t\\a\\b\\x01\\xff\"");
}

// -- CONFIG REWRITE -------------------------------------------------------------------------------

TEST_CASE("a rewrite without changes adds nothing", "[config]") {
  const options values;
  CHECK(rewritten("", values) == "");
  CHECK(rewritten("# only words\n\n# and more\n", values) == "# only words\n\n# and more\n");
}

TEST_CASE("a rewrite keeps comments and order and appends what differs", "[config]") {
  options values;
  const std::string_view old = "# head\n\n\n\nmaxmemory 100mb\ninclude x*.conf\n# tail\n";
  REQUIRE(load(values, old, reader_of({{"x*.conf", {}}})) == "OK");
  REQUIRE(values.set("maxmemory", "1gb"));
  REQUIRE(values.set("maxmemory-clients", "5%"));
  REQUIRE(values.set("requirepass", "a \"b\n"));
  const auto text = rewrite_config(old, values);
  CHECK(text
        == "# head\n\nmaxmemory 1gb\ninclude x*.conf\n# tail\n\n# Generated by CONFIG REWRITE\n"
           "maxmemory-clients 5%\nrequirepass \"a \\\"b\\n\"\n");
  CHECK(rewrite_config(text, values) == text);
}

TEST_CASE("a rewrite uses today's names, once", "[config]") {
  options values;
  const std::string_view old = "timeout 5\nTIMEOUT 6\nslave-priority 7\nreplica-priority 8\n"
                               "hash-max-ziplist-entries 100\nlua-time-limit 1\nhz 20";
  REQUIRE(load(values, old) == "OK");
  CHECK(rewritten(old, values)
        == "timeout 6\n\nreplica-priority 8\n\nhash-max-listpack-entries 100\n"
           "busy-reply-threshold 1\nhz 20\n");
}

TEST_CASE("an option that went back to its default says so where it stood", "[config]") {
  options values;
  const std::string_view old
    = "timeout 5\nmasterauth x\nnotify-keyspace-events KEA\nreplicaof a 1\n"
      "logfile a.log\nsave 900 1\n";
  REQUIRE(load(values, old) == "OK");
  REQUIRE(values.set("timeout", "0"));
  REQUIRE(values.set("masterauth", ""));
  REQUIRE(values.set("notify-keyspace-events", ""));
  REQUIRE(values.adopt(option::replicaof, "no one"));
  REQUIRE(values.adopt(option::logfile, ""));
  REQUIRE(values.set("save", "3600 1 300 100 60 10000"));
  CHECK(rewritten(old, values)
        == "timeout 0\n\nnotify-keyspace-events \"\"\n\nlogfile \"\"\nsave 3600 1\n\n"
           "# Generated by CONFIG REWRITE\nsave 300 100\nsave 60 10000\n");
}

TEST_CASE("a rewrite spreads save points and buffer limits over lines", "[config]") {
  options values;
  const std::string_view old = "save 900 1\nclient-output-buffer-limit pubsub 1mb 2mb 60\n"
                               "save 300 10\nsave 60 10000\n";
  REQUIRE(load(values, old) == "OK");
  CHECK(rewritten(old, values)
        == "save 900 1\nclient-output-buffer-limit pubsub 1mb 2mb 60\nsave 300 10\n"
           "save 60 10000\n");
  REQUIRE(values.set("save", ""));
  REQUIRE(values.set("client-output-buffer-limit", "normal 1gb 1000 5"));
  CHECK(rewritten(old, values)
        == "save \"\"\nclient-output-buffer-limit normal 1gb 1000 5\n\n"
           "# Generated by CONFIG REWRITE\nclient-output-buffer-limit pubsub 1mb 2mb 60\n");
}

TEST_CASE("a rewrite continues behind its own mark", "[config]") {
  options values;
  const std::string_view old = "port 1\n# Generated by CONFIG REWRITE\nhz 20\n";
  REQUIRE(load(values, old) == "OK");
  REQUIRE(values.set("timeout", "3"));
  REQUIRE(values.set("bind", "127.0.0.1 -::1"));
  CHECK(rewritten(old, values)
        == "port 1\n# Generated by CONFIG REWRITE\nhz 20\nbind 127.0.0.1 -::1\ntimeout 3\n");
}

TEST_CASE("a rewrite turns what it does not understand into comments", "[config]") {
  options values;
  CHECK(rewritten("list-max-ziplist-entries 5\nrename-command GET \"\"\nbogus 1\nhz \"1\n", values)
        == "# ??? list-max-ziplist-entries 5\nrename-command GET \"\"\n# ??? bogus 1\n"
           "# ??? hz \"1\n");
}

TEST_CASE("a rewrite writes the users it is given", "[config]") {
  const options values;
  const std::string_view old = "user alice on >x\n# users\nuser bob off\n";
  CHECK(rewritten(old, values) == old);
  CHECK(rewritten(old, values, {strings{"default on nopass ~* &* +@all", "alice off"}})
        == "user default on nopass ~* &* +@all\n# users\nuser alice off\n");
  CHECK(rewritten(old, values, {strings{}}) == "\n# users\n\n");
  CHECK(rewritten("", values, {strings{"a on"}}) == "# Generated by CONFIG REWRITE\nuser a on\n");
}

TEST_CASE("a rewrite brings back any value of any option", "[config]") {
  const strings samples{"no",           "yes",     "7",           "70",
                        "3mb",          "1000",    "a b\"c",      "a/b",
                        "always",       "warning", "allkeys-lfu", "save now",
                        "1 2 3",        "50 75.5", "KEx",         "127.0.0.1 ::1",
                        "normal 1 2 3", "9%",      "no one",      "host 1",
                        "{port} x",     "swapdb",  "a.b-c",       "x ",
                        " x",           "\"",      "'",           "a\\b c"};
  for (std::size_t i = 0; i < option_count; ++i)
    for (const auto& sample : samples) {
      options values;
      const auto which = static_cast<option>(i);
      if (values.adopt(which, sample)) {
        CAPTURE(row_of(which).name, sample);
        rewritten("", values);
      }
    }
}
