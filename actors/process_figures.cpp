#include "actors/process_figures.hpp"

#include "base/hash.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <fstream>

// The interfaces of jemalloc and of the sanitizers' allocators, bound only if the program is linked
// with them.
extern "C" {
[[gnu::weak]] std::size_t __sanitizer_get_current_allocated_bytes();
[[gnu::weak]] int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value,
                          std::size_t new_size);
[[gnu::weak]] void malloc_stats_print(void (*write)(void*, const char*), void* to,
                                      const char* options);
}

namespace thespis::actors {

namespace {

bool has_jemalloc() noexcept {
  return mallctl != nullptr;
}

template <class T>
T ask_jemalloc(const char* name) {
  T value{};
  std::size_t size = sizeof value;
  mallctl(name, &value, &size, nullptr, 0);
  return value;
}

/// jemalloc's statistics are those of the last "epoch".
void refresh_statistics() {
  std::uint64_t epoch = 1;
  std::size_t size = sizeof epoch;
  mallctl("epoch", &epoch, &size, &epoch, size);
}

/// The second number of /proc/self/statm, in pages.
std::uint64_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::int64_t microseconds(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

std::string random_id() {
  return fmt::format("{:016x}{:016x}{:08x}", base::random_seed(), base::random_seed(),
                     static_cast<std::uint32_t>(base::random_seed()));
}

} // namespace

std::string allocator_name() {
  if (!has_jemalloc())
    return "libc";
  const std::string version = ask_jemalloc<const char*>("version");
  return "jemalloc-" + version.substr(0, version.find('-'));
}

commands::memory_figures measure_memory(const core&) {
  commands::memory_figures figures;
  figures.resident = resident_bytes();
  if (has_jemalloc()) {
    refresh_statistics();
    figures.allocator_allocated = ask_jemalloc<std::size_t>("stats.allocated");
    figures.allocator_active = ask_jemalloc<std::size_t>("stats.active");
    figures.allocator_resident = ask_jemalloc<std::size_t>("stats.resident");
    figures.used = figures.allocator_allocated;
  } else if (__sanitizer_get_current_allocated_bytes != nullptr) {
    figures.used = __sanitizer_get_current_allocated_bytes();
  } else {
    figures.used = ::mallinfo2().uordblks;
  }
  return figures;
}

commands::cpu_figures measure_cpu() {
  rusage self{};
  rusage children{};
  rusage thread{};
  ::getrusage(RUSAGE_SELF, &self);
  ::getrusage(RUSAGE_CHILDREN, &children);
  ::getrusage(RUSAGE_THREAD, &thread);
  return {.system_us = microseconds(self.ru_stime),
          .user_us = microseconds(self.ru_utime),
          .system_children_us = microseconds(children.ru_stime),
          .user_children_us = microseconds(children.ru_utime),
          .system_thread_us = microseconds(thread.ru_stime),
          .user_thread_us = microseconds(thread.ru_utime)};
}

void purge_memory() {
  // 4096 stands for all arenas (MALLCTL_ARENAS_ALL).
  if (has_jemalloc())
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
  else
    ::malloc_trim(0);
}

void use_allocator_thread(bool on) noexcept {
  if (!has_jemalloc())
    return;
  // The new thread inherits: like the event loops it preempts nobody.
  sched_param priority{};
  const auto policy = ::sched_getscheduler(0);
  ::sched_getparam(0, &priority);
  const sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
  mallctl("background_thread", nullptr, nullptr, &on, sizeof on);
  ::sched_setscheduler(0, policy, &priority);
}

std::string allocator_report() {
  if (malloc_stats_print == nullptr)
    return "Stats not supported for the current allocator";
  std::string report;
  malloc_stats_print(
    [](void* to, const char* text) { static_cast<std::string*>(to)->append(text); }, &report,
    nullptr);
  return report;
}

commands::server_facts gather_facts(const core& home) {
  commands::server_facts facts;
  facts.run_id = random_id();
  facts.replication_id = random_id();
  utsname system{};
  ::uname(&system);
  facts.os = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
  facts.compiler_version = fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
  facts.allocator = allocator_name();
  std::array<char, 4096> path{};
  if (const auto n = ::readlink("/proc/self/exe", path.data(), path.size()); n > 0)
    facts.executable.assign(path.data(), static_cast<std::size_t>(n));
  facts.process_id = ::getpid();
  facts.started_ms = home.now().ms;
  facts.system_memory_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES))
                              * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  facts.startup_memory_bytes = measure_memory(home).used;
  facts.event_loops = home.network.size() - 1;
  facts.partitions = home.partitions.size();
  return facts;
}

} // namespace thespis::actors
