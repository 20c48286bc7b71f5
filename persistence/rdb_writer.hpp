#pragma once

/// Writes the primitives of the RDB format (persistence/rdb_reader.hpp has the layouts).

#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::persistence {

/// In the shortest of its encodings. Throws std::bad_alloc.
void append_rdb_length(std::string& out, std::uint64_t length);

/// As it is: neither as an integer nor compressed, which every reader understands.
void append_rdb_string(std::string& out, std::string_view bytes);

} // namespace thespis::persistence
