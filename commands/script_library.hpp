#pragma once

/// The scripts that SCRIPT LOAD and EVAL brought, by their SHA-1, as EVALSHA wants them. One for
/// all partitions: whoever has borrowed any of them may read it, whoever has borrowed all of them
/// may change it.

#include "commands/library_figures.hpp"
#include "commands/script_hints.hpp"
#include "scripting/script.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace thespis::commands {

class script_library {
public:
  /// Both outlive it.
  script_library(library_figures& figures, script_hints& hints) noexcept
    : figures_(figures), hints_(hints) {
  }
  using entry = std::shared_ptr<const scripting::script>;

  /// `sha`: 40 hexadecimal digits, in any case; otherwise there is none. Cost: O(1).
  entry find(std::string_view sha) const;
  /// Also notes what clients may know of it. Throws std::bad_alloc.
  void add(entry one);
  void clear() noexcept;

  std::size_t size() const noexcept {
    return scripts_.size();
  }
  /// How often all have been forgotten: engines forget what they have compiled when it changes.
  std::uint64_t generation() const noexcept {
    return generation_;
  }

private:
  struct hash_of_name {
    using is_transparent = void;

    std::size_t operator()(std::string_view name) const noexcept {
      return std::hash<std::string_view>{}(name);
    }
  };

  library_figures& figures_;
  script_hints& hints_;
  std::unordered_map<std::string, entry, hash_of_name, std::equal_to<>> scripts_;
  std::uint64_t generation_ = 0;
};

} // namespace thespis::commands
