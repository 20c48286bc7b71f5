#include "commands/script_library.hpp"

#include "base/ascii.hpp"
#include "commands/shebang.hpp"

#include <algorithm>
#include <array>

namespace thespis::commands {

namespace {

/// About what the table needs for a script.
constexpr std::size_t overhead_bytes = 224;

} // namespace

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
  const auto [place, is_new] = scripts_.try_emplace(std::move(name), std::move(one));
  const auto& made = *place->second;
  if (is_new) {
    figures_.scripts.set(scripts_.size());
    figures_.script_bytes.add(overhead_bytes + made.sha.size() + made.source.size());
  }
  hints_.note(made.sha, (made.flags & script_declared_keys) != 0);
}

void script_library::clear() noexcept {
  hints_.clear();
  scripts_.clear();
  figures_.scripts.set(0);
  figures_.script_bytes.set(0);
  ++generation_;
}

} // namespace thespis::commands
