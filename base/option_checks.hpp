#pragma once

/// The checks that single rows of the table of options name: each says what is wrong, in Redis'
/// words, or null. Checks that need the outside world (does the directory exist, is the port free)
/// are made by whoever applies a change.

#include "base/option_kind.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::base::option_checks {

const char* dump_file_name(std::string_view text);
const char* append_file_name(std::string_view text);
const char* append_directory_name(std::string_view text);
const char* announced_host_name(std::string_view text);
/// The name of a node for people: no white space, control characters or marks of nodes.conf.
const char* announced_node_name(std::string_view text);
/// Text with {title} {listen-addr} {server-mode} {port} {tls-port} {unixsocket} {config-file} and
/// {{ for a brace. What only can become nothing is refused.
const char* process_title(std::string_view text);

/// SAVE and NOSAVE exclude each other.
const char* shutdown_options(std::int64_t bits);
/// There is no defragmentation, with this or with Debian's allocator.
const char* defragmentation(std::int64_t on);

/// Ticks a second: at least 1, at most 500.
std::int64_t tick_rate(std::int64_t hz);
/// At least 16 KiB.
std::int64_t backlog_size(std::int64_t bytes);

} // namespace thespis::base::option_checks

namespace thespis::base::option_grammars {

/// "seconds changes" pairs, which add to `text`; nothing or one empty word for no save points.
const char* save(option_words words, std::string& text);
/// "class hard soft seconds" groups; classes that are not named keep what they have.
const char* client_output_buffer_limit(option_words words, std::string& text);
/// Up to 16 addresses.
const char* bind(option_words words, std::string& text);
/// "host port", or "no one".
const char* replicaof(option_words words, std::string& text);
/// Three numbers from -2000 to 2000.
const char* oom_score_adj_values(option_words words, std::string& text);
/// Numbers from 0 to 100.
const char* latency_percentiles(option_words words, std::string& text);

} // namespace thespis::base::option_grammars

namespace thespis::base {

/// After `seconds` with at least `changes` changes a snapshot is due.
struct save_point {
  std::int64_t seconds;
  std::int64_t changes;

  bool operator==(const save_point&) const = default;
};

enum class client_class : std::uint8_t { normal, replica, pubsub };
inline constexpr std::size_t client_class_count = 3;

/// When a client that does not read is closed: at once, or after so long above the soft limit. Zero
/// is no limit.
struct output_limit {
  std::uint64_t hard_bytes = 0;
  std::uint64_t soft_bytes = 0;
  std::int64_t soft_seconds = 0;

  bool operator==(const output_limit&) const = default;
};

// These read canonical texts, as the grammars above leave them. REQUIRES: the text is one.
std::vector<save_point> save_points_of(std::string_view text);
/// In the order of client_class.
std::vector<output_limit> output_limits_of(std::string_view text);
std::vector<double> percentiles_of(std::string_view text);
std::vector<std::string> words_of(std::string_view text);

/// "normal", "slave", "pubsub".
std::string_view client_class_name(client_class cls) noexcept;

} // namespace thespis::base
