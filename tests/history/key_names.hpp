#pragma once

/// Names for keys, each used once, in the partition that is wanted. They are numbers, because all
/// that a history contains are numbers.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thespis::history {

class key_names {
public:
  explicit key_names(std::size_t partitions) : partitions_(partitions) {
  }

  /// Keys that lie in different partitions, as far as there are so many.
  std::vector<std::int64_t> spread(std::size_t count);

private:
  std::int64_t next_in(std::size_t partition);

  std::size_t partitions_;
  std::size_t next_partition_ = 0;
  std::int64_t last_ = 0;
};

} // namespace thespis::history
