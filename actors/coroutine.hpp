#pragma once

#include <coroutine>
#include <exception>

namespace thespis::actors {

/// A coroutine that nobody awaits: it starts at once and frees itself when it ends. A connection's
/// life is one of these. What it suspends for resumes it through its handle, on the loop it was
/// started on. An exception that leaves it ends the process: it would otherwise be lost.
struct free_coroutine {
  struct promise_type {
    free_coroutine get_return_object() const noexcept {
      return {};
    }
    std::suspend_never initial_suspend() const noexcept {
      return {};
    }
    std::suspend_never final_suspend() const noexcept {
      return {};
    }
    void return_void() const noexcept {
    }
    [[noreturn]] void unhandled_exception() const noexcept {
      std::terminate();
    }
  };
};

} // namespace thespis::actors
