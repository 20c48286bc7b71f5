#pragma once

/// The libraries of functions that one engine has loaded: for each a list of Lua functions, kept in
/// the registry. What a library's functions share (the local variables of its body) lives as long
/// as it is loaded, in each engine for itself.

#include "scripting/host.hpp"
#include "scripting/library.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace thespis::scripting {

struct interpreter;
struct library_in_loading;

class loaded_libraries {
public:
  explicit loaded_libraries(interpreter& lua) noexcept : lua_(lua) {
  }

  /// Runs the body, and appends what it registers to `functions`. Returns nullopt, or what is
  /// wrong; then nothing has been kept. `server` is asked whether it takes too long, and logs. Uses
  /// the engine's coroutine. Throws std::bad_alloc. REQUIRES: the engine is not suspended.
  std::optional<std::string> load(const library& what, host& server, flag_reader flag_named,
                                  std::vector<library_function>& functions);
  bool has(std::uint64_t id) const noexcept {
    return lists_.contains(id);
  }
  void unload(std::uint64_t id) noexcept;
  template <class Predicate>
  void unload_if(Predicate is_gone) {
    for (auto one = lists_.begin(); one != lists_.end();) {
      const auto id = one->first;
      ++one;
      if (is_gone(id))
        unload(id);
    }
  }

  /// Pushes a function to the main state's stack. REQUIRES: has(id), and it has so many functions.
  void push(std::uint64_t id, std::size_t function) const noexcept;

private:
  void begin(host& server, library_in_loading& loading) noexcept;
  void end(int body) noexcept;
  std::optional<std::string> compile(std::string_view source, int& list, int& body);
  std::optional<std::string> run_body(int body);
  std::optional<std::string> outcome_of(int status);

  interpreter& lua_;
  /// References in the registry.
  std::unordered_map<std::uint64_t, int> lists_;
};

} // namespace thespis::scripting
