#pragma once

/// The words of one request: `arguments[0]` is the command's name, the rest its arguments. They are
/// views into the buffer of whoever sent the request, and live as long as the request runs.

#include <span>
#include <string_view>

namespace thespis::protocol {

using arguments = std::span<const std::string_view>;

} // namespace thespis::protocol
