#pragma once

/// Asks the processor to bring the line of the cache at `address` near, without waiting for it. The
/// address may be anything: nothing is read.
///
/// GCC 12 takes a function that does nothing but __builtin_prefetch for one without any effect, and
/// removes the calls of it (ipa-pure-const). The empty statement is an effect in its eyes.

namespace thespis::base {

inline void prefetch(const void* address) noexcept {
  __builtin_prefetch(address);
  asm volatile("" : : "r"(address));
}

} // namespace thespis::base
