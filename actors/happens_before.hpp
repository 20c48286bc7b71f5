#pragma once

/// Tells ThreadSanitizer of orderings that it cannot see: CAF's mailboxes live in a library that is
/// not instrumented, so that without these notes everything that a message hands over would look
/// like a race. `published(x)` stands before a hand-over, `received(x)` after it, and `turn` around
/// what an actor does with a message: its state goes from thread to thread by way of its mailbox.
/// CAF looks at a message, and frees it, before and after the handler and so outside of these; what
/// must not be mistaken for a race there is made `unwatched`. In other builds all of it is nothing.

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
extern "C" void __tsan_ignore_thread_begin();
extern "C" void __tsan_ignore_thread_end();
#endif

namespace caf {

class abstract_actor;
class resumable;

} // namespace caf

namespace thespis::actors {

inline void published([[maybe_unused]] const void* address) noexcept {
#if defined(__SANITIZE_THREAD__)
  __tsan_release(const_cast<void*>(address));
#endif
}

inline void received([[maybe_unused]] const void* address) noexcept {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(const_cast<void*>(address));
#endif
}

/// At the beginning of an actor's destructor: whoever drops the last reference has not been told by
/// CAF that the others are done with theirs. REQUIRES: `actor` is of the class that is destroyed.
template <class Actor>
void outlived_references(const Actor& actor) noexcept {
  received(static_cast<const caf::resumable*>(&actor));
  received(static_cast<const caf::abstract_actor*>(&actor));
}

/// While it lives, what this thread reads and writes is not looked at.
class unwatched {
public:
#if defined(__SANITIZE_THREAD__)
  unwatched() noexcept {
    __tsan_ignore_thread_begin();
  }
  ~unwatched() {
    __tsan_ignore_thread_end();
  }
#else
  unwatched() noexcept {
  }
#endif
  unwatched(const unwatched&) = delete;
  unwatched& operator=(const unwatched&) = delete;
};

/// While it lives, an actor handles a message.
class turn {
public:
  explicit turn(const caf::abstract_actor* actor) noexcept : actor_(actor) {
    received(actor_);
  }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn() {
    published(actor_);
  }

private:
  const void* actor_;
};

} // namespace thespis::actors
