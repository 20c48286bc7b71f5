#pragma once

/// Finds the addresses of host names for somebody who must not wait for that: a detached actor,
/// that is, with a thread of its own, made for one search and gone after it.

#include "actors/messages.hpp"
#include "actors/store_actor.hpp"

#include <caf/actor.hpp>
#include <caf/mailbox_element.hpp>

namespace thespis::actors {

class name_finder final : public store_actor {
public:
  /// `asker` gets `answer` when all names have been found, whatever the outcome. It is waited for,
  /// so it is made beforehand: to send it cannot fail.
  name_finder(caf::actor_config& config, caf::actor asker, caf::mailbox_element_ptr answer);
  ~name_finder() override;

  caf::behavior make_behavior() override;

private:
  void find(host_addresses& names) noexcept;

  caf::actor asker_;
  caf::mailbox_element_ptr answer_;
};

} // namespace thespis::actors
