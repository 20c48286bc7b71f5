#pragma once

/// Histories written by hand: who, from when to when, what.

#include "tests/history/operation.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::history {

class written_history {
public:
  /// Times are of no unit.
  written_history& add(int client, std::int64_t from, std::int64_t to, std::vector<call> calls) {
    done_.push_back({.client = client,
                     .sequence = done_.size(),
                     .invoked_ns = from,
                     .completed_ns = to,
                     .calls = std::move(calls)});
    return *this;
  }
  /// Which EXEC did not do.
  written_history& refused(int client, std::int64_t from, std::int64_t to,
                           std::vector<call> calls) {
    add(client, from, to, std::move(calls));
    done_.back().refused = true;
    return *this;
  }

  operator const std::vector<operation>&() const {
    return done_;
  }

private:
  std::vector<operation> done_;
};

// -- calls with their answers, of keys by their place --------------------------------------------

inline call set(std::uint8_t key, std::int64_t value) {
  return {verb::set, {key}, {value}, ok_reply()};
}
inline call get(std::uint8_t key, std::int64_t value) {
  return {verb::get, {key}, {}, text_reply(value)};
}
inline call get_nothing(std::uint8_t key) {
  return {verb::get, {key}, {}, null_reply()};
}
inline call incr(std::uint8_t key, std::int64_t result) {
  return {verb::incrby, {key}, {1}, integer_reply(result)};
}
inline call getdel(std::uint8_t key, std::int64_t value) {
  return {verb::getdel, {key}, {}, text_reply(value)};
}
inline call mset(std::vector<std::uint8_t> keys, std::vector<std::int64_t> values) {
  return {verb::mset, std::move(keys), std::move(values), ok_reply()};
}
inline call mget(std::vector<std::uint8_t> keys, const std::vector<std::int64_t>& values) {
  return {verb::mget, std::move(keys), {}, list_reply(values)};
}
inline call rpush(std::uint8_t key, std::int64_t element, std::int64_t length = 0) {
  return {verb::rpush, {key}, {element}, integer_reply(length)};
}
inline call lpop(std::uint8_t key, std::int64_t element) {
  return {verb::lpop, {key}, {}, text_reply(element)};
}
inline call lpop_nothing(std::uint8_t key) {
  return {verb::lpop, {key}, {}, null_reply()};
}
inline call blpop(std::vector<std::uint8_t> keys, std::int64_t from, std::int64_t element) {
  return {verb::blpop, std::move(keys), {}, array_reply({key_reply(from), text_reply(element)})};
}
inline call lrange(std::uint8_t key, const std::vector<std::int64_t>& elements) {
  return {verb::lrange, {key}, {}, list_reply(elements)};
}
inline call unchanged(std::uint8_t key, std::vector<std::int64_t> values) {
  return {verb::expect, {key}, std::move(values)};
}
inline call expires(std::uint8_t key, std::int64_t value) {
  return {verb::expire, {key}, {value}};
}

inline std::vector<std::string> kinds_of(const std::vector<anomaly>& found) {
  std::vector<std::string> out;
  for (const auto& each : found)
    out.push_back(each.kind);
  return out;
}

} // namespace thespis::history
