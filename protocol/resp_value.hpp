#pragma once

/// A reply as a tree of values, and the reader that makes it from RESP2 or RESP3 bytes. For those
/// who embed the server and for tests; the server's own way of a reply is the writer alone. Also
/// the length of one reply in a run of bytes, which is what putting the replies of split commands
/// back into order needs.
///
/// The reader is for foreign bytes too: nesting is bounded, announced counts reserve nothing beyond
/// what the bytes at hand could hold. Attributes ('|') are read and dropped. RESP3's streamed types
/// ("$?", "*?") are errors; no server sends them. Source: the RESP3 specification.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::protocol {

enum class resp_type : std::uint8_t {
  null,
  simple,
  error,
  integer,
  bulk,
  array,
  map,
  set,
  dbl,
  boolean,
  big_number,
  verbatim,
  push,
};

/// One reply. Which members count depends on the type; the others have their initial values.
struct resp_value {
  resp_type type = resp_type::null;
  /// simple, error, bulk, big_number: the text. verbatim: with its format in front ("txt:Some
  /// text").
  std::string text;
  /// integer; boolean as 0 or 1.
  std::int64_t number = 0;
  /// dbl.
  double real = 0;
  /// array, set, push: the elements. map: key, value, key, value …
  std::vector<resp_value> items;

  static resp_value make_null() {
    return {};
  }
  static resp_value make_simple(std::string_view text);
  static resp_value make_error(std::string_view text);
  static resp_value make_integer(std::int64_t number);
  static resp_value make_bulk(std::string_view text);
  static resp_value make_array(std::vector<resp_value> items);

  bool is_null() const noexcept {
    return type == resp_type::null;
  }
  bool is_error() const noexcept {
    return type == resp_type::error;
  }
  /// The value of a map's text key, or null. Cost: O(n).
  const resp_value* find(std::string_view key) const noexcept;

  /// Same shape and content; two NaN are the same.
  friend bool operator==(const resp_value& a, const resp_value& b) noexcept;
};

/// Deepest nesting that is read.
inline constexpr int resp_depth_max = 128;

enum class resp_status : std::uint8_t { complete, incomplete, malformed };

/// Reads the first value of `bytes`. complete: `value` holds it and `consumed` is its length.
/// Otherwise `value` is unspecified and `consumed` 0. Cost: O(length).
resp_status parse_resp_value(std::string_view bytes, std::size_t& consumed, resp_value& value);

/// The same where incomplete and malformed need not be told apart.
inline std::optional<resp_value> parse_resp_value(std::string_view bytes, std::size_t& consumed) {
  std::optional<resp_value> value{std::in_place};
  if (parse_resp_value(bytes, consumed, *value) != resp_status::complete)
    value.reset();
  return value;
}

/// The length of the first complete value in `bytes` (its attributes included), or 0 if it is
/// incomplete or malformed (what stands on the line of an integer, double … is not checked). No
/// recursion, no allocation; a bulk string's content is not touched.
std::size_t skip_resp_value(std::string_view bytes) noexcept;

} // namespace thespis::protocol
