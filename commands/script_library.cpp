#include "commands/script_library.hpp"

#include "base/ascii.hpp"
#include "commands/shebang.hpp"

#include <algorithm>
#include <array>

namespace thespis::commands {

script_library::entry script_library::find(std::string_view sha) const {
  std::array<char, scripting::sha_digits> name{};
  if (sha.size() != name.size())
    return nullptr;
  std::transform(sha.begin(), sha.end(), name.begin(), base::lower);
  const auto found = scripts_.find(std::string_view{name.data(), name.size()});
  return found == scripts_.end() ? nullptr : found->second;
}

void script_library::add(entry one) {
  auto name = one->sha;
  const auto& made = *scripts_.try_emplace(std::move(name), std::move(one)).first->second;
  hints_.note(made.sha, (made.flags & script_declared_keys) != 0);
}

void script_library::clear() noexcept {
  hints_.clear();
  scripts_.clear();
  ++generation_;
}

} // namespace thespis::commands
