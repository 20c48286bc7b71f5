/// The event loop by itself: jobs are plain functions, and the test's own thread runs the loop.

#include "actors/event_loop.hpp"
#include "actors/loop_group.hpp"

#include <asio/post.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/ref_counted.hpp>
#include <caf/resumable.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <functional>
#include <future>
#include <numeric>
#include <thread>

using namespace thespis::actors;

namespace {

/// Something to run that is no actor. It is run again for as long as it answers true.
class job final : public caf::resumable, public caf::ref_counted {
public:
  using body = std::function<bool(caf::execution_unit*, std::size_t messages_max)>;

  explicit job(body run) : run_(std::move(run)) {
    ++alive;
  }
  ~job() override {
    --alive;
  }
  subtype_t subtype() const override {
    return function_object;
  }
  resume_result resume(caf::execution_unit* here, std::size_t messages_max) override {
    return run_(here, messages_max) ? resume_later : done;
  }
  void intrusive_ptr_add_ref_impl() override {
    ref();
  }
  void intrusive_ptr_release_impl() override {
    deref();
  }

  static inline std::atomic<int> alive{0};

private:
  body run_;
};

/// A job with the one reference that exec_later takes over.
caf::resumable* once(std::function<void()> run) {
  return new job{[run = std::move(run)](auto*, auto) {
    run();
    return false;
  }};
}

struct loop_fixture {
  caf::actor_system_config config;
  caf::actor_system system{config};
  event_loop loop{system, 0};
  std::vector<int> seen;

  void see_later(int number) {
    loop.exec_later(once([this, number] { seen.push_back(number); }));
  }
  void stop_later() {
    loop.exec_later(once([this] { loop.stop(); }));
  }
};

} // namespace

TEST_CASE_METHOD(loop_fixture, "a loop runs jobs in the order they came from another thread",
                 "[event_loop]") {
  for (int i = 0; i < 100; ++i)
    see_later(i);
  stop_later();
  loop.run();
  std::vector<int> expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(seen == expected);
  CHECK(job::alive == 0);
}

TEST_CASE_METHOD(loop_fixture, "jobs that a job makes ready run behind those that are",
                 "[event_loop]") {
  loop.exec_later(once([this] {
    see_later(1);
    stop_later();
  }));
  see_later(0);
  loop.run();
  CHECK(seen == std::vector{0, 1});
}

TEST_CASE_METHOD(loop_fixture, "a loop knows its own thread", "[event_loop]") {
  event_loop* inside = nullptr;
  caf::execution_unit* unit = nullptr;
  loop.exec_later(new job{[&](caf::execution_unit* here, auto) {
    inside = event_loop::current();
    unit = here;
    loop.stop();
    return false;
  }});
  CHECK(event_loop::current() == nullptr);
  loop.run();
  CHECK(inside == &loop);
  CHECK(unit == &loop);
  CHECK(event_loop::current() == nullptr);
}

TEST_CASE_METHOD(loop_fixture, "each thread's jobs keep their order, and none is lost",
                 "[event_loop]") {
  constexpr int thread_count = 4;
  constexpr int jobs_per_thread = 2000;
  std::vector<std::vector<int>> seen_from(thread_count);
  int left = thread_count * jobs_per_thread;
  std::vector<std::thread> threads;
  for (int from = 0; from < thread_count; ++from)
    threads.emplace_back([&, from] {
      for (int i = 0; i < jobs_per_thread; ++i)
        loop.exec_later(once([&, from, i] {
          seen_from[static_cast<std::size_t>(from)].push_back(i);
          if (--left == 0)
            loop.stop();
        }));
    });
  loop.run();
  for (auto& thread : threads)
    thread.join();
  std::vector<int> expected(jobs_per_thread);
  std::iota(expected.begin(), expected.end(), 0);
  for (const auto& one : seen_from)
    CHECK(one == expected);
  CHECK(job::alive == 0);
}

TEST_CASE_METHOD(loop_fixture, "a job that is not done goes to the back of the queue",
                 "[event_loop]") {
  loop.exec_later(new job{[this](auto*, auto) {
    seen.push_back(0);
    if (seen.size() < 5)
      return true;
    loop.stop();
    return false;
  }});
  see_later(1);
  loop.run();
  CHECK(seen == std::vector{0, 1, 0, 0, 0});
}

TEST_CASE_METHOD(loop_fixture, "a job may handle 64 messages before others have their turn",
                 "[event_loop]") {
  std::size_t bound = 0;
  loop.exec_later(new job{[&](auto*, std::size_t messages_max) {
    bound = messages_max;
    loop.stop();
    return false;
  }});
  loop.run();
  CHECK(bound == 64);
}

TEST_CASE_METHOD(loop_fixture, "sockets and timers have their turn beside a job that never ends",
                 "[event_loop]") {
  auto stopped = false;
  loop.exec_later(new job{[&](auto*, auto) { return !stopped; }});
  asio::post(loop.io(), [&] {
    stopped = true;
    loop.stop();
  });
  loop.run();
  CHECK(stopped);
}

TEST_CASE_METHOD(loop_fixture, "another thread ends a loop that sleeps", "[event_loop]") {
  std::thread other{[this] { loop.stop(); }};
  loop.run();
  other.join();
  SUCCEED("run() came back");
}

TEST_CASE("what is ready when a loop ends has its turn, what comes later is dropped",
          "[event_loop]") {
  {
    loop_fixture fixture;
    fixture.stop_later();
    for (int i = 0; i < 1000; ++i)
      fixture.see_later(i);
    fixture.loop.run();
    CHECK(fixture.seen.size() == 1000);
    fixture.see_later(1000);
    CHECK(fixture.seen.size() == 1000);
    CHECK(job::alive == 1);
  }
  CHECK(job::alive == 0);
}

TEST_CASE_METHOD(loop_fixture, "a loop ends although a job never does", "[event_loop]") {
  stop_later();
  loop.exec_later(new job{[](auto*, auto) { return true; }});
  loop.run();
  SUCCEED("run() came back");
}

TEST_CASE("a group hands work to its loops in turn, and to the loop that asks", "[event_loop]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  loop_group group{system, 3};
  for (std::size_t expected : {0u, 1u, 2u, 0u})
    CHECK(group.next().index() == expected);
  group.start();
  std::promise<std::size_t> answer;
  group.at(2).exec_later(once([&] { answer.set_value(group.next().index()); }));
  CHECK(answer.get_future().get() == 2);
  group.stop();
}

TEST_CASE("a loop of another group is not asked to serve this one", "[event_loop]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  loop_group group{system, 1};
  loop_group stranger{system, 1};
  stranger.start();
  std::promise<event_loop*> answer;
  stranger.at(0).exec_later(once([&] { answer.set_value(&group.next()); }));
  CHECK(answer.get_future().get() == &group.at(0));
  stranger.stop();
}
