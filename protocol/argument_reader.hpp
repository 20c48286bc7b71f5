#pragma once

/// Reads the arguments of a command one after the other. The first thing that is wrong is latched:
/// everything after it yields harmless values, so a command checks once, at the end:
///
///   argument_reader in{args};
///   const auto key = in.next();
///   std::int64_t seconds = 0;
///   while (in.more())
///     if (in.option("EX"))
///       seconds = in.integer();
///     else
///       in.fail(errors::syntax);
///   if (in.failed())
///     return ctx.reply.error(in.error());
///
/// A missing argument is a syntax error, as in Redis. Lives on the stack of one command; the views
/// that it hands out live as long as the arguments.

#include "protocol/arguments.hpp"
#include "protocol/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace thespis::protocol {

class argument_reader {
public:
  /// `first`: the index of the first argument to read.
  explicit argument_reader(arguments args, std::size_t first = 1) noexcept
    : args_(args), at_(first < args.size() ? first : args.size()) {
  }

  // -- position ---------------------------------------------------------------------------------
  /// Whether there is another argument and nothing went wrong yet; the condition of option loops.
  bool more() const noexcept {
    return at_ < args_.size() && !failed();
  }
  std::size_t left() const noexcept {
    return args_.size() - at_;
  }
  /// The index of the next argument.
  std::size_t position() const noexcept {
    return at_;
  }
  /// What has not been read.
  arguments rest() const noexcept {
    return args_.subspan(at_);
  }
  void skip(std::size_t count) noexcept {
    at_ += count < left() ? count : left();
  }

  // -- words ------------------------------------------------------------------------------------
  std::string_view next();
  /// The next `count` arguments; none and a syntax error if there are fewer.
  arguments next(std::size_t count);
  /// The next argument without reading it; empty at the end.
  std::string_view peek() const noexcept {
    return at_ < args_.size() ? args_[at_] : std::string_view{};
  }
  /// Reads the next argument if it is `name`, in any case.
  bool option(std::string_view name) noexcept;
  /// The same, but only if at least `values` arguments follow it (Redis then takes the word for
  /// something else or for an error).
  bool option(std::string_view name, std::size_t values) noexcept {
    return left() > values && option(name);
  }

  // -- numbers ----------------------------------------------------------------------------------
  /// `why`: the error if it is none. 0 after an error.
  std::int64_t integer(std::string_view why = errors::not_an_integer);
  /// The same, within [min, max]. Without `why`: the texts of Redis' range check.
  std::int64_t integer_in(std::int64_t min, std::int64_t max, std::string_view why = {});
  /// Zero or more, "value is out of range, must be positive" otherwise.
  std::int64_t natural(std::string_view why = errors::not_positive) {
    return integer_in(0, std::numeric_limits<std::int64_t>::max(), why);
  }
  /// A C int, such as a database's index.
  std::int32_t small_integer(std::string_view why = {});
  /// For cursors and ids.
  std::uint64_t unsigned_integer(std::string_view why = errors::invalid_cursor);
  double number(std::string_view why = errors::not_a_float);
  long double long_number(std::string_view why = errors::not_a_float);

  // -- errors -----------------------------------------------------------------------------------
  /// Latches an error unless there is one. `text`: one of errors.hpp's constants (the view is
  /// kept).
  void fail(std::string_view text) noexcept {
    if (error_.empty())
      error_ = text;
  }
  /// The same for a text that was made up on the spot.
  void fail(std::string text) {
    if (error_.empty()) {
      storage_ = std::move(text);
      error_ = storage_;
    }
  }
  void fail(const char* text) noexcept {
    fail(std::string_view{text});
  }
  /// A syntax error if anything has not been read.
  void finish() noexcept {
    if (left() != 0)
      fail(errors::syntax);
  }
  bool failed() const noexcept {
    return !error_.empty();
  }
  /// REQUIRES: failed(). Valid as long as the reader.
  std::string_view error() const noexcept {
    return error_;
  }

  argument_reader(const argument_reader&) = delete;
  argument_reader& operator=(const argument_reader&) = delete;

private:
  arguments args_;
  std::size_t at_;
  std::string_view error_;
  std::string storage_;
};

} // namespace thespis::protocol
