#pragma once

/// What the journal's files consist of: requests in the protocol's own form, as redis-server
/// writes them, in frames. A frame is what is verified as one: a line that redis-server takes for a
/// comment, and the requests that it speaks of.
///
///     #LSN:17-19 96 1f8a0c3e 5b2d91aa\r\n   first and last record, bytes, two sums (CRC-32C)
///     *3\r\n$3\r\nSET\r\n$1\r\na\r\n…       records 17 to 19
///
/// A record is what is replayed whole or not at all: one request, or several between MULTI and
/// EXEC. It never spans frames. The first sum is that of the records, the second one that of the
/// line before it: so a frame of which the end is missing is told from one that says nonsense.
/// Records have numbers without gaps, over all files of a journal, so that a missing frame shows. A
/// file has frames from its beginning to its end, or (written by redis-server, or with aof-checksum
/// off) none. Source: Redis, "Redis persistence"; docs/durability.md.

#include "protocol/arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thespis::persistence {

/// The number of a record; the first has 1.
using log_number = std::uint64_t;

struct journal_frame {
  log_number first = 0;
  log_number last = 0;
  /// Of the records.
  std::uint64_t bytes = 0;
  std::uint32_t checksum = 0;

  friend bool operator==(const journal_frame&, const journal_frame&) = default;
};

/// What a frame's line begins with, and what redis-server's time stamps do (aof-timestamp-enabled).
inline constexpr std::string_view frame_mark = "#LSN:";
inline constexpr std::string_view time_mark = "#TS:";
/// redis-server reads comments into a buffer of 128 bytes.
inline constexpr std::size_t comment_bytes_max = 127;

/// The line of a frame with these records. Throws std::bad_alloc.
std::string frame_line(log_number first, log_number last, std::string_view records);
/// Empty: it is none, or not as it was written. `line`: without the end of line.
std::optional<journal_frame> parse_frame_line(std::string_view line) noexcept;
/// Whether these are the records of the frame.
bool belongs_to(std::string_view records, const journal_frame& frame) noexcept;

// All of these append, and throw std::bad_alloc.

void append_request(std::string& out, protocol::arguments words);
void append_select(std::string& out, int database);
void append_begin(std::string& out);
void append_end(std::string& out);
void append_time(std::string& out, std::int64_t unix_s);

} // namespace thespis::persistence
