#include "types/set_member.hpp"

#include "base/size_class.hpp"

#include <cstdlib>
#include <limits>
#include <new>
#include <stdexcept>

namespace thespis::types {

std::size_t set_member::block_bytes(std::size_t size) noexcept {
  return is_short(size) ? alignment : base::size_class(sizeof(std::uint32_t) + size);
}

set_member* set_member::make(std::string_view text) {
  if (text.size() > std::numeric_limits<std::uint32_t>::max() - sizeof(std::uint32_t))
    throw std::length_error("set_member");
  auto* const block = static_cast<char*>(base::allocate(block_bytes(text.size())));
  if (is_short(text.size())) {
    std::memcpy(block, text.data(), text.size());
    return reinterpret_cast<set_member*>(block + text.size() - 1);
  }
  const auto size = static_cast<std::uint32_t>(text.size());
  std::memcpy(block, &size, sizeof size);
  if (size != 0)
    std::memcpy(block + sizeof size, text.data(), size);
  return reinterpret_cast<set_member*>(block);
}

void set_member::destroy(set_member* doomed) noexcept {
  auto* const here = reinterpret_cast<char*>(doomed);
  std::free(here - reinterpret_cast<std::uintptr_t>(here) % alignment);
}

} // namespace thespis::types
