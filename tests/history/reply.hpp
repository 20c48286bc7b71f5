#pragma once

/// What the server answered, as far as histories need it. All values and all keys of a history are
/// numbers, so a reply is numbers too.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace thespis::history {

struct reply {
  enum class kind : std::uint8_t {
    null,
    ok,
    queued,
    error,
    integer,
    /// A bulk string that spells a number.
    text,
    /// A key, as its place in its group (see operation.hpp).
    key,
    array,
    /// Nothing that a history can contain.
    other,
  };

  kind what = kind::null;
  std::int64_t number = 0;
  std::vector<reply> elements{};

  friend bool operator==(const reply&, const reply&) = default;
};

inline reply null_reply() {
  return {};
}
inline reply ok_reply() {
  return {reply::kind::ok};
}
inline reply error_reply() {
  return {reply::kind::error};
}
inline reply integer_reply(std::int64_t number) {
  return {reply::kind::integer, number};
}
inline reply text_reply(std::int64_t number) {
  return {reply::kind::text, number};
}
inline reply key_reply(std::int64_t place) {
  return {reply::kind::key, place};
}
inline reply array_reply(std::vector<reply> elements) {
  return {reply::kind::array, 0, std::move(elements)};
}
/// An array of texts.
reply list_reply(const std::vector<std::int64_t>& numbers);

/// As people read it: 7, "7", [1, nil], OK.
std::string describe(const reply& what);

} // namespace thespis::history
