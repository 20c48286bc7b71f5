#pragma once

#include "base/random.hpp"

#include <string>

namespace thespis::commands {

/// A chorus of masks, drawn with Braille characters, no two alike: what LOLWUT replies. UTF-8,
/// lines end with LF. Cost: O(columns * rows).
std::string draw_masks(std::size_t columns, std::size_t rows, base::random_bits& random);

} // namespace thespis::commands
