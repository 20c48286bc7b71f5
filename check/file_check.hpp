#pragma once

/// Verifies what the server finds at its start: a snapshot, a file of the journal, or a manifest
/// and all files that it names. What a file is shows by how it begins, as for the server.

#include "check/verdict.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace thespis::check {

struct file_check_options {
  /// Unix time.
  std::int64_t now_ms = 0;
  /// A torn end of the last file of a journal is to be cut off...
  bool fix = false;
  /// ... if the answer to this question is yes.
  std::function<bool(std::string_view)> agrees{};
};

/// Prints what is there and what is wrong. Throws std::bad_alloc. Cost: O(bytes).
verdict check_file(const std::string& path, const file_check_options& how);

} // namespace thespis::check
