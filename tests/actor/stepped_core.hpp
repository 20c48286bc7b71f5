#pragma once

/// Partitions and the administrator without threads: they run when, and as far as, a test says. No
/// meeting ends because it took long, unless the test sets home().meeting_ticks_max.
/// And a client that takes the road of a connection, without a socket.

#include "actors/administrator.hpp"
#include "actors/core.hpp"
#include "actors/dispatcher.hpp"
#include "actors/partition.hpp"
#include "tests/actor/running_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace thespis::tests {

class stepped_core {
public:
  explicit stepped_core(std::size_t partition_count,
                        actors::wall_clock clock = actors::system_time);
  ~stepped_core();

  actors::core& home() noexcept {
    return *core_;
  }
  base::options& settings() noexcept {
    return settings_;
  }
  caf::actor_system& system() noexcept {
    return *system_;
  }
  /// Runs all actors until none has anything to do.
  void run() {
    scheduler().run();
  }
  /// Lets a partition handle the messages that it has now, and nobody else.
  void run_partition(actors::partition_index index);

  /// How many keys a partition has in the first database.
  std::size_t keys_in(actors::partition_index index) const noexcept {
    return core_->shards[index].databases[0].size();
  }

  /// When a partition wants to be woken next, Unix ms; INT64_MAX if none does. The test plays the
  /// scheduler.
  std::int64_t next_wish_ms() const noexcept;
  /// How many wishes to be woken there are.
  std::size_t wishes() const noexcept {
    return wishes_.size();
  }
  /// Wakes the partitions that want to be woken next.
  void wake_partitions();

private:
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  }

  base::options settings_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::core> core_;
  std::vector<actors::wake_partition_at> wishes_;
};

/// A client with a dispatcher. Requests are in RESP2 unless it says HELLO 3.
class stepped_client {
public:
  using words = std::vector<std::string>;

  /// `words_stay`: as a connection's do, and an embedded client's do not.
  explicit stepped_client(stepped_core& world, bool words_stay = true);
  ~stepped_client();

  /// Says all of it in one pipeline, as a connection would that has read it at once, and returns
  /// what the server has sent when nothing moves any more. What comes behind a request that hangs
  /// up is not looked at; a request that has to wait for the end of a pause is given up.
  std::string say(const std::vector<words>& pipeline);

  /// Sends one request that needs a partition, without letting anybody run.
  void send(words request);
  bool answered() const noexcept {
    return answers_ > 0;
  }
  /// What the answer to `send` was.
  std::string take();

  const commands::client_record& record() const noexcept {
    return *record_;
  }

  bool hung_up = false;
  bool paused = false;
  /// How often the client had to wait for batch_done in `say`.
  int batches = 0;

private:
  actors::dispatcher::step place(const words& request);
  std::string take_output();

  stepped_core& world_;
  commands::client_record_ptr record_;
  actors::dispatcher dispatcher_;
  caf::actor owner_;
  int answers_ = 0;
  std::vector<words> kept_;
};

/// Two partitions with a key for each, and a client.
struct stepped_pair {
  stepped_core world{2};
  stepped_client client{world};
  const std::string a = key_in_partition(0, 2);
  const std::string b = key_in_partition(1, 2);
};

} // namespace thespis::tests
