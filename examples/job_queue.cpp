/// A queue of jobs between actors: a stream, and a consumer group that remembers who has which job.
/// A worker crashes in the middle of one; what is taken and not acknowledged for a while, another
/// one claims. So each job is done, a job of a worker that was merely slow perhaps twice.
/// With --event-loops it runs on the store's event loops, otherwise on CAF's own scheduler.

#include <thespis/server/thespis.hpp>

#include <caf/all.hpp>

#include <iostream>
#include <set>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t job_count = 20;
constexpr auto patience_ms = "100";

/// Waits for jobs without keeping a thread. Its client ends when it does; when the store ends, its
/// request fails, and so it ends as well.
struct worker : caf::event_based_actor {
  worker(caf::actor_config& how, thespis::store& store, std::string called, caf::actor employer)
    : caf::event_based_actor(how), boss(std::move(employer)), name(std::move(called)) {
    client = store.connect(caf::actor{this});
  }
  caf::behavior make_behavior() override {
    look_for_lost_job();
    return {};
  }
  void ask(thespis::request command, auto then) {
    request(client, caf::infinite, std::move(command)).then(std::move(then));
  }
  void look_for_lost_job() {
    ask({{"XAUTOCLAIM", "jobs", "workers", name, patience_ms, "0", "COUNT", "1"}},
        [this](const thespis::reply& claimed) { // a cursor, entries …
          const auto& jobs = claimed.items().at(1).items;
          jobs.empty() ? wait_for_job() : work_on(jobs.front());
        });
  }
  void wait_for_job() {
    ask({{"XREADGROUP", "GROUP", "workers", name, "BLOCK", patience_ms, "COUNT", "1", "STREAMS",
          "jobs", ">"}},
        [this](const thespis::reply& fresh) { // a map: stream, entries …
          fresh.is_null() ? look_for_lost_job() : work_on(fresh.items().at(1).items.front());
        });
  }
  void work_on(const auto& entry) { // an ID and an array: field, value …
    if (name == "clumsy")
      return quit();
    const auto job = entry.items[1].items[1].text;
    ask({{"XACK", "jobs", "workers", entry.items[0].text}}, [this, job](const thespis::reply&) {
      send(boss, name, job);
      look_for_lost_job();
    });
  }
  caf::actor client, boss;
  std::string name;
};

/// Fills the queue and has it emptied. Returns whether nothing is left.
bool run_queue(caf::actor_system& system, thespis::store& store) {
  caf::scoped_actor boss{system};
  const auto ask = [&, client = store.connect()](thespis::request command) {
    thespis::reply answer;
    boss->request(client, caf::infinite, std::move(command))
      .receive([&](const thespis::reply& reply) { answer = reply; }, [](const caf::error&) {});
    return answer;
  };
  const auto hire = [&](const char* name) {
    return system.spawn<worker>(std::ref(store), name, caf::actor{boss});
  };
  ask({{"XGROUP", "CREATE", "jobs", "workers", "0", "MKSTREAM"}});
  for (std::size_t number = 1; number <= job_count; ++number)
    ask({{"XADD", "jobs", "*", "job", "job " + std::to_string(number)}});
  boss->wait_for(hire("clumsy"));
  std::cout << "clumsy has crashed with a job in hand\n";
  hire("careful");
  hire("steady");
  for (std::set<std::string> done; done.size() < job_count;)
    boss->receive([&](const std::string& name, const std::string& job) {
      done.insert(job);
      std::cout << name << " did " << job << '\n';
    });
  return ask({{"XPENDING", "jobs", "workers"}}).items().at(0).number == 0;
}

} // namespace

int main(int argc, char** argv) {
  caf::actor_system_config config;
  if (argc > 1 && std::string_view{argv[1]} == "--event-loops")
    thespis::use_event_loops(config, 2);
  caf::actor_system system{config};
  thespis::store store{system, thespis::options{}};
  const auto done = run_queue(system, store);
  std::cout << (done ? "all jobs are done\n" : "jobs are missing\n");
  return done ? 0 : 1;
}
