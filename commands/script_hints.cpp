#include "commands/script_hints.hpp"

#include "base/ascii.hpp"

namespace thespis::commands {

namespace {

/// The lowest bit says whether the script declares its keys of itself.
constexpr std::uint64_t flag_bit = 1;
constexpr std::size_t digits_used = 16;

/// The first 64 bits of the name but the last; never 0.
std::uint64_t digits_of(std::string_view sha) noexcept {
  std::uint64_t all = 0;
  for (const auto digit : sha.substr(0, digits_used))
    all = all << 4 | (static_cast<unsigned>(base::hex_value(digit)) & 15u);
  return (all | 2u) & ~flag_bit;
}

std::uint64_t digits_of(const base::sha1_digest& digest) noexcept {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < digits_used / 2; ++i)
    all = all << 8 | digest[i];
  return (all | 2u) & ~flag_bit;
}

/// FNV-1a of the name in lower case, as digits_of().
std::uint64_t digits_of_name(std::string_view name) noexcept {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325ULL;
  for (const char c : name)
    hash = (hash ^ static_cast<unsigned char>(base::lower(c))) * 0x100'0000'01b3ULL;
  return (hash | 2u) & ~flag_bit;
}

} // namespace

void script_hints::note(std::string_view sha, bool declares) noexcept {
  note(known_, digits_of(sha), declares);
}

void script_hints::note_function(std::string_view name, bool declares) noexcept {
  note(functions_, digits_of_name(name), declares);
}

void script_hints::note(table& where, std::uint64_t digits, bool declares) noexcept {
  where[digits / 4 % slots].store(digits | (declares ? flag_bit : 0), std::memory_order_relaxed);
}

void script_hints::clear() noexcept {
  for (auto& one : known_)
    one.store(0, std::memory_order_relaxed);
}

bool script_hints::knows(const table& where, std::uint64_t digits) const noexcept {
  const auto found = where[digits / 4 % slots].load(std::memory_order_relaxed);
  if ((found & ~flag_bit) != digits)
    return false;
  return (found & flag_bit) != 0 || !undeclared_.load(std::memory_order_relaxed);
}

bool script_hints::declares_keys(const protocol::command_spec& spec,
                                 protocol::arguments request) const noexcept {
  if (spec.keys.empty() || request.size() < 3)
    return false;
  if (spec.name.starts_with("fcall"))
    return knows(functions_, digits_of_name(request[1]));
  if (spec.name.starts_with("evalsha"))
    return request[1].size() == 40 && knows(known_, digits_of(request[1]));
  if (undeclared_.load(std::memory_order_relaxed) && !request[1].starts_with("#!"))
    return false;
  return knows(known_, digits_of(base::sha1(request[1])));
}

} // namespace thespis::commands
