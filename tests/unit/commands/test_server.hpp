#pragma once

/// A server in a test's hand: the state that the administrator owns, on top of a test_store that
/// sends requests to it. Clients are in the directory, hooks write down what they were asked.
///
///   test_server server;
///   CHECK(server.run("CLIENT", "SETNAME", "ann") == ok());
///   CHECK(server.state.clients.find(1)->name == "ann");

#include "base/options.hpp"
#include "commands/rows.hpp"
#include "commands/server_state.hpp"
#include "tests/unit/commands/test_store.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace thespis::tests {

class test_server {
public:
  explicit test_server(std::size_t shards = 1, int protocol = 2) : store(shards, protocol) {
    state.runners.push_back(&store.statistics());
    state.loops.push_back(&network);
    for (std::size_t i = 0; i < shards; ++i)
      state.shards.push_back(&store.shard(i));
    store.server = &state;
    state.facts.started_ms = store.now_ms();
    state.hooks.kill_client = [this](std::uint64_t id) {
      killed.push_back(id);
      state.clients.remove(id);
    };
    state.hooks.pause_changed = [this] { ++pause_changes; };
    state.hooks.log = [this](base::log_level, std::string_view text) { logged.emplace_back(text); };
    add_record("127.0.0.1:5001");
    state.apply_settings();
  }

  template <class... Words>
  resp_value run(const Words&... words) {
    return store.run(words...);
  }

  /// A further client, which speaks from now on.
  std::size_t connect(std::string_view address, int protocol = 2) {
    const auto number = store.connect(protocol);
    add_record(address);
    return number;
  }

  commands::client_record& record() {
    return *state.clients.find(store.client().id);
  }

  base::options options;
  commands::server_state state{options, commands::all_commands().rows()};
  commands::network_statistics network;
  test_store store;
  std::vector<std::uint64_t> killed;
  std::vector<std::string> logged;
  int pause_changes = 0;

private:
  void add_record(std::string_view address) {
    auto record = std::make_shared<commands::client_record>();
    record->id = store.client().id;
    record->address = address;
    record->local_address = "127.0.0.1:6379";
    record->created_ms = store.now_ms();
    record->last_interaction_ms = store.now_ms();
    store.client().address = address;
    state.clients.add(std::move(record));
  }
};

} // namespace thespis::tests
