#pragma once

/// Messages that have been made and not been sent: whoever must not fail halfway (a multicast, the
/// end of a meeting) makes all of them first. Linked by the field that mailboxes link them by, so
/// the chain itself needs no memory.

#include "actors/happens_before.hpp"

#include <caf/mailbox_element.hpp>

#include <utility>

namespace thespis::actors {

class message_chain {
public:
  message_chain() noexcept = default;
  message_chain(message_chain&& other) noexcept : first_(std::exchange(other.first_, nullptr)) {
  }
  message_chain& operator=(message_chain&& other) noexcept {
    std::swap(first_, other.first_);
    return *this;
  }
  ~message_chain() {
    while (first_ != nullptr)
      take();
  }

  void add(caf::mailbox_element_ptr message) noexcept {
    const unwatched link;
    message->next = first_;
    first_ = message.release();
  }

  /// One of them; all are alike to the chain. REQUIRES: there is one.
  caf::mailbox_element_ptr take() noexcept {
    const unwatched link;
    auto* const taken = first_;
    first_ = static_cast<caf::mailbox_element*>(std::exchange(taken->next, nullptr));
    return caf::mailbox_element_ptr{taken};
  }

private:
  caf::mailbox_element* first_ = nullptr;
};

} // namespace thespis::actors
