#pragma once

/// What host names stand for. To find that out may take many seconds, so on event loops nobody
/// asks: who needs a name there has it found by a name_finder, and opens sockets with the answer.

#include <map>
#include <string>
#include <string_view>

namespace thespis::actors {

class host_addresses {
public:
  /// What was found for a name: an address in digits, or (`error` not 0) what getaddrinfo said.
  struct answer {
    std::string digits;
    int error = 0;
  };

  /// Whether it is the name of a host, and not "*", "::*" or an address in digits.
  static bool is_name(const std::string& address);

  bool empty() const noexcept {
    return answers_.empty();
  }
  /// Takes note of a name that is to be found.
  void want(std::string name) {
    answers_.try_emplace(std::move(name));
  }
  /// Asks the system for all names. Blocks for as long as it takes.
  void find_all();
  /// Null if nobody wanted that name.
  const answer* find(const std::string& name) const {
    const auto found = answers_.find(name);
    return found == answers_.end() ? nullptr : &found->second;
  }

private:
  std::map<std::string, answer> answers_;
};

} // namespace thespis::actors
