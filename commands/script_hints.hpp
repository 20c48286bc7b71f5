#pragma once

/// Which scripts and functions use no keys but those that they are called with, for clients to send
/// them to the partitions of these. Read by everybody at any time, written by whoever adds a script
/// or functions to the libraries. Only a hint: a script that is not known here gets all partitions,
/// and one that is known and uses another key gets an error.

#include "base/sha1.hpp"
#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace thespis::commands {

class script_hints {
public:
  /// `sha`: 40 hexadecimal digits. `declares`: it says of itself that it declares its keys.
  void note(std::string_view sha, bool declares) noexcept;
  /// `name`: in any case.
  void note_function(std::string_view name, bool declares) noexcept;
  /// Forgets the scripts.
  void clear() noexcept;

  /// Option script-undeclared-keys: whether scripts may use keys that they have not declared,
  /// unless they say otherwise.
  void allow_undeclared(bool yes) noexcept {
    undeclared_.store(yes, std::memory_order_relaxed);
  }

  /// Whether the request runs a script that needs no partitions but those of its keys. `spec`: one
  /// whose way is `script`. Cost: O(1); SHA-1 of the script where EVAL brings one with a first line
  /// of flags.
  bool declares_keys(const protocol::command_spec& spec,
                     protocol::arguments request) const noexcept;

private:
  /// A newer script takes the place of an older one with the same last digits.
  static constexpr std::size_t slots = 1024;

  using table = std::array<std::atomic<std::uint64_t>, slots>;

  static void note(table& where, std::uint64_t digits, bool declares) noexcept;
  bool knows(const table& where, std::uint64_t digits) const noexcept;

  table known_{};
  table functions_{};
  std::atomic<bool> undeclared_{true};
};

} // namespace thespis::commands
