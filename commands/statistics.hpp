#pragma once

/// What the server counts while it works. Every number has one writer at a time and any readers
/// (base/counter.hpp): each partition, each event loop and the administrator own a set, INFO adds
/// them up. Nothing is ever set back: CONFIG RESETSTAT keeps the sums of that moment as a baseline
/// and INFO subtracts it, so no writer is disturbed and no count is lost.

#include "base/counter.hpp"
#include "base/tick_clock.hpp"
#include "commands/error_statistics.hpp"
#include "commands/latency_histogram.hpp"
#include "commands/slow_request.hpp"
#include "protocol/command_spec.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace thespis::commands {

/// Settings that whoever runs commands reads, the same for all; the administrator writes them.
struct execution_settings {
  static constexpr std::uint64_t never = ~std::uint64_t{0};

  /// Ticks from which on a request is told to the administrator: the lower one of the slow log's
  /// and the latency monitor's thresholds.
  std::atomic<std::uint64_t> report_ticks{never};
  std::atomic<std::uint64_t> slow_log_ns{never};
  std::atomic<std::uint64_t> latency_monitor_ns{never};
  /// Option latency-tracking.
  std::atomic<bool> track_latency{true};
};

/// The counts of one row of the command table.
struct command_counters {
  base::counter calls;
  base::counter ns;
  base::counter rejected;
  base::counter failed;
  std::atomic<latency_histogram*> histogram{nullptr};
};

/// Counts of all commands that one writer runs. Its owner calls `start` at the beginning of a
/// batch; every request then ends with one reading of the clock, which is the beginning of the
/// next.
class command_statistics {
public:
  /// Requests waiting to be told are dropped beyond it (a flood of slow ones says it all).
  static constexpr std::size_t pending_max = 128;

  /// `rows`: those of the command table, which outlives this.
  command_statistics(std::span<const protocol::command_spec> rows,
                     const execution_settings& settings);
  ~command_statistics();
  command_statistics(const command_statistics&) = delete;
  command_statistics& operator=(const command_statistics&) = delete;

  // -- the writer -------------------------------------------------------------------------------
  /// The clock starts now: a batch begins.
  void start() noexcept {
    last_ = base::tick_clock::read();
  }

  /// When the last call ended, or the first began.
  std::uint64_t last_ticks() const noexcept {
    return last_;
  }
  /// What has passed since then counts for the next call, though others have been counted.
  void rewind(std::uint64_t ticks) noexcept {
    last_ = ticks;
  }

  /// Counts a call that began when the last one ended (or at `start`), and returns its ticks.
  /// REQUIRES: `spec` is one of the rows.
  std::uint64_t count(const protocol::command_spec& spec) noexcept {
    const auto ticks = take_ticks();
    const auto ns = base::tick_clock::to_ns(ticks);
    auto& row = at(spec);
    row.calls.add();
    row.ns.add(ns);
    if (settings_.track_latency.load(std::memory_order_relaxed)) [[likely]] {
      auto* histogram = row.histogram.load(std::memory_order_relaxed);
      if (histogram == nullptr) [[unlikely]]
        histogram = make_histogram(row);
      if (histogram != nullptr) [[likely]]
        histogram->record(ns);
    }
    return ticks;
  }

  /// The same for a share of a call that is counted elsewhere.
  std::uint64_t count_share(const protocol::command_spec& spec) noexcept {
    const auto ticks = take_ticks();
    at(spec).ns.add(base::tick_clock::to_ns(ticks));
    return ticks;
  }

  /// A request changed that much of the keyspace.
  void changed(std::uint64_t changes) noexcept {
    changes_.add(changes);
  }
  /// The request was turned away before it ran. `spec` may be null (no such command).
  void rejected(const protocol::command_spec* spec, std::string_view error_code) noexcept;
  /// The request replied `errors` errors, the last with that code word; 0: one that was counted.
  void failed(const protocol::command_spec& spec, std::string_view error_code,
              std::uint64_t errors) noexcept;

  const execution_settings& settings() const noexcept {
    return settings_;
  }
  /// Requests for the administrator to hear of. The owner sends and empties it after each batch.
  std::vector<slow_request> pending;

  // -- anybody ----------------------------------------------------------------------------------
  std::span<const protocol::command_spec> rows() const noexcept {
    return rows_;
  }
  const command_counters& counters(std::size_t row) const noexcept {
    return counters_[row];
  }
  const error_statistics& errors() const noexcept {
    return errors_;
  }
  std::uint64_t changes() const noexcept {
    return changes_.get();
  }

private:
  std::uint64_t take_ticks() noexcept {
    const auto now = base::tick_clock::read();
    const auto ticks = base::tick_clock::elapsed(last_, now);
    last_ = now;
    return ticks;
  }
  command_counters& at(const protocol::command_spec& spec) noexcept {
    return counters_[static_cast<std::size_t>(&spec - rows_.data())];
  }
  latency_histogram* make_histogram(command_counters& row) noexcept;

  std::span<const protocol::command_spec> rows_;
  const execution_settings& settings_;
  std::unique_ptr<command_counters[]> counters_;
  std::uint64_t last_ = 0;
  base::counter changes_;
  error_statistics errors_;
};

/// What one event loop counts about its sockets.
struct network_statistics {
  base::counter connections_received;
  base::counter connections_rejected;
  base::counter bytes_in;
  base::counter bytes_out;
  base::counter reads;
  base::counter writes;
  base::counter query_buffer_limit_disconnections;
  base::counter output_buffer_limit_disconnections;
  base::counter clients_evicted;
  base::counter acl_auth_denied;
  base::counter turns;
  base::counter turns_ns;
};

/// Sums over all writers, a plain value; `subtract` takes a baseline off.
struct command_totals {
  struct command {
    std::uint64_t calls = 0;
    std::uint64_t ns = 0;
    std::uint64_t rejected = 0;
    std::uint64_t failed = 0;
    /// Null if nothing was recorded.
    std::unique_ptr<latency_distribution> latency;
  };

  /// As many as the command table has; empty before the first `add`.
  std::vector<command> rows;
  error_counts errors;

  /// Cost: O(rows), and 12 KiB read for each command that was used if `with_latency`.
  void add(const command_statistics& writer, bool with_latency);
  void subtract(const command_totals& baseline);
  /// Counts hidden rows (DEBUG's) as the command that clients know.
  void fold_hidden(std::span<const protocol::command_spec> specs);

  std::uint64_t calls() const noexcept;
  std::uint64_t error_replies() const noexcept;
};

} // namespace thespis::commands
