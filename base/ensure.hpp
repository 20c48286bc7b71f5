#pragma once

/// The check for our own mistakes. It stays on in release builds: a server that goes on after an
/// invariant broke could acknowledge what it does not hold. Never used on anything that a client
/// or a file can decide.

namespace thespis::base {

/// Prints the condition with its place to stderr and aborts.
[[noreturn]] void ensure_failed(const char* condition, const char* file, int line) noexcept;

} // namespace thespis::base

#define THESPIS_ENSURE(condition)                                                                  \
  (static_cast<bool>(condition) ? static_cast<void>(0)                                             \
                                : ::thespis::base::ensure_failed(#condition, __FILE__, __LINE__))
