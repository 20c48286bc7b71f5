#include "commands/function_library.hpp"

#include "commands/shebang.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace thespis::commands {

namespace {

/// About what the tables need for a library and for a function.
constexpr std::size_t library_overhead_bytes = 160;
constexpr std::size_t function_overhead_bytes = 192;

std::size_t bytes_of(const scripting::library& one) noexcept {
  auto sum = library_overhead_bytes + 2 * one.name.size() + one.source.size();
  for (const auto& about : one.functions) {
    sum += function_overhead_bytes + 2 * about.name.size();
    sum += about.description ? about.description->size() : 0;
  }
  return sum;
}

} // namespace

/// FNV-1a of the name in lower case.
std::size_t function_library::hash_of_name::operator()(std::string_view name) const noexcept {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325ULL;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(base::lower(c))) * 0x100'0000'01b3ULL;
  return static_cast<std::size_t>(hash);
}

/// `one` by value: it may be the table's own.
void function_library::content::remove(entry one) {
  for (const auto& about : one->functions)
    if (const auto found = functions.find(std::string_view{about.name});
        found != functions.end() && found->second.library == one)
      functions.erase(found);
  libraries.erase(one->name);
}

std::optional<std::string> function_library::content::add(const entry& one) {
  if (libraries.find(one->name) != libraries.end())
    return fmt::format("Library {} already exists", one->name);
  for (std::size_t i = 0; i < one->functions.size(); ++i) {
    const auto& name = one->functions[i].name;
    const auto& made = functions.try_emplace(name, function{one, i}).first->second;
    if (made.library != one)
      return fmt::format("Function {} already exists", name);
  }
  libraries.emplace(one->name, one);
  return std::nullopt;
}

std::vector<std::uint64_t> function_library::ids() const {
  std::vector<std::uint64_t> all;
  for (const auto& [name, one] : now_.libraries)
    all.push_back(one->id);
  std::sort(all.begin(), all.end());
  return all;
}

std::optional<std::string> function_library::join(const std::vector<entry>& more, joining how) {
  content next;
  if (how != joining::flush)
    next = now_;
  // First all of them: a function may go from one library to another.
  if (how == joining::replace)
    for (const auto& one : more)
      if (const auto old = next.libraries.find(one->name); old != next.libraries.end())
        next.remove(old->second);
  for (const auto& one : more)
    if (auto error = next.add(one))
      return error;
  become(std::move(next));
  for (const auto& one : more)
    for (const auto& about : one->functions)
      hints_.note_function(about.name, (about.flags & script_declared_keys) != 0);
  return std::nullopt;
}

bool function_library::remove(std::string_view library) {
  const auto found = now_.libraries.find(library);
  if (found == now_.libraries.end())
    return false;
  auto next = now_;
  next.remove(found->second);
  become(std::move(next));
  return true;
}

void function_library::clear() {
  become({});
}

void function_library::become(content next) noexcept {
  now_ = std::move(next);
  ++generation_;
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const auto& [name, one] : now_.libraries) {
    count += one->functions.size();
    bytes += bytes_of(*one);
  }
  figures_.libraries.set(now_.libraries.size());
  figures_.functions.set(count);
  figures_.function_bytes.set(bytes);
}

} // namespace thespis::commands
