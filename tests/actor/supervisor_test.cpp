/// The death of a core actor ends the process. So each death is tried in a child process: this
/// program once more, told to run one section of the hidden case below. What it writes comes back
/// through a pipe.

#include "actors/event_loop.hpp"
#include "actors/happens_before.hpp"
#include "actors/log.hpp"
#include "keyspace/effects.hpp"
#include "tests/actor/running_store.hpp"

#include <asio/post.hpp>
#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace thespis;
using namespace thespis::tests;

namespace {

constexpr const char* victim_case = "a core actor dies";

/// What a child process has written, and how it ended.
struct last_words {
  std::string text;
  int status = 0;

  bool aborted() const {
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  }
  bool say(std::string_view what) const {
    return text.find(what) != std::string::npos;
  }
};

/// Runs one section of the hidden case to its end.
last_words run_child(const char* section) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, ends[1], STDERR_FILENO);
  const char* const words[] = {"actor_tests", victim_case, "-c", section, nullptr};
  pid_t child = 0;
  const auto failed = ::posix_spawn(&child, "/proc/self/exe", &files, nullptr,
                                    const_cast<char* const*>(words), environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::close(ends[1]);
  REQUIRE(failed == 0);
  last_words got;
  char bytes[4096];
  for (ssize_t n; (n = ::read(ends[0], bytes, sizeof bytes)) > 0;)
    got.text.append(bytes, static_cast<std::size_t>(n));
  ::close(ends[0]);
  REQUIRE(::waitpid(child, &got.status, 0) == child);
  return got;
}

/// A listener to effects that fails.
class failing_sink final : public keyspace::effect_sink {
public:
  void on_effect(const keyspace::effect&) override {
    throw std::runtime_error{"no such effect"};
  }
  void on_replay(int, protocol::arguments) override {
  }
};

/// What a loop runs for a timer or a socket, behind no actor.
caf::behavior fail_on_loop(caf::event_based_actor* self) {
  self->send(self, caf::tick_atom_v);
  return {[](caf::tick_atom) {
    asio::post(actors::event_loop::current()->io(),
               [] { throw std::runtime_error{"the clock has stopped"}; });
  }};
}

/// Says something and does not wait for the reply.
void send(conversation& talk, conversation::words request) {
  const actors::unwatched envelope;
  talk.self()->send(talk.client(), actors::embedded_request{std::move(request)});
}

void kill(const caf::actor& victim, caf::exit_reason reason) {
  const actors::unwatched envelope;
  caf::anon_send_exit(victim, reason);
}

} // namespace

TEST_CASE(victim_case, "[.]") {
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // Who survives shall not hang.
  ::alarm(60);
  actors::log::write_last_words();
  running_store store{2, 2, scheduling::event_loops};
  auto& home = store->internals();
  auto talk = store.talk();
  (*talk)("PING");
  SECTION("partition") {
    kill(home.partitions[1], caf::exit_reason::kill);
  }
  SECTION("partition, asked by somebody else") {
    kill(home.partitions[0], caf::exit_reason::user_shutdown);
  }
  SECTION("administrator") {
    kill(home.administrator, caf::exit_reason::kill);
  }
  SECTION("scheduler") {
    kill(home.scheduler, caf::exit_reason::kill);
  }
  SECTION("reclaimer") {
    kill(home.reclaimer, caf::exit_reason::kill);
  }
  SECTION("listener") {
    kill(home.listeners[1], caf::exit_reason::kill);
  }
  SECTION("partition, exception") {
    failing_sink sink;
    home.shards[0].changes.set_sink(&sink);
    send(*talk, {"SET", key_in_partition(0, 2), "v"});
    store->wait();
  }
  SECTION("administrator, exception") {
    home.server.hooks.purge_memory = [] { throw std::runtime_error{"nothing to purge"}; };
    send(*talk, {"MEMORY", "PURGE"});
  }
  SECTION("timer, exception") {
    const actors::unwatched envelope;
    store.system().spawn(fail_on_loop);
  }
  SECTION("nobody") {
    store->stop();
  }
  store->wait();
}

TEST_CASE("the death of a core actor ends the process, and the log says whose", "[supervisor]") {
  const auto [section, name] = GENERATE(table<const char*, const char*>({
    {"partition", "partition 1 (exit_reason(kill))"},
    {"partition, asked by somebody else", "partition 0 (exit_reason(user_shutdown))"},
    {"administrator", "the administrator (exit_reason(kill))"},
    {"scheduler", "the scheduler (exit_reason(kill))"},
    {"reclaimer", "the reclaimer (exit_reason(kill))"},
    {"listener", "listener 1 (exit_reason(kill))"},
  }));
  const auto child = run_child(section);
  INFO(child.text);
  CHECK(child.aborted());
  CHECK(child.say(std::string{"# A core actor has died: "} + name
                  + ". Ending the process, because going on would lose data quietly.\n"));
}

TEST_CASE("an exception that leaves a handler is named before the process ends", "[supervisor]") {
  const auto [section, what, name] = GENERATE(table<const char*, const char*, const char*>({
    {"partition, exception", "no such effect", "partition 0"},
    {"administrator, exception", "nothing to purge", "the administrator"},
  }));
  const auto child = run_child(section);
  INFO(child.text);
  CHECK(child.aborted());
  CHECK(child.say(std::string{"# An actor ends by an exception: "} + what + "\n"));
  CHECK(
    child.say(std::string{"# A core actor has died: "} + name + " (system_error(runtime_error))."));
}

TEST_CASE("an exception in a timer ends the process with a line in the log", "[supervisor]") {
  const auto child = run_child("timer, exception");
  INFO(child.text);
  CHECK(child.aborted());
  CHECK(child.say("# Ending the process, because nobody expected this: the clock has stopped\n"));
}

TEST_CASE("the ordered end is no death", "[supervisor]") {
  const auto child = run_child("nobody");
  INFO(child.text);
  CHECK(WIFEXITED(child.status));
  CHECK(WEXITSTATUS(child.status) == 0);
  CHECK_FALSE(child.say("died"));
}
