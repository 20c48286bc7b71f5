#pragma once

/// The libraries of functions that FUNCTION LOAD brought, and their functions by name, as FCALL
/// wants them. One for all partitions: whoever has borrowed any of them may read it, whoever has
/// borrowed all of them may change it. A change is whole or does not happen.
///
/// Names of libraries are told apart by the case of their letters, names of functions are not. A
/// library may register names that differ by that alone: then the first is the one that is called.

#include "base/ascii.hpp"
#include "commands/library_figures.hpp"
#include "commands/script_hints.hpp"
#include "scripting/library.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace thespis::commands {

class function_library {
public:
  using entry = std::shared_ptr<const scripting::library>;
  struct function {
    entry library;
    std::size_t index = 0;

    const scripting::library_function& about() const noexcept {
      return library->functions[index];
    }
  };

  /// Both outlive it.
  function_library(library_figures& figures, script_hints& hints) noexcept
    : figures_(figures), hints_(hints) {
  }

  /// The function of that name, in any case; null: there is none. Valid until a change. Cost: O(1).
  const function* find(std::string_view name) const {
    const auto found = now_.functions.find(name);
    return found == now_.functions.end() ? nullptr : &found->second;
  }
  bool has_library(std::string_view name) const {
    return now_.libraries.contains(name);
  }
  /// By name.
  const std::map<std::string, entry, std::less<>>& libraries() const noexcept {
    return now_.libraries;
  }
  /// The ids of all, sorted.
  std::vector<std::uint64_t> ids() const;
  /// Which has not been given to any library yet.
  std::uint64_t next_id() noexcept {
    return ++last_id_;
  }

  enum class joining : std::uint8_t {
    append,  ///< names of libraries must be new
    replace, ///< they take the place of those of their names
    flush,   ///< they take the place of all
  };
  /// Adds libraries. Returns nullopt, or what is wrong with them, without the error's code. Cost:
  /// O(all functions).
  std::optional<std::string> join(const std::vector<entry>& more, joining how);
  bool remove(std::string_view library);
  void clear();

  /// How often it has changed: engines forget libraries that are gone.
  std::uint64_t generation() const noexcept {
    return generation_;
  }

private:
  struct hash_of_name {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept;
  };
  struct same_name {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept {
      return base::equals_nocase(a, b);
    }
  };
  struct content {
    std::map<std::string, entry, std::less<>> libraries;
    std::unordered_map<std::string, function, hash_of_name, same_name> functions;

    std::optional<std::string> add(const entry& one);
    void remove(entry one);
  };

  void become(content next) noexcept;

  library_figures& figures_;
  script_hints& hints_;
  content now_;
  std::uint64_t last_id_ = 0;
  std::uint64_t generation_ = 0;
};

} // namespace thespis::commands
