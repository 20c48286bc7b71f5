/// MEMORY DOCTOR: rules of thumb over the memory figures, in words of our own. The thresholds are
/// Redis', so that both see the same cases.

#include "commands/memory_report.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace thespis::commands {

namespace {

constexpr std::uint64_t mib = 1024 * 1024;
/// Below it figures say nothing.
constexpr std::uint64_t used_bytes_min = 5 * mib;
constexpr std::int64_t waste_bytes_min = 10 * static_cast<std::int64_t>(mib);
constexpr std::uint64_t client_bytes_max = 200 * 1024;
constexpr std::uint64_t replica_bytes_max = 10 * mib;
constexpr double peak_ratio = 1.5;
constexpr double fragmentation_ratio = 1.4;
constexpr double allocator_ratio = 1.1;

struct symptom {
  bool (*seen)(const memory_report& report);
  std::string_view advice;
};

bool is_wasteful(double ratio, double limit, std::int64_t bytes) {
  return ratio > limit && bytes > waste_bytes_min;
}

constexpr std::array symptoms = {
  symptom{[](const memory_report& report) {
            return static_cast<double>(report.measured.peak)
                   > static_cast<double>(report.measured.used) * peak_ratio;
          },
          "Peak memory: in the past this instance used more than 150% of what it uses now. The "
          "allocator may keep what was freed since; MEMORY PURGE gives back what it can."},
  symptom{
    [](const memory_report& report) {
      return is_wasteful(report.fragmentation, fragmentation_ratio, report.fragmentation_bytes);
    },
    "High total RSS: the process holds more than 1.4 times the memory that is in use. The lines "
    "below tell where it is, if they find it."},
  symptom{[](const memory_report& report) {
            return is_wasteful(report.allocator_fragmentation, allocator_ratio,
                               report.allocator_fragmentation_bytes);
          },
          "High allocator fragmentation: pages are only partly used. Keys of many different sizes "
          "that come and go do this; a restart packs them again."},
  symptom{
    [](const memory_report& report) {
      return is_wasteful(report.allocator_resident_ratio, allocator_ratio,
                         report.allocator_resident_bytes);
    },
    "High allocator RSS overhead: the allocator keeps pages that it does not use. MEMORY PURGE "
    "gives them back."},
  symptom{[](const memory_report& report) {
            return is_wasteful(report.process_overhead_ratio, allocator_ratio,
                               report.process_overhead_bytes);
          },
          "High process RSS overhead: memory of the process that is not the allocator's, such as "
          "code, stacks and libraries, is unusually much."},
  symptom{[](const memory_report& report) {
            return report.clients != 0 && report.clients_normal / report.clients > client_bytes_max;
          },
          "Big client buffers: clients hold more than 200 KiB on average. Some of them read too "
          "slowly or send very large requests; CLIENT LIST shows them by tot-mem."},
  symptom{[](const memory_report& report) { return report.clients_replicas > replica_bytes_max; },
          "Big replica buffers: replicas read more slowly than this server writes. Look at their "
          "network and at client-output-buffer-limit."},
};

} // namespace

std::string explain_memory(const memory_report& report) {
  if (report.measured.used < used_bytes_min)
    return "This instance is empty or uses very little memory: there is nothing to diagnose yet.\n";
  std::string out;
  for (const auto& [seen, advice] : symptoms)
    if (seen(report))
      fmt::format_to(std::back_inserter(out), " * {}\n\n", advice);
  if (out.empty())
    return "No memory problem was found in this instance.\n";
  return "Memory problems were found in this instance:\n\n" + out;
}

} // namespace thespis::commands
