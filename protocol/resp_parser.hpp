#pragma once

/// The incremental parser of requests: RESP arrays of bulk strings ("multibulk") and inline
/// commands.
///
/// The caller owns the bytes. It hands in everything that is unread, from the first byte of the
/// current request on; the parser says how many bytes are done with, and appends one view per word
/// to a vector of the caller's. While a request is incomplete its bytes stay with the caller, who
/// may move them: the parser remembers offsets only, and not even those of the words. A request
/// that is all there is taken in one pass. Otherwise the length lines are followed as bytes come
/// in, and once the last one is there a second pass makes the views: an array of a million words
/// that arrives in pieces costs two passes and no memory, and an announced size costs nothing at
/// all.
///
/// After an error the connection must be closed; every further call gives the same error.
/// Limits and texts are Redis 7.2's. Not thread-safe; one per connection.
/// Source: the Redis serialization protocol specification.
///
///   while (true) {
///     auto status = parser.next(unread, consumed, args);
///     unread.remove_prefix(consumed);
///     if (status != parse_status::complete) break;
///     ...
///   }

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::protocol {

enum class parse_status : std::uint8_t { complete, incomplete, error };

class resp_parser {
public:
  /// Longest inline request and longest length line, in bytes.
  static constexpr std::size_t line_bytes_max = 64 * 1024;
  static constexpr std::int64_t words_max = std::numeric_limits<std::int32_t>::max();
  static constexpr std::int64_t unauthenticated_words_max = 10;
  static constexpr std::int64_t unauthenticated_bulk_bytes_max = 16384;
  static constexpr std::int64_t default_bulk_bytes_max = 512 * 1024 * 1024;

  /// Reads the next request. `input`: the unread bytes; while a request is incomplete, the next
  /// call must pass the same bytes again with more behind them.
  ///
  /// complete: the words were appended to `args` (at least one), as views into `input` or into the
  /// parser's own storage. incomplete: more bytes are needed, `args` is as it was. error: see
  /// error(). `consumed`: how many bytes at the front of `input` are done with (empty requests are
  /// skipped, so it may be more than 0 in every case). Throws std::bad_alloc only.
  parse_status next(std::string_view input, std::size_t& consumed,
                    std::vector<std::string_view>& args) {
    if (fresh_) [[likely]] {
      consumed = take_whole(input, args);
      if (consumed != 0) [[likely]]
        return parse_status::complete;
    }
    return next_slowly(input, consumed, args);
  }

  /// After parse_status::error: the text for the client, with its code word.
  std::string_view error() const noexcept {
    return error_;
  }

  /// After parse_status::incomplete within a bulk string: how many bytes are missing to its end
  /// (CRLF included), so that the buffer can grow once. 0 where that is not known.
  std::size_t bytes_wanted() const noexcept {
    return bytes_wanted_;
  }

  /// Frees the words that inline requests with quotes needed storage for. To be called when no view
  /// from before is in use any more.
  void release_inline() noexcept {
    if (!inline_words_.empty())
      inline_words_.clear();
  }

  /// Forgets everything about a begun request and about an error. Keeps the limits.
  void reset() noexcept;

  /// An unauthenticated client gets small limits: 10 words, 16 KiB each.
  void set_authenticated(bool authenticated) noexcept {
    set_limits(authenticated, bulk_bytes_max_);
  }
  /// proto-max-bulk-len.
  void set_bulk_bytes_max(std::int64_t bytes) noexcept {
    set_limits(authenticated_, bytes);
  }

private:
  /// What a step over a part of the request came to.
  enum class step : std::uint8_t { done, short_of_bytes, failed };

  std::size_t take_whole(std::string_view input, std::vector<std::string_view>& args);
  parse_status next_slowly(std::string_view input, std::size_t& consumed,
                           std::vector<std::string_view>& args);
  parse_status next_multibulk(std::string_view input, std::size_t& consumed,
                              std::vector<std::string_view>& args);
  parse_status next_inline(std::string_view input, std::size_t& consumed,
                           std::vector<std::string_view>& args);
  step read_word_count(std::string_view input);
  step read_words(std::string_view input, std::vector<std::string_view>* args);
  step read_bulk_length(std::string_view input);
  step find_line(std::string_view input, std::string_view too_long, std::size_t& end);
  parse_status split_inline(std::string_view line, std::vector<std::string_view>& args);
  parse_status stop(step why) noexcept;
  step fail(std::string_view text);
  step fail_expecting_bulk(char found);
  void start_over() noexcept;
  void set_limits(bool authenticated, std::int64_t bulk_bytes_max) noexcept;

  // Progress within the request that begins at offset 0 of the input.
  std::size_t at_ = 0;
  /// From `at_` on, these bytes hold no end of line.
  std::size_t scanned_ = 0;
  /// Words still to come; -1: the count has not been read.
  std::int64_t words_left_ = -1;
  std::int64_t word_count_ = 0;
  /// Offset of the first word's length line.
  std::size_t words_at_ = 0;
  /// Length of the bulk string that begins at `at_`; -1: its length line begins there.
  std::int64_t bulk_length_ = -1;
  std::size_t bytes_wanted_ = 0;

  /// Nothing is begun and there is no error.
  bool fresh_ = true;
  bool authenticated_ = true;
  std::int64_t bulk_bytes_max_ = default_bulk_bytes_max;
  // What a request may have to be taken whole: both limits in one.
  std::size_t whole_words_max_ = words_max;
  std::size_t whole_bulk_bytes_max_ = default_bulk_bytes_max;
  std::string error_;
  /// A deque: views into its strings stay valid while it grows.
  std::deque<std::string> inline_words_;
};

} // namespace thespis::protocol
