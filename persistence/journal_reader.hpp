#pragma once

/// Reads a file of the journal from its beginning: requests, each with the place where it stands,
/// frames verified before any of their requests is given out. The file is not trusted.
///
/// What ends in the middle (of a frame, a request or a transaction) is torn: the machine went down
/// while it was written. Everything up to `whole_until()` is good, and nothing behind it was given
/// out, but for requests between MULTI and the missing EXEC, of which the caller has to keep hands
/// off until EXEC comes. Any other fault is damage.

#include "base/result.hpp"
#include "persistence/input_window.hpp"
#include "persistence/journal_format.hpp"
#include "protocol/resp_parser.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::persistence {

class journal_reader {
public:
  enum class outcome : std::uint8_t {
    /// words() has a request.
    request,
    /// The file ends here, and nothing is missing.
    end,
    /// It ends in the middle of something.
    torn,
    /// What is there is none of ours; see why().
    damaged,
  };

  /// `after`: the number of the last record of the files before it, 0: not known. `in` outlives it;
  /// what has been passed of it is good.
  journal_reader(input_window& in, log_number after) noexcept;

  /// The next request. After anything but a request: not to be called again. Throws std::bad_alloc.
  outcome next();

  /// Valid until next() is called again.
  const std::vector<std::string_view>& words() const noexcept {
    return words_;
  }
  /// Where the request begins.
  std::uint64_t offset() const noexcept {
    return offset_;
  }
  /// The end of the last record that is whole.
  std::uint64_t whole_until() const noexcept {
    return whole_until_;
  }
  /// The number of the last record so far; 0: the file has no frames.
  log_number last() const noexcept {
    return last_;
  }
  /// ... and of the first one of this file; 0: there is none yet.
  log_number first() const noexcept {
    return first_;
  }
  /// Whether the file has frames, and so every byte of it was verified.
  bool is_verified() const noexcept {
    return form_ == form::framed;
  }
  /// What is damaged or torn, and where.
  const std::string& why() const noexcept {
    return why_;
  }

private:
  /// What a client may send is a setting (proto-max-bulk-len), and may have been another one.
  static constexpr std::int64_t word_bytes_max = std::int64_t{1} << 40;

  enum class form : std::uint8_t { unknown, framed, plain };

  outcome read_line(std::string_view& line);
  outcome read_comment();
  outcome begin_frame(std::string_view line);
  outcome read_request();
  outcome note_transaction();
  outcome fail(outcome what, std::uint64_t at, std::string_view why);

  input_window& in_;
  protocol::resp_parser parser_;
  std::vector<std::string_view> words_;
  form form_ = form::unknown;
  log_number last_;
  log_number first_ = 0;
  /// Of a frame of which some requests have not been given out.
  std::uint64_t frame_end_ = 0;
  log_number frame_last_ = 0;
  std::size_t given_out_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t whole_until_;
  bool in_transaction_ = false;
  std::string why_;
};

} // namespace thespis::persistence
