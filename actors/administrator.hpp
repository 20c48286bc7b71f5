#pragma once

/// The actor that owns what the server knows about itself: settings, the directory of clients, the
/// slow log, latency history and statistics (commands::server_state). It runs every command whose
/// way is `administrator`, one at a time, and floats like a partition.

#include "actors/core.hpp"
#include "actors/journal_keeper.hpp"
#include "actors/listening_places.hpp"
#include "actors/messages.hpp"
#include "actors/saver.hpp"
#include "actors/store_actor.hpp"

#include <map>
#include <vector>

namespace thespis::actors {

class administrator final : public store_actor {
public:
  administrator(caf::actor_config& config, core& home);
  ~administrator() override;

  caf::behavior make_behavior() override;

private:
  class visit;

  void receive(batch& work);
  bool find_names_for(batch& work) noexcept;
  void run(batch& work, bool again = false);
  bool begin_wait(batch& work, keyspace::command_context& ctx);
  void note_end_of_save(const snapshot_done& news);
  void lend_to(keyspace::command_context& ctx, const batch& work) noexcept;
  void note(std::vector<commands::slow_request>& slow) noexcept;
  void welcome(const client_came& client) noexcept;
  void kill_client(std::uint64_t id);
  void pass_on(const redirected_keys& news);
  void sample();
  void follow_addresses();
  void set_hooks();

  core& core_;
  listening_places places_;
  saver saver_;
  journal_keeper journal_;
  /// Where to send what concerns one client.
  std::map<std::uint64_t, caf::actor> addresses_;
};

} // namespace thespis::actors
