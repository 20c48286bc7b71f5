#pragma once

/// Which scripts run, seen from outside: by the administrator, who may end one, and by whoever
/// admits requests, who turns them away while one takes long. One status per partition: a script
/// runs in one of those that it has borrowed.
///
/// All of it is atomic. The partition that runs the script writes its status; the administrator may
/// turn `slow` into `killed`, and nothing else.

#include "commands/admission.hpp"

#include <atomic>
#include <cstdint>
#include <deque>

namespace thespis::commands {

class running_scripts;

/// The script that a partition runs, if it does.
class script_status {
public:
  explicit script_status(running_scripts& all) noexcept : all_(all) {
  }

  // -- whoever runs it --------------------------------------------------------------------------
  void begin(bool is_function) noexcept;
  /// It has changed something: it cannot be killed any more.
  void note_write() noexcept {
    wrote_.store(true, std::memory_order_relaxed);
  }
  bool has_written() const noexcept {
    return wrote_.load(std::memory_order_relaxed);
  }
  /// It has run for longer than busy-reply-threshold. May be repeated.
  void note_slow() noexcept;
  bool is_killed() const noexcept {
    return phase_.load() == phase::killed;
  }
  void end() noexcept;

  // -- anybody ----------------------------------------------------------------------------------
  bool is_slow() const noexcept {
    return phase_.load() == phase::slow;
  }
  bool is_function() const noexcept {
    return is_function_.load(std::memory_order_relaxed);
  }
  /// Returns false if it is not slow any more.
  bool kill() noexcept;

private:
  enum class phase : std::uint8_t { idle, running, slow, killed };

  running_scripts& all_;
  std::atomic<phase> phase_{phase::idle};
  std::atomic<bool> wrote_{false};
  std::atomic<bool> is_function_{false};
};

/// Those of all partitions.
class running_scripts {
public:
  enum class kill_outcome : std::uint8_t {
    killed,
    /// None takes long.
    none,
    /// Those that do have changed something.
    unkillable,
    /// What takes long is a function, and a script was to be ended; or the other way round.
    other_kind,
  };

  running_scripts(std::size_t partition_count, server_gates& gates);
  running_scripts(const running_scripts&) = delete;
  running_scripts& operator=(const running_scripts&) = delete;

  script_status& of(std::size_t partition) noexcept {
    return statuses_[partition];
  }

  /// SCRIPT KILL, FUNCTION KILL: ends those of that kind that take long and have changed nothing.
  kill_outcome kill(bool functions) noexcept;
  /// The server ends: all that take long end, now and from now on, whatever they have done.
  void end_all() noexcept;
  bool some_are_slow() const noexcept {
    return gates_.is_up(gate_busy_script);
  }
  bool slow_one_is_function() const noexcept {
    return gates_.busy_with_function.load(std::memory_order_relaxed);
  }

private:
  friend class script_status;

  script_status* find_slow() noexcept;
  void review() noexcept;

  server_gates& gates_;
  std::atomic<bool> ending_{false};
  std::deque<script_status> statuses_;
};

} // namespace thespis::commands
