#include "base/tick_clock.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace thespis::base {

namespace {

/// How long the counter is watched to learn its speed.
constexpr std::uint64_t watch_ns = 1'000'000;

constexpr std::uint64_t one_ns = std::uint64_t{1} << 32;

} // namespace

bool tick_clock::find_counter() noexcept {
#if defined(__x86_64__)
  // Leaf 0x80000007, EDX bit 8: the counter runs at one speed whatever the core does.
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid(0x80000007u, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1u << 8)) != 0;
#else
  return false;
#endif
}

std::uint64_t tick_clock::measure() noexcept {
  if (!has_counter_)
    return one_ns;
  const auto ns_before = steady_ns();
  const auto ticks_before = read();
  auto ns = ns_before;
  while (ns - ns_before < watch_ns)
    ns = steady_ns();
  const auto ticks = std::max<std::uint64_t>(read() - ticks_before, 1);
  return std::max<std::uint64_t>(((ns - ns_before) << 32) / ticks, 1);
}

const bool tick_clock::has_counter_ = tick_clock::find_counter();
const std::uint64_t tick_clock::ns_per_tick_ = tick_clock::measure();

} // namespace thespis::base
