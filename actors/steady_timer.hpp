#pragma once

#include "actors/event_loop.hpp"

#include <asio/basic_waitable_timer.hpp>

#include <chrono>

namespace thespis::actors {

/// A timer of one event loop, on the clock that never jumps.
using steady_timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                                asio::wait_traits<std::chrono::steady_clock>,
                                                event_loop::executor_type>;

} // namespace thespis::actors
