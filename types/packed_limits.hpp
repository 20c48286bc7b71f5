#pragma once

#include <cstddef>

namespace thespis::types {

/// Up to what a collection stays in one packed block (*-max-listpack-entries and -value).
struct packed_limits {
  std::size_t entries = 128;
  std::size_t element_bytes = 64;
};

} // namespace thespis::types
