#pragma once

/// Which scripts run, seen from outside: by the administrator, who may end one, and by whoever
/// admits requests, who turns them away while one takes long. One status per partition: a script
/// runs in one of those that it has borrowed.
///
/// All of it is atomic. The partition that runs the script writes its status; the administrator may
/// turn `slow` into `killed`, and nothing else.

#include "base/counter.hpp"
#include "commands/admission.hpp"
#include "protocol/arguments.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::commands {

class running_scripts;

/// A script that takes long, for those who ask which it is.
struct described_script {
  /// Of a function.
  std::string name;
  /// The client's request.
  std::vector<std::string> words;
  /// Ticks of base/tick_clock.hpp.
  std::uint64_t began_ticks = 0;
};

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
  /// What it is, said before it is slow. Without memory for that nobody is told.
  void describe(std::string_view name, protocol::arguments words,
                std::uint64_t began_ticks) noexcept;
  /// It has run for longer than busy-reply-threshold. May be repeated.
  void note_slow() noexcept;
  bool is_killed() const noexcept {
    return phase_.load() == phase::killed;
  }
  void end() noexcept;
  void note_engine_bytes(std::size_t bytes) noexcept {
    engine_bytes_.set(bytes);
  }

  // -- anybody ----------------------------------------------------------------------------------
  bool is_slow() const noexcept {
    return phase_.load() == phase::slow;
  }
  bool is_function() const noexcept {
    return is_function_.load(std::memory_order_relaxed);
  }
  /// Null: it is not slow, or there was no memory for it.
  std::shared_ptr<const described_script> description() const noexcept;
  std::uint64_t engine_bytes() const noexcept {
    return engine_bytes_.get();
  }
  /// Returns false if it is not slow any more.
  bool kill() noexcept;

private:
  enum class phase : std::uint8_t { idle, running, slow, killed };

  running_scripts& all_;
  std::atomic<phase> phase_{phase::idle};
  std::atomic<bool> wrote_{false};
  std::atomic<bool> is_function_{false};
  /// Read and written by atomic_load and its like.
  std::shared_ptr<const described_script> description_;
  base::counter engine_bytes_;
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
  /// One that is slow; null: there is none.
  std::shared_ptr<const described_script> slow_function() const noexcept;
  /// What the engines of all partitions hold.
  std::uint64_t engine_bytes() const noexcept;
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
