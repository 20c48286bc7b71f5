#pragma once

#include <string_view>

namespace thespis::base {

/// What clients are told that they talk to; they turn features on by it.
inline constexpr std::string_view redis_version = "7.2.4";
/// What they really talk to.
inline constexpr std::string_view thespis_version = "0.1.0";

} // namespace thespis::base
