#include "commands/statistics.hpp"

#include "commands/command_name.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace thespis::commands {

command_statistics::command_statistics(std::span<const protocol::command_spec> rows,
                                       const execution_settings& settings)
  : rows_(rows),
    settings_(settings),
    counters_(std::make_unique<command_counters[]>(rows.size())),
    last_(base::tick_clock::read()) {
}

command_statistics::~command_statistics() {
  for (std::size_t i = 0; i < rows_.size(); ++i)
    delete counters_[i].histogram.load(std::memory_order_relaxed);
}

latency_histogram* command_statistics::make_histogram(command_counters& row) noexcept {
  auto* fresh = new (std::nothrow) latency_histogram;
  // Released: a reader that sees the pointer sees the zeros behind it.
  row.histogram.store(fresh, std::memory_order_release);
  return fresh;
}

void command_statistics::rejected(const protocol::command_spec* spec,
                                  std::string_view error_code) noexcept {
  if (spec != nullptr)
    at(*spec).rejected.add();
  errors_.add(error_code);
}

void command_statistics::failed(const protocol::command_spec& spec, std::string_view error_code,
                                std::uint64_t errors) noexcept {
  at(spec).failed.add();
  if (errors != 0)
    errors_.add(error_code, errors);
}

void command_totals::add(const command_statistics& writer, bool with_latency) {
  rows.resize(std::max(rows.size(), writer.rows().size()));
  for (std::size_t i = 0; i < writer.rows().size(); ++i) {
    const auto& from = writer.counters(i);
    auto& to = rows[i];
    to.calls += from.calls.get();
    to.ns += from.ns.get();
    to.rejected += from.rejected.get();
    to.failed += from.failed.get();
    const auto* histogram = from.histogram.load(std::memory_order_acquire);
    if (!with_latency || histogram == nullptr)
      continue;
    if (to.latency == nullptr)
      to.latency = std::make_unique<latency_distribution>();
    to.latency->add(*histogram);
  }
  writer.errors().sum_up(errors);
}

void command_totals::subtract(const command_totals& baseline) {
  for (std::size_t i = 0; i < std::min(rows.size(), baseline.rows.size()); ++i) {
    auto& row = rows[i];
    const auto& before = baseline.rows[i];
    row.calls -= std::min(row.calls, before.calls);
    row.ns -= std::min(row.ns, before.ns);
    row.rejected -= std::min(row.rejected, before.rejected);
    row.failed -= std::min(row.failed, before.failed);
    if (row.latency == nullptr || before.latency == nullptr)
      continue;
    row.latency->subtract(*before.latency);
    if (row.latency->total() == 0)
      row.latency.reset();
  }
  for (const auto& [code, times] : baseline.errors) {
    const auto found = errors.find(code);
    if (found == errors.end())
      continue;
    found->second -= std::min(found->second, times);
    if (found->second == 0)
      errors.erase(found);
  }
}

void command_totals::fold_hidden(std::span<const protocol::command_spec> specs) {
  for (std::size_t i = 0; i < std::min(rows.size(), specs.size()); ++i) {
    if ((specs[i].flags & protocol::hidden) == 0)
      continue;
    const auto shown = std::find_if(specs.begin(), specs.end(), [&](const auto& spec) {
      return spec.name == shown_name(specs[i]);
    });
    if (shown == specs.end())
      continue;
    auto& from = rows[i];
    auto& to = rows[static_cast<std::size_t>(shown - specs.begin())];
    to.calls += std::exchange(from.calls, 0);
    to.ns += std::exchange(from.ns, 0);
    to.rejected += std::exchange(from.rejected, 0);
    to.failed += std::exchange(from.failed, 0);
    if (from.latency == nullptr)
      continue;
    if (to.latency == nullptr)
      to.latency = std::move(from.latency);
    else
      to.latency->add(*from.latency);
    from.latency.reset();
  }
}

std::uint64_t command_totals::calls() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& row : rows)
    sum += row.calls;
  return sum;
}

std::uint64_t command_totals::error_replies() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& [code, times] : errors)
    sum += times;
  return sum;
}

} // namespace thespis::commands
