#pragma once

/// An embedded client as the fan-out sees it. The two run on different threads, so this is an
/// object of its own that touches nothing of the client's: it sends messages on to the client's
/// mailbox.
///
///     fan-out --push--> embedded_subscriber --forward--> embedded_client --> receiver
///
/// They take the way through the client, and not the short one to the receiver, because then they
/// are in order with the replies: a confirmation leaves before the first message of its topic, and
/// nothing after the confirmation of its end.
///
/// Owned by its client, and by the leave_topics that the client sends at its end: it lives for as
/// long as the fan-out may know it. What is known of its topics changes in turns of the fan-out
/// alone; the client reads it while no request of its own is there.

#include "pubsub/subscriber_table.hpp"

#include <caf/actor.hpp>
#include <caf/mailbox_element.hpp>

#include <memory>

namespace thespis::actors {

class embedded_subscriber final : public pubsub::subscriber {
public:
  explicit embedded_subscriber(caf::actor client);
  ~embedded_subscriber() override;

  /// Without memory for a message the client is closed: it would not know that it missed one.
  void push(const std::shared_ptr<const pubsub::delivery>& from,
            const pubsub::delivery::run& which) override;
  void flush_pushes() override {
  }
  /// They are ahead already: in the client's mailbox.
  bool send_ahead_of(base::byte_buffer&, std::size_t) noexcept override {
    return true;
  }

private:
  caf::actor client_;
  /// What closes the client; null once it has been sent.
  caf::mailbox_element_ptr close_;
};

} // namespace thespis::actors
