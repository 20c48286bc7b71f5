#pragma once

/// What the kernel and the allocator say about this process. jemalloc is asked if the program is
/// linked with it, otherwise the C library.

#include "actors/core.hpp"
#include "commands/server_figures.hpp"

#include <string>

namespace thespis::actors {

/// Name and version of the allocator ("jemalloc-5.3.0", "libc").
std::string allocator_name();

/// Cost: some tens of microseconds; reads /proc.
commands::memory_figures measure_memory(const core& home);
commands::cpu_figures measure_cpu();

/// Gives unused pages back to the kernel. Cost: up to milliseconds.
void purge_memory();

/// Whether the allocator gives pages back by a thread of its own, some seconds after they were
/// freed. Otherwise it is done by whoever allocates. Does nothing where the allocator has no such
/// thread.
void use_allocator_thread(bool on) noexcept;

/// The allocator's own statistics in words (MEMORY MALLOC-STATS).
std::string allocator_report();

/// What does not change: ids, versions, the machine.
commands::server_facts gather_facts(const core& home);

} // namespace thespis::actors
