#pragma once

/// Writes replies as RESP2 or RESP3, straight into the output buffer. Commands say what they mean
/// (a map, a null, a double); only the writer knows which protocol the client speaks.
///
/// The writer trusts its caller on shape: array(3) is followed by three values, map(2) by four.
/// Where the count is known only at the end, begin_array() keeps a place for the header and
/// end_array() fills it in; such pairs nest like brackets.
///
/// It remembers how many errors were written and the code word of the last ("WRONGTYPE"), which
/// costs nothing unless there is one. Not thread-safe; lives as long as the batch that it answers.
/// Source: the RESP3 specification.

#include "base/byte_buffer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::protocol {

class reply_writer {
public:
  /// Where a header that is not written yet will go.
  struct mark {
    std::size_t at;
    std::size_t room;
  };

  /// `protocol` is 2 or 3. `out` must outlive the writer.
  reply_writer(base::byte_buffer& out, int protocol) noexcept : out_(out), protocol_(protocol) {
  }

  int protocol() const noexcept {
    return protocol_;
  }
  /// HELLO: takes effect with the next value.
  void set_protocol(int protocol) noexcept {
    protocol_ = protocol;
  }
  base::byte_buffer& buffer() noexcept {
    return out_;
  }

  // -- plain values -----------------------------------------------------------------------------
  void ok() {
    raw("+OK\r\n");
  }
  /// CR and LF in `text` become spaces.
  void simple(std::string_view text);
  /// `text` begins with its code word ("ERR …"), without '-'. CR and LF become spaces.
  void error(std::string_view text);
  void integer(std::int64_t value) {
    if (static_cast<std::uint64_t>(value) < 10) {
      const char text[] = {':', static_cast<char>('0' + value), '\r', '\n'};
      raw({text, sizeof text});
    } else {
      long_integer(value);
    }
  }
  void bulk(std::string_view bytes) {
    char* const start = out_.prepare(bytes.size() + header_chars_max + 2);
    char* at = put_count(start, '$', bytes.size());
    if (!bytes.empty())
      std::memcpy(at, bytes.data(), bytes.size());
    at += bytes.size();
    at[0] = '\r';
    at[1] = '\n';
    out_.commit(static_cast<std::size_t>(at - start) + 2);
  }
  /// The decimal text of `value` as a bulk string.
  void bulk_integer(std::int64_t value);
  /// RESP2: `$-1`.
  void null() {
    raw(protocol_ == 2 ? std::string_view{"$-1\r\n"} : std::string_view{"_\r\n"});
  }
  /// RESP2: `*-1`; the same as null() in RESP3.
  void null_array() {
    raw(protocol_ == 2 ? std::string_view{"*-1\r\n"} : std::string_view{"_\r\n"});
  }
  /// bulk(*text) for anything optional or pointer-like that yields a string_view, otherwise null().
  template <class Optional>
  void bulk_or_null(const Optional& text) {
    if (text)
      bulk(*text);
    else
      null();
  }
  /// RESP2: a bulk string, with the same digits as in RESP3 (see base::format_double).
  void dbl(double value);
  /// A double printed as INCRBYFLOAT prints (GEOPOS, GEODIST): never with an exponent.
  void human_dbl(long double value);
  /// RESP2: 1 or 0.
  void boolean(bool value);
  /// RESP2: a bulk string. `digits`: an optional '-' and decimal digits.
  void big_number(std::string_view digits);
  /// RESP2: a bulk string of `text` alone. `format`: three letters ("txt", "mkd").
  void verbatim(std::string_view format, std::string_view text);

  // -- what holds other values ------------------------------------------------------------------
  void array(std::size_t count) {
    header('*', count);
  }
  /// `pairs` keys with their values follow. RESP2: an array of twice as many.
  void map(std::size_t pairs) {
    if (protocol_ == 2)
      header('*', pairs * 2);
    else
      header('%', pairs);
  }
  /// RESP2: an array.
  void set(std::size_t count) {
    header(protocol_ == 2 ? '*' : '~', count);
  }
  /// Out-of-band data. RESP2: an array.
  void push(std::size_t count) {
    header(protocol_ == 2 ? '*' : '>', count);
  }

  /// Keeps a place for the header of an array whose count is not known yet. Cost of the end:
  /// nothing if the count has as many digits as `expected`, otherwise what was written since is
  /// moved once.
  mark begin_array(std::size_t expected = 0);
  void end_array(mark where, std::size_t count) {
    fill('*', where, count);
  }
  mark begin_map(std::size_t expected_pairs = 0) {
    return begin_array(protocol_ == 2 ? expected_pairs * 2 : expected_pairs);
  }
  void end_map(mark where, std::size_t pairs) {
    fill(protocol_ == 2 ? '*' : '%', where, protocol_ == 2 ? pairs * 2 : pairs);
  }
  mark begin_set(std::size_t expected = 0) {
    return begin_array(expected);
  }
  void end_set(mark where, std::size_t count) {
    fill(protocol_ == 2 ? '*' : '~', where, count);
  }
  mark begin_push(std::size_t expected = 0) {
    return begin_array(expected);
  }
  void end_push(mark where, std::size_t count) {
    fill(protocol_ == 2 ? '*' : '>', where, count);
  }

  /// Bytes that are RESP already.
  void raw(std::string_view resp) {
    out_.append(resp);
  }

  /// An error that the client asked for: not counted.
  void wanted_error(std::string_view text) {
    line('-', text);
  }

  // -- errors so far ----------------------------------------------------------------------------
  std::uint64_t error_count() const noexcept {
    return error_count_;
  }
  /// The code word of the last error, at most 32 characters; empty if there was none. The view is
  /// valid until the next error.
  std::string_view last_error_code() const noexcept {
    return {last_code_.data(), last_code_size_};
  }

private:
  /// A type byte, 20 digits, CR, LF.
  static constexpr std::size_t header_chars_max = 23;

  static char* put_count(char* at, char type, std::size_t count) noexcept {
    *at++ = type;
    if (count < 10)
      *at++ = static_cast<char>('0' + count);
    else if (count < 100) {
      *at++ = static_cast<char>('0' + count / 10);
      *at++ = static_cast<char>('0' + count % 10);
    } else {
      at = put_long_count(at, count);
    }
    *at++ = '\r';
    *at++ = '\n';
    return at;
  }
  static char* put_long_count(char* at, std::size_t count) noexcept;

  void header(char type, std::size_t count) {
    char* const start = out_.prepare(header_chars_max);
    out_.commit(static_cast<std::size_t>(put_count(start, type, count) - start));
  }
  void fill(char type, mark where, std::size_t count);
  void long_integer(std::int64_t value);
  /// One line: type, text with CR and LF as spaces, CR LF.
  void line(char type, std::string_view text);
  void remember_code(std::string_view text) noexcept;

  base::byte_buffer& out_;
  int protocol_;
  std::uint32_t last_code_size_ = 0;
  std::uint64_t error_count_ = 0;
  std::array<char, 32> last_code_;
};

} // namespace thespis::protocol
