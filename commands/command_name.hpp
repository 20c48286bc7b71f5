#pragma once

#include "protocol/command_spec.hpp"

#include <string_view>

namespace thespis::commands {

/// The name under which clients know a row: hidden rows go by the name of their container.
constexpr std::string_view shown_name(const protocol::command_spec& spec) noexcept {
  if ((spec.flags & protocol::hidden) == 0)
    return spec.name;
  return spec.name.substr(0, spec.name.find('|'));
}

} // namespace thespis::commands
