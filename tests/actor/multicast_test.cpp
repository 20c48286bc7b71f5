/// The total order of multicasts. See actors/multicast.hpp.

#include "actors/loop_coordinator.hpp"
#include "actors/messages.hpp"
#include "actors/multicast.hpp"
#include "actors/store_actor.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <deque>
#include <numeric>
#include <thread>

using namespace thespis::actors;

namespace {

/// One multicast: `work` is only its name here, nobody looks into it.
struct cast {
  std::atomic<multicast_number> armed{0};
};

/// Notes the order in which multicasts came.
class witness final : public store_actor {
public:
  witness(caf::actor_config& config, std::vector<const cast*>& order, std::size_t expected,
          caf::actor host)
    : store_actor(config), order_(order), expected_(expected), host_(std::move(host)) {
  }

  ~witness() override {
    outlived_references(*this);
  }

  caf::behavior make_behavior() override {
    return {[this](const partition_task& task) {
      const turn now{this};
      auto* one = reinterpret_cast<cast*>(task.work);
      await_armed(one->armed);
      order_.push_back(one);
      if (order_.size() == expected_) {
        published(&order_);
        send(host_, caf::ok_atom::value);
      }
    }};
  }

private:
  std::vector<const cast*>& order_;
  std::size_t expected_;
  caf::actor host_;
};

/// Runs nothing; notes whether the multicast was armed when each receiver was woken.
class watching_unit final : public caf::execution_unit {
public:
  watching_unit(caf::actor_system& system, const std::atomic<multicast_number>& armed)
    : caf::execution_unit(&system), armed_(armed) {
  }
  ~watching_unit() override {
    for (auto* one : woken)
      caf::scheduler::abstract_coordinator::cleanup_and_release(one);
  }
  void exec_later(caf::resumable* job) override {
    woken.push_back(job);
    armed_when_woken = armed_when_woken || armed_.load() != 0;
  }

  std::vector<caf::resumable*> woken;
  bool armed_when_woken = false;

private:
  const std::atomic<multicast_number>& armed_;
};

partition_task naming(cast& one) {
  return {.what = partition_task::kind::run, .work = reinterpret_cast<batch*>(&one)};
}

} // namespace

TEST_CASE("all partitions see all multicasts in the same order", "[multicast]") {
  constexpr std::size_t sender_count = 3;
  constexpr std::size_t casts_per_sender = 1000;
  constexpr std::size_t receiver_count = 4;
  std::vector<std::vector<const cast*>> orders(receiver_count);
  std::deque<cast> casts(sender_count * casts_per_sender);
  caf::actor_system_config config;
  use_event_loops(config, 2);
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  std::vector<caf::actor> receivers;
  for (auto& order : orders)
    receivers.push_back(
      system.spawn<witness, caf::hidden>(std::ref(order), casts.size(), caf::actor{self}));
  std::vector<partition_index> targets(receiver_count);
  std::iota(targets.begin(), targets.end(), partition_index{0});
  multicast_order total_order{receiver_count};
  std::vector<std::thread> senders;
  for (std::size_t from = 0; from < sender_count; ++from)
    senders.emplace_back([&, from] {
      for (std::size_t i = 0; i < casts_per_sender; ++i) {
        auto& one = casts[from * casts_per_sender + i];
        total_order.send(receivers, targets, naming(one), one.armed, nullptr);
      }
    });
  for (std::size_t i = 0; i < receiver_count; ++i)
    self->receive([](caf::ok_atom) {});
  for (auto& sender : senders)
    sender.join();
  for (const auto& order : orders) {
    received(&order);
    CHECK(order == orders.front());
  }
  for (const auto& one : receivers)
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}

TEST_CASE("a multicast is armed when it is in all mailboxes, and not before", "[multicast]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::vector<const cast*> order;
  cast one;
  watching_unit here{system, one.armed};
  std::vector<caf::actor> receivers;
  for (int i = 0; i < 3; ++i)
    receivers.push_back(
      system.spawn<witness, caf::hidden + caf::lazy_init>(std::ref(order), 1u, caf::actor{}));
  const partition_index targets[] = {0, 2};
  multicast_order{receivers.size()}.send(receivers, targets, naming(one), one.armed, &here);
  CHECK(here.woken.size() == 2);
  CHECK_FALSE(here.armed_when_woken);
  CHECK(one.armed == 1);
}

TEST_CASE("who meets a multicast that is not armed waits for it", "[multicast]") {
  std::atomic<multicast_number> armed{0};
  std::atomic<bool> waits{false};
  int in_all_mailboxes = 0;
  std::thread sender{[&] {
    while (!waits)
      std::this_thread::yield();
    in_all_mailboxes = 1;
    armed.store(7, std::memory_order_release);
  }};
  waits = true;
  CHECK(await_armed(armed) == 7);
  CHECK(in_all_mailboxes == 1);
  sender.join();
}
