#include "commands/execute.hpp"

#include "base/byte_buffer.hpp"

#include <catch2/catch.hpp>

#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace thespis;
using keyspace::command_context;
using protocol::arguments;

void succeed(command_context& ctx, arguments) {
  ctx.reply.ok();
}
void fail(command_context& ctx, arguments) {
  ctx.reply.error("WRONGTYPE no");
}
void run_out_of_memory(command_context& ctx, arguments) {
  ctx.reply.array(1000);
  ctx.reply.bulk("half a reply");
  throw std::bad_alloc{};
}
void ask_for_too_much(command_context& ctx, arguments) {
  ctx.reply.array(2);
  throw std::length_error{"too long"};
}
void change(command_context& ctx, arguments args) {
  ctx.did(keyspace::event_class::string, "set", args[1]);
  ctx.reply.ok();
}
void change_nothing(command_context& ctx, arguments) {
  ctx.reply.integer(0);
}
void change_otherwise(command_context& ctx, arguments args) {
  ctx.did(keyspace::event_class::string, "set", args[1]);
  ctx.replay_as(args[1], {"SET", args[1], "x"});
  ctx.reply.ok();
}

constexpr protocol::command_spec rows[] = {
  {.name = "succeed", .flags = protocol::fast, .run = succeed},
  {.name = "fail", .run = fail},
  {.name = "oom", .run = run_out_of_memory},
  {.name = "long", .run = ask_for_too_much},
  {.name = "change", .run = change},
  {.name = "nothing", .run = change_nothing},
  {.name = "otherwise", .run = change_otherwise},
  {.name = "auth", .flags = protocol::fast, .run = succeed},
  {.name = "secret", .flags = protocol::skip_slowlog, .run = succeed},
};

struct listener : keyspace::effect_sink {
  void on_effect(const keyspace::effect&) override {
  }
  void on_replay(int, arguments command) override {
    std::string line;
    for (const auto word : command)
      line += std::string{word} + ' ';
    replays.push_back(line);
  }
  std::vector<std::string> replays;
};

struct fixture {
  fixture() {
    shard.changes.set_sink(&heard);
    client.address = "1.2.3.4:5";
    client.name = "ann";
  }
  std::string run(std::size_t row, std::vector<std::string_view> words) {
    out.clear();
    protocol::reply_writer reply{out, 2};
    command_context ctx{reply, client, map, {.ms = 5000, .us = 5000000}};
    keyspace::shard* const shards[] = {&shard};
    statistics.start();
    commands::execute(ctx, rows[row], words, statistics, shards);
    return std::string{out.view()};
  }

  keyspace::access_settings access;
  keyspace::shard shard{16, 1, access};
  keyspace::shard_map map{shard};
  listener heard;
  protocol::session client;
  commands::execution_settings settings;
  commands::command_statistics statistics{rows, settings};
  base::byte_buffer out;
};

} // namespace

TEST_CASE("A command that runs out of memory replies an error and nothing else", "[execute]") {
  fixture f;
  const auto expected = "-OOM the server has not enough memory for this command\r\n";
  CHECK(f.run(2, {"oom"}) == expected);
  CHECK(f.run(3, {"long"}) == expected);
  CHECK(f.statistics.counters(2).failed.get() == 1);
  CHECK_FALSE(f.client.close_after_reply);
}

TEST_CASE("What was replied before stays when a command runs out of memory", "[execute]") {
  fixture f;
  f.out.append("+OK\r\n");
  protocol::reply_writer reply{f.out, 2};
  command_context ctx{reply, f.client, f.map, {}};
  const std::string_view words[] = {"oom"};
  commands::execute(ctx, rows[2], words, f.statistics);
  CHECK(f.out.view().substr(0, 9) == "+OK\r\n-OOM");
}

TEST_CASE("Calls, failures and error codes are counted", "[execute]") {
  fixture f;
  f.run(0, {"succeed"});
  f.run(1, {"fail"});
  f.run(1, {"fail"});
  CHECK(f.statistics.counters(0).calls.get() == 1);
  CHECK(f.statistics.counters(0).failed.get() == 0);
  CHECK(f.statistics.counters(1).calls.get() == 2);
  CHECK(f.statistics.counters(1).failed.get() == 2);
  commands::error_counts errors;
  f.statistics.errors().sum_up(errors);
  CHECK(errors == commands::error_counts{{"WRONGTYPE", 2}});
}

TEST_CASE("A request that changed something is its own replay", "[execute]") {
  fixture f;
  f.run(4, {"change", "k"});
  CHECK(f.heard.replays == std::vector<std::string>{"change k "});
  CHECK(f.statistics.changes() == 1);
}

TEST_CASE("A request that changed nothing is not replayed", "[execute]") {
  fixture f;
  f.run(5, {"nothing", "k"});
  CHECK(f.heard.replays.empty());
  CHECK(f.statistics.changes() == 0);
}

TEST_CASE("A replay that the command names takes the place of the request", "[execute]") {
  fixture f;
  f.run(6, {"otherwise", "k"});
  CHECK(f.heard.replays == std::vector<std::string>{"SET k x "});
  f.run(4, {"change", "k"});
  CHECK(f.heard.replays.size() == 2);
}

TEST_CASE("A request over several shards is replayed once", "[execute]") {
  fixture f;
  keyspace::shard other{16, 2, f.access};
  other.changes.set_sink(&f.heard);
  keyspace::shard* const shards[] = {&other, &f.shard};
  protocol::reply_writer reply{f.out, 2};
  command_context ctx{reply, f.client, f.map, {}};
  const std::string_view words[] = {"change", "k"};
  commands::execute(ctx, rows[4], words, f.statistics, shards);
  CHECK(f.heard.replays.size() == 1);
  CHECK(f.statistics.changes() == 1);
}

TEST_CASE("Without thresholds no request is told to the administrator", "[execute]") {
  fixture f;
  f.run(0, {"succeed"});
  CHECK(f.statistics.pending.empty());
}

TEST_CASE("A request over the slow log's threshold is told with its words", "[execute]") {
  fixture f;
  f.settings.report_ticks = 0;
  f.settings.slow_log_ns = 0;
  f.run(0, {"succeed", "a", "b"});
  REQUIRE(f.statistics.pending.size() == 1);
  const auto& told = f.statistics.pending.front();
  CHECK(told.words == std::vector<std::string>{"succeed", "a", "b"});
  CHECK(told.at_ms == 5000);
  CHECK(told.fast);
  CHECK_FALSE(told.unlisted);
  CHECK(told.address == "1.2.3.4:5");
  CHECK(told.client_name == "ann");
}

TEST_CASE("A request for the latency monitor alone is told without words", "[execute]") {
  fixture f;
  f.settings.report_ticks = 0;
  f.settings.latency_monitor_ns = 0;
  f.run(1, {"fail", "a"});
  REQUIRE(f.statistics.pending.size() == 1);
  CHECK(f.statistics.pending.front().unlisted);
  CHECK(f.statistics.pending.front().words.empty());
  CHECK_FALSE(f.statistics.pending.front().fast);
}

TEST_CASE("Commands that the slow log must not see are not told to it", "[execute]") {
  fixture f;
  f.settings.report_ticks = 0;
  f.settings.slow_log_ns = 0;
  f.run(8, {"secret", "a"});
  CHECK(f.statistics.pending.empty());
}

TEST_CASE("Slow requests that nobody takes are bounded", "[execute]") {
  fixture f;
  f.settings.report_ticks = 0;
  f.settings.slow_log_ns = 0;
  for (int i = 0; i < 1000; ++i)
    f.run(0, {"succeed"});
  CHECK(f.statistics.pending.size() == commands::command_statistics::pending_max);
}
