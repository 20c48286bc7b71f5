#pragma once

/// A store in an actor system of its own, and conversations with it through embedded clients.

#include "actors/embedded_messages.hpp"
#include "actors/store.hpp"
#include "base/options.hpp"
#include "protocol/resp_value.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::tests {

/// A reply in one line: OK, "bulk", 7, null, -ERR text, [1, "a"].
std::string show(const protocol::resp_value& value);

/// The `number`-th key whose partition is `wanted`.
std::string key_in_partition(unsigned wanted, unsigned partition_count, unsigned number = 0);

/// What a request got when its client was gone.
inline constexpr std::string_view gone = "gone";

/// One thread's conversation with one embedded client.
class conversation {
public:
  using words = std::vector<std::string>;

  conversation(caf::actor_system& system, caf::actor client)
    : self_(system), client_(std::move(client)) {
  }

  /// Sends a request and waits for its reply. REQUIRES: the client is alive.
  actors::embedded_reply ask(words request);
  /// The same as one line, or `gone`.
  std::string say(words request);

  /// Sends all requests before it waits for the first reply.
  std::vector<std::string> say_all(const std::vector<words>& requests);

  template <class... Ts>
  std::string operator()(Ts&&... request) {
    return say({std::string{request}...});
  }

  const caf::actor& client() const noexcept {
    return client_;
  }
  caf::scoped_actor& self() noexcept {
    return self_;
  }

private:
  caf::scoped_actor self_;
  caf::actor client_;
};

enum class scheduling { event_loops, caf };

class running_store {
public:
  explicit running_store(unsigned partitions, unsigned loops = 2,
                         scheduling how = scheduling::event_loops,
                         actors::wall_clock clock = actors::system_time);

  caf::actor_system& system() noexcept {
    return *system_;
  }
  actors::store& operator*() noexcept {
    return *store_;
  }
  actors::store* operator->() noexcept {
    return store_.get();
  }
  /// Ends the store; the system goes on.
  void end() {
    store_.reset();
  }

  /// With a client of its own.
  std::unique_ptr<conversation> talk() {
    return std::make_unique<conversation>(*system_, store_->connect());
  }

private:
  base::options settings_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::store> store_;
};

} // namespace thespis::tests
