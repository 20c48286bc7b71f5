#pragma once

/// Tells ThreadSanitizer of orderings that it cannot see: CAF's mailboxes live in a library that is
/// not instrumented, so that without these notes everything that a message hands over would look
/// like a race. `published(x)` stands before a hand-over, `received(x)` after it. In other builds
/// both are nothing.

#if defined(__SANITIZE_THREAD__)
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

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

} // namespace thespis::actors
