#include "base/options.hpp"

#include <catch2/catch.hpp>

#include "base/ascii.hpp"

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace thespis::base;

namespace {

constexpr std::string_view not_boolean = "argument must be 'yes' or 'no'";
constexpr std::string_view not_integer = "argument couldn't be parsed into an integer";
constexpr std::string_view not_memory = "argument must be a memory value";

/// The reply of CONFIG SET.
std::string set(options& values, std::initializer_list<options::setting> settings,
                options::change_origin origin = {}) {
  const auto done = values.apply({settings.begin(), settings.size()}, origin);
  return done ? "OK" : done.why();
}

std::string set(options& values, std::string_view name, std::string_view value) {
  return set(values, {{name, value}});
}

std::string failed(std::string_view name, std::string_view why) {
  return "ERR CONFIG SET failed (possibly related to argument '" + std::string{name} + "') - "
         + std::string{why};
}

/// The value as CONFIG GET prints it after CONFIG SET of `value`, or the reason of the failure.
std::string after(std::string_view name, std::string_view value) {
  options values;
  const auto reply = set(values, name, value);
  if (reply == "OK")
    return values.formatted(find_option(name)->which);
  const auto start = failed(name, "");
  return reply.starts_with(start) ? reply.substr(start.size()) : reply;
}

std::string load(options& values, std::string_view name,
                 std::initializer_list<std::string_view> words) {
  const auto done = values.load(name, {words.begin(), words.size()});
  return done ? "OK" : done.why();
}

std::vector<std::string> names(const options& values,
                               std::initializer_list<std::string_view> patterns) {
  std::vector<std::string> found;
  for (auto& [name, value] : values.list({patterns.begin(), patterns.size()}))
    found.push_back(name);
  return found;
}

using strings = std::vector<std::string>;

} // namespace

// -- the table ------------------------------------------------------------------------------------

TEST_CASE("every name and alias of an option is there once and found in any case", "[options]") {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto& row = option_rows()[i];
    for (auto name : {row.name, row.alias()}) {
      if (name.empty())
        continue;
      CAPTURE(name);
      CHECK(seen.insert(name).second);
      std::string shouted{name};
      for (auto& c : shouted)
        c = upper(c);
      const auto found = find_option(shouted);
      REQUIRE(found);
      CHECK(found->which == static_cast<option>(i));
      CHECK(found->name == name);
    }
  }
  CHECK(seen.size() == 211);
  CHECK_FALSE(find_option(""));
  CHECK_FALSE(find_option("max"));
  CHECK_FALSE(find_option("zzz"));
}

TEST_CASE("the default of every option is valid for its own row", "[options]") {
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto& row = option_rows()[i];
    CAPTURE(row.name);
    const auto printed = format_option(row.kind, preset_of(static_cast<option>(i)));
    options values;
    CHECK(values.formatted(static_cast<option>(i)) == printed);
    CHECK(values.is_default(static_cast<option>(i)));
    // replicaof prints nothing for "no one".
    if (row.name == "replicaof")
      continue;
    CHECK(values.adopt(static_cast<option>(i), printed));
    CHECK(values.is_default(static_cast<option>(i)));
  }
}

TEST_CASE("the defaults that programs look at are Redis' own", "[options]") {
  const options values;
  const std::pair<option, std::string_view> expected[] = {
    {option::port, "6379"},
    {option::bind, "* -::*"},
    {option::databases, "16"},
    {option::maxclients, "10000"},
    {option::maxmemory, "0"},
    {option::maxmemory_policy, "noeviction"},
    {option::save, "3600 1 300 100 60 10000"},
    {option::appendonly, "no"},
    {option::appendfsync, "everysec"},
    {option::proto_max_bulk_len, "536870912"},
    {option::client_output_buffer_limit,
     "normal 1073741824 268435456 60 slave 268435456 67108864 60 pubsub 33554432 8388608 60"},
    {option::notify_keyspace_events, ""},
    {option::latency_tracking_info_percentiles, "50 99 99.9"},
    {option::unixsocketperm, "0"},
    {option::set_max_listpack_entries, "128"},
    {option::threads, "0"},
  };
  for (const auto& [which, value] : expected) {
    CAPTURE(row_of(which).name);
    CHECK(values.formatted(which) == value);
  }
}

// -- types ----------------------------------------------------------------------------------------

TEST_CASE("a boolean is yes or no in any case", "[options]") {
  CHECK(after("activerehashing", "no") == "no");
  CHECK(after("activerehashing", "NO") == "no");
  CHECK(after("lazyfree-lazy-expire", "Yes") == "yes");
  for (auto bad : {"", "1", "true", "on", "yes "})
    CHECK(after("activerehashing", bad) == not_boolean);
}

TEST_CASE("an integer is strict and has bounds", "[options]") {
  CHECK(after("timeout", "0") == "0");
  CHECK(after("timeout", "2147483647") == "2147483647");
  for (auto bad : {"", "x", " 1", "1 ", "01", "+1", "-0", "1.0", "1e3", "1gb",
                   "9223372036854775808", "-9223372036854775809"})
    CHECK(after("timeout", bad) == not_integer);
  for (auto bad : {"-1", "2147483648", "-9223372036854775808", "9223372036854775807"})
    CHECK(after("timeout", bad) == "argument must be between 0 and 2147483647 inclusive");
  CHECK(after("list-max-listpack-size", "-2147483648") == "-2147483648");
  CHECK(after("list-max-listpack-size", "-2147483649")
        == "argument must be between -2147483648 and 2147483647 inclusive");
  CHECK(after("maxclients", "0") == "argument must be between 1 and 4294967295 inclusive");
  CHECK(after("slowlog-log-slower-than", "-1") == "-1");
  CHECK(after("port", "65536") == "argument must be between 0 and 65535 inclusive");
}

TEST_CASE("a memory value has units of 1000 and of 1024", "[options]") {
  const std::pair<std::string_view, std::string_view> good[] = {
    {"0", "0"},
    {"1b", "1"},
    {"1k", "1000"},
    {"1kb", "1024"},
    {"1KB", "1024"},
    {"2m", "2000000"},
    {"2Mb", "2097152"},
    {"1g", "1000000000"},
    {"007", "7"},
    {"1gb", "1073741824"},
    {"", "0"},
    {"gb", "0"},
    {"18446744073709551615", "18446744073709551615"},
    {"18446744073709551616", "18446744073709551615"},
    {"99999999999999gb", "18446744073709551615"},
  };
  for (const auto& [text, bytes] : good) {
    CAPTURE(text);
    CHECK(after("maxmemory", text) == bytes);
  }
  for (auto bad :
       {"-1", "+1", " 1", "1 ", "1t", "1tb", "1.5gb", "1gbb", "0x10", "50%", "kkb", "1bb"})
    CHECK(after("maxmemory", bad) == not_memory);
  CHECK(after("maxmemory", std::string(128, '1')) == not_memory);
  CHECK(after("proto-max-bulk-len", "1048575")
        == "argument must be between 1048576 and 9223372036854775807 inclusive");
  CHECK(after("repl-backlog-size", "18446744073709551615")
        == "argument must be between 1 and 9223372036854775807 inclusive");
}

TEST_CASE("maxmemory-clients is bytes or a percentage", "[options]") {
  CHECK(after("maxmemory-clients", "1kb") == "1024");
  CHECK(after("maxmemory-clients", "5%") == "5%");
  CHECK(after("maxmemory-clients", "100%") == "100%");
  CHECK(after("maxmemory-clients", "0%") == "0");
  CHECK(after("maxmemory-clients", "101%") == "percentage argument must be less or equal to 100");
  for (auto bad : {"-5%", "-5", "%", "5 %", "05%", "5%%", "x", "18446744073709551615"})
    CHECK(after("maxmemory-clients", bad) == "argument must be a memory or percent value");
  options values;
  REQUIRE(values.set("maxmemory-clients", "5%"));
  CHECK(values.get(option::maxmemory_clients) == -5);
}

TEST_CASE("a choice is one of its names in any case", "[options]") {
  CHECK(after("maxmemory-policy", "ALLKEYS-LRU") == "allkeys-lru");
  CHECK(after("oom-score-adj", "relative") == "yes");
  for (auto bad : {"", "x", "verbose notice"})
    CHECK(after("loglevel", bad)
          == "argument(s) must be one of the following: debug, verbose, notice, warning, nothing");
  options values;
  REQUIRE(values.set("maxmemory-policy", "volatile-ttl"));
  CHECK(values.get_as<eviction_policy>(option::maxmemory_policy) == eviction_policy::volatile_ttl);
}

TEST_CASE("shutdown options are bits that print in the order of their table", "[options]") {
  CHECK(after("shutdown-on-sigint", "default") == "default");
  CHECK(after("shutdown-on-sigint", "default save") == "save");
  CHECK(after("shutdown-on-sigint", "force NOW nosave now") == "nosave now force");
  CHECK(after("shutdown-on-sigterm", "save nosave")
        == "shutdown options SAVE and NOSAVE can't be used simultaneously");
  for (auto bad : {"", "x", "save x", "save ", "save  now"})
    CHECK(after("shutdown-on-sigint", bad)
          == "argument(s) must be one of the following: default, save, nosave, now, force");
}

TEST_CASE("notify-keyspace-events prints its classes in Redis' order", "[options]") {
  const std::pair<std::string_view, std::string_view> good[] = {
    {"", ""},
    {"A", "A"},
    {"KEA", "AKE"},
    {"Ex", "xE"},
    {"KEd", "dKE"},
    {"En", "nE"},
    {"KEg$lshzxetdm", "AKEm"},
    {"AKEmn", "AnKEm"},
  };
  for (const auto& [text, printed] : good)
    CHECK(after("notify-keyspace-events", text) == printed);
  for (auto bad : {"q", "K E", "\"KEA\""})
    CHECK(after("notify-keyspace-events", bad)
          == "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
}

TEST_CASE("save takes pairs of seconds and changes", "[options]") {
  CHECK(after("save", "") == "");
  CHECK(after("save", "900 1 300 10") == "900 1 300 10");
  CHECK(after("save", "1 0") == "1 0");
  CHECK(after("save", "+5 01") == "5 1");
  CHECK(after("save", "99999999999999999999 1") == "9223372036854775807 1");
  for (auto bad :
       {"900", "0 1", "1 -1", "a b", "900 x", "900  1", " 900 1", "+ 1", "-5 1", "\"\" 1"})
    CHECK(after("save", bad) == "Invalid save parameters");
  options values;
  CHECK(values.save_points() == std::vector<save_point>{{3600, 1}, {300, 100}, {60, 10000}});
}

TEST_CASE("client-output-buffer-limit changes the classes it names", "[options]") {
  constexpr auto name = "client-output-buffer-limit";
  CHECK(after(name, "normal 1gb 1k 5")
        == "normal 1073741824 1000 5 slave 268435456 67108864 60 pubsub 33554432 8388608 60");
  CHECK(after(name, "replica 1 2 3 PUBSUB 4 5 6 pubsub 7 8 9")
        == "normal 1073741824 268435456 60 slave 1 2 3 pubsub 7 8 9");
  CHECK(after(name, "") == options{}.formatted(option::client_output_buffer_limit));
  for (auto bad : {"normal", "normal 0 0 0 slave 1 1", " pubsub 1 2 3 ", "1"})
    CHECK(after(name, bad) == "Wrong number of arguments in buffer limit configuration.");
  for (auto bad : {"master 0 0 0", "normal 0 0 0 x 1 1 1"})
    CHECK(after(name, bad) == "Invalid client class specified in buffer limit configuration.");
  for (auto bad : {"pubsub -1 0 0", "pubsub 1 1 -1", "pubsub x 1 1", "pubsub 1 1 1mb"})
    CHECK(after(name, bad)
          == "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
  options values;
  REQUIRE(values.set(name, "pubsub 1kb 2 3"));
  CHECK(values.output_limit_of(client_class::pubsub) == output_limit{1024, 2, 3});
  CHECK(values.output_limit_of(client_class::replica)
        == output_limit{256 * 1024 * 1024, 64 * 1024 * 1024, 60});
}

TEST_CASE("the other options of several words have their own grammar", "[options]") {
  CHECK(after("oom-score-adj-values", "-2000 0 +2000") == "-2000 0 2000");
  for (auto bad : {"", "1 2", "1 2 3 4"})
    CHECK(after("oom-score-adj-values", bad) == "wrong number of arguments");
  for (auto bad : {"-2001 0 0", "0 0 2001", "a b c", "1.5 2 3"})
    CHECK(after("oom-score-adj-values", bad)
          == "Invalid oom-score-adj-values, elements must be between -2000 and 2000.");

  CHECK(after("latency-tracking-info-percentiles", "0.001 50.0 1e1 33.333333333")
        == "0.001 50 10 33.333333");
  CHECK(after("latency-tracking-info-percentiles", "") == "");
  for (auto bad : {"x", "50 x", "nan", "50 "})
    CHECK(after("latency-tracking-info-percentiles", bad)
          == "Invalid latency-tracking-info-percentiles parameters");
  for (auto bad : {"100.1", "-1", "inf"})
    CHECK(after("latency-tracking-info-percentiles", bad)
          == "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");

  std::string addresses = "127.0.0.1";
  for (int i = 1; i < 16; ++i)
    addresses += " ::1";
  CHECK(after("bind", addresses) == addresses);
  CHECK(after("bind", addresses + " ::1") == "Too many bind addresses specified.");
  options values;
  CHECK(values.bind_addresses() == strings{"*", "-::*"});
  REQUIRE(values.set("bind", ""));
  CHECK(values.bind_addresses().empty());
}

TEST_CASE("names of files, hosts and titles are checked", "[options]") {
  CHECK(after("cluster-announce-hostname", std::string(255, 'a')) == std::string(255, 'a'));
  CHECK(after("cluster-announce-hostname", std::string(256, 'a'))
        == "Hostnames must be less than 256 characters");
  CHECK(after("cluster-announce-hostname", "a_b")
        == "Hostnames may only contain alphanumeric characters, hyphens or dots");
  CHECK(after("cluster-announce-human-nodename", "shard_1-a") == "shard_1-a");
  CHECK(after("cluster-announce-human-nodename", "a{b")
        == "Announced human node name contained invalid character");
  for (auto good : {"x", "{{x", "}", "{port}", "{title} }", "{listen-addr} {tls-port}"})
    CHECK(after("proc-title-template", good) == good);
  for (auto bad : {"", "  ", "{", "{}", "{title", "{title}", "{x}", "{ title}", "{server-mode}"})
    CHECK(after("proc-title-template", bad)
          == "template format is invalid or contains unknown variables");
  CHECK(after("activedefrag", "no") == "no");
  CHECK(after("activedefrag", "yes").starts_with("Active defragmentation cannot be enabled"));
}

TEST_CASE("hz and the backlog are moved into the range that is used", "[options]") {
  CHECK(after("hz", "0") == "1");
  CHECK(after("hz", "501") == "500");
  CHECK(after("hz", "-1") == "argument must be between 0 and 2147483647 inclusive");
  CHECK(after("repl-backlog-size", "1") == "16384");
  CHECK(after("repl-backlog-size", "32kb") == "32768");
}

// -- CONFIG SET -----------------------------------------------------------------------------------

TEST_CASE("CONFIG SET changes all settings or none", "[options]") {
  options values;
  CHECK(set(values, {{"maxmemory", "1gb"}, {"timeout", "5"}}) == "OK");
  CHECK(set(values, {{"maxmemory", "2gb"}, {"timeout", "x"}, {"hz", "20"}})
        == failed("timeout", not_integer));
  CHECK(values.bytes(option::maxmemory) == 1024u * 1024 * 1024);
  CHECK(values.get(option::timeout) == 5);
  CHECK(values.get(option::hz) == 10);
}

TEST_CASE("CONFIG SET names the first name that is at fault before it looks at values",
          "[options]") {
  options values;
  CHECK(set(values, {{"maxmemory", "x"}, {"BOGUS", "1"}})
        == "ERR Unknown option or number of arguments for CONFIG SET - 'BOGUS'");
  CHECK(set(values, {{"port", "x"}, {"Daemonize", "yes"}, {"bogus", "1"}})
        == failed("Daemonize", "can't set immutable config"));
  CHECK(set(values, {{"maxmemory", "1"}, {"MAXMEMORY", "2"}})
        == failed("MAXMEMORY", "duplicate parameter"));
  CHECK(set(values, {{"TIMEOUT", "x"}}) == failed("timeout", not_integer));
  CHECK(set(values, {{"Slave-Priority", "x"}}) == failed("slave-priority", not_integer));
}

TEST_CASE("an option and its alias may be set together, and the later one wins", "[options]") {
  options values;
  CHECK(set(values, {{"slave-priority", "1"}, {"replica-priority", "2"}}) == "OK");
  CHECK(values.get(option::replica_priority) == 2);
}

TEST_CASE("guarded options open with enable-protected-configs", "[options]") {
  options values;
  const auto refusal = failed("dbfilename", "can't set protected config");
  CHECK(set(values, {{"dbfilename", "a"}}, {true, false}) == refusal);
  REQUIRE(load(values, "enable-protected-configs", {"local"}) == "OK");
  CHECK(set(values, {{"dbfilename", "a"}}, {false, false}) == refusal);
  CHECK(set(values, {{"dbfilename", "a"}}, {true, false}) == "OK");
  REQUIRE(load(values, "enable-protected-configs", {"yes"}) == "OK");
  CHECK(set(values, {{"dbfilename", "b"}}, {false, false}) == "OK");
  CHECK(set(values, {{"dbfilename", "b/c"}})
        == failed("dbfilename", "dbfilename can't be a path, just a filename"));
}

TEST_CASE("some options cannot change while the data set is loaded", "[options]") {
  options values;
  CHECK(set(values, {{"timeout", "7"}, {"appendonly", "yes"}}, {false, true})
        == "LOADING Redis is loading the dataset in memory");
  CHECK(values.get(option::timeout) == 0);
  CHECK(set(values, {{"timeout", "7"}}, {false, true}) == "OK");
}

TEST_CASE("a callback runs once for a change and not without one", "[options]") {
  options values;
  int calls = 0;
  std::int64_t seen = -1;
  values.on_change({option::timeout, option::hz}, [&](const options& now) -> result<void> {
    ++calls;
    seen = now.get(option::timeout);
    return {};
  });
  CHECK(set(values, {{"timeout", "5"}, {"hz", "20"}}) == "OK");
  CHECK(calls == 1);
  CHECK(seen == 5);
  CHECK(set(values, {{"timeout", "5"}}) == "OK");
  CHECK(set(values, {{"timeout", "x"}}) != "OK");
  CHECK(set(values, {{"maxmemory", "1"}}) == "OK");
  CHECK(calls == 1);
}

TEST_CASE("a refusal takes everything back and puts the old values into effect", "[options]") {
  options values;
  std::vector<std::int64_t> timeouts;
  int port_calls = 0;
  int late_calls = 0;
  values.on_change({option::timeout}, [&](const options& now) -> result<void> {
    timeouts.push_back(now.get(option::timeout));
    return {};
  });
  values.on_change({option::port}, [&](const options&) -> result<void> {
    ++port_calls;
    return fault{"Unable to listen on this port. Check server logs."};
  });
  values.on_change({option::hz}, [&](const options&) -> result<void> {
    ++late_calls;
    return {};
  });
  CHECK(set(values, {{"timeout", "9"}, {"port", "1"}, {"requirepass", "x"}, {"hz", "20"}})
        == failed("port", "Unable to listen on this port. Check server logs."));
  CHECK(values.get(option::timeout) == 0);
  CHECK(values.get(option::port) == 6379);
  CHECK(values.get(option::hz) == 10);
  CHECK(values.text(option::requirepass).empty());
  CHECK(timeouts == std::vector<std::int64_t>{9, 0});
  CHECK(port_calls == 2);
  CHECK(late_calls == 0);
}

TEST_CASE("what the server did itself is adopted without flags and callbacks", "[options]") {
  options values;
  values.on_change({option::replicaof},
                   [](const options&) -> result<void> { return fault{"never called"}; });
  CHECK(values.adopt(option::replicaof, "10.0.0.1 6380"));
  CHECK(values.formatted(option::replicaof) == "10.0.0.1 6380");
  CHECK(values.adopt(option::replicaof, "no one"));
  CHECK(values.formatted(option::replicaof) == "");
  CHECK(values.adopt(option::dir, "/var/lib"));
  CHECK(values.text(option::dir) == "/var/lib");
}

// -- loading --------------------------------------------------------------------------------------

TEST_CASE("a line of a file may set immutable options", "[options]") {
  options values;
  CHECK(load(values, "databases", {"4"}) == "OK");
  CHECK(values.get(option::databases) == 4);
  CHECK(load(values, "databases", {"0"}) == "argument must be between 1 and 2147483647 inclusive");
  CHECK(load(values, "databases", {}) == "wrong number of arguments");
  CHECK(load(values, "databases", {"1", "2"}) == "wrong number of arguments");
  CHECK(load(values, "bogus", {"1"}) == "Bad directive or wrong number of arguments");
  CHECK(load(values, "unixsocketperm", {"0755"}) == "OK");
  CHECK(values.get(option::unixsocketperm) == 0755);
  CHECK(values.formatted(option::unixsocketperm) == "755");
  CHECK(load(values, "unixsocketperm", {"888"})
        == "argument couldn't be parsed as an octal number");
  for (auto bad : {"1000", "-1"})
    CHECK(load(values, "unixsocketperm", {bad}) == "argument must be between 0 and 777 inclusive");
  CHECK(load(values, "appendfilename", {""}) == "appendfilename can't be empty");
  CHECK(load(values, "appenddirname", {"a/b"}) == "appenddirname can't be a path, just a dirname");
  CHECK(load(values, "replicaof", {"host", "70000"}) == "Invalid master port");
  CHECK(load(values, "replicaof", {"host"}) == "wrong number of arguments");
  CHECK(load(values, "replicaof", {"ho st", "1"}) == "Invalid master host");
  CHECK(load(values, "slaveof", {"host", "0"}) == "OK");
  CHECK(values.formatted(option::replicaof) == "host 0");
  CHECK(load(values, "replicaof", {"no", "one"}) == "OK");
  CHECK(values.formatted(option::replicaof) == "");
}

TEST_CASE("save lines of a file add up, and an empty one begins anew", "[options]") {
  options values;
  CHECK(load(values, "save", {"900", "1"}) == "OK");
  CHECK(load(values, "save", {"300 10 60 100"}) == "OK");
  CHECK(values.formatted(option::save) == "900 1 300 10 60 100");
  CHECK(load(values, "save", {""}) == "OK");
  CHECK(values.formatted(option::save) == "");
  CHECK(load(values, "save", {"5", "5"}) == "OK");
  CHECK(values.formatted(option::save) == "5 5");
  CHECK(set(values, "save", "7 7") == "OK");
  CHECK(values.formatted(option::save) == "7 7");
}

// -- CONFIG GET -----------------------------------------------------------------------------------

TEST_CASE("CONFIG GET finds names by several patterns, each once", "[options]") {
  const options values;
  CHECK(names(values, {"maxmemory", "MAXMEMORY-p*", "[m]axmemory"})
        == strings{"maxmemory", "maxmemory-policy"});
  CHECK(names(values, {"max*memory", "MAXMEMORY"}) == strings{"maxmemory"});
  CHECK(names(values, {"MAXMEMORY", "max*memory"}) == strings{"MAXMEMORY"});
  CHECK(names(values, {"*-priority"}) == strings{"replica-priority", "slave-priority"});
  CHECK(names(values, {"SLAVE-PRIORITY", "slave-priority"}) == strings{"SLAVE-PRIORITY"});
  CHECK(names(values, {"bogus", "nothing*"}).empty());
  CHECK(names(values, {}).empty());
}

TEST_CASE("a zero byte ends a value and a pattern, but not an integer or a secret", "[options]") {
  const std::string_view zero{"\0x", 2};
  const auto with = [&](std::string text) { return text.append(zero); };
  CHECK(after("maxmemory", with("1kb")) == "1024");
  CHECK(after("lazyfree-lazy-expire", with("yes")) == "yes");
  CHECK(after("maxmemory-policy", with("allkeys-lru")) == "allkeys-lru");
  CHECK(after("notify-keyspace-events", with("AK")) == "AK");
  CHECK(after("replica-announce-ip", with("host")) == "host");
  CHECK(after("oom-score-adj-values", with("1 2 3")) == "1 2 3");
  CHECK(after("timeout", with("1")) == "argument couldn't be parsed into an integer");
  CHECK(after("masterauth", with("secret")) == with("secret"));
  CHECK(after("requirepass", with("secret")) == with("secret"));
  const options values;
  CHECK(names(values, {with("max*memory")}) == strings{"maxmemory"});
  CHECK(names(values, {with("maxmemory")}).empty());
}

TEST_CASE("an option is known to be loaded once a line has named it", "[options]") {
  options values;
  CHECK_FALSE(values.is_loaded(option::save));
  CHECK(load(values, "save", {"1", "x"}) != "OK");
  CHECK_FALSE(values.is_loaded(option::save));
  CHECK(load(values, "save", {"3600", "1", "300", "100", "60", "10000"}) == "OK");
  CHECK(values.is_loaded(option::save));
  CHECK(values.is_default(option::save));
  CHECK_FALSE(values.is_loaded(option::port));
}

TEST_CASE("CONFIG GET finds a hidden option by its name alone", "[options]") {
  const options values;
  CHECK(names(values, {"key-load-d*"}).empty());
  CHECK(names(values, {"Key-Load-Delay"}) == strings{"Key-Load-Delay"});
  for (const auto& name : names(values, {"*"}))
    CHECK_FALSE(row_of(find_option(name)->which).is(option_flags::hidden));
}

TEST_CASE("a copy has the values, and goes its own way", "[options]") {
  options values;
  int calls = 0;
  values.on_change({option::port}, [&](const options&) -> result<void> {
    ++calls;
    return {};
  });
  CHECK(load(values, "port", {"7000"}) == "OK");
  CHECK(load(values, "bind", {"127.0.0.1", "::1"}) == "OK");
  CHECK(load(values, "client-output-buffer-limit", {"normal", "1", "2", "3"}) == "OK");
  options copy{values};
  CHECK(names(copy, {"*"}) == names(values, {"*"}));
  for (const auto& [name, value] : values.list(std::vector<std::string_view>{"*"}))
    CHECK(copy.formatted(find_option(name)->which) == value);
  CHECK(copy.output_limit_of(client_class::normal).soft_seconds == 3);
  CHECK(copy.is_loaded(option::bind));
  CHECK_FALSE(copy.is_loaded(option::timeout));
  CHECK(copy.set("port", "7001"));
  CHECK(calls == 0);
  CHECK(values.get(option::port) == 7000);
}

TEST_CASE("secrets are known as such", "[options]") {
  CHECK(is_sensitive_option("REQUIREPASS"));
  CHECK(is_sensitive_option("masterauth"));
  CHECK(is_sensitive_option("tls-key-file-pass"));
  CHECK_FALSE(is_sensitive_option("maxmemory"));
  CHECK_FALSE(is_sensitive_option("bogus"));
}
