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

/// In the shortest way: an integer of up to 32 bits as such, more than 20 bytes with LZF if
/// `compress` and that makes them shorter. Cost: O(length).
void append_rdb_string(std::string& out, std::string_view bytes, bool compress);

/// The digits of an integer. The same, without writing them first.
void append_rdb_integer(std::string& out, std::int64_t value);

} // namespace thespis::persistence
