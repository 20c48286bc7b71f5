#pragma once

/// Replies in a form that fits into one line of a test:
///   [a, 1]  array     {a: 1}  map     ~[a, b]  set     +OK  simple     -ERR x  error     null
/// The text of a bulk string stands for itself, "" for an empty one.

#include "base/byte_buffer.hpp"
#include "protocol/reply_writer.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace thespis::protocol {

class rendered_reply {
public:
  /// Renders all values of `resp`, one behind the other; throws if it is cut off.
  static std::string of(std::string_view resp) {
    rendered_reply renderer{resp};
    std::string all;
    while (!renderer.rest_.empty())
      all += renderer.value();
    return all;
  }

private:
  explicit rendered_reply(std::string_view resp) : rest_(resp) {
  }

  std::string_view line() {
    const std::size_t end = rest_.find("\r\n");
    if (end == std::string_view::npos)
      throw std::runtime_error("the reply is cut off");
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return text;
  }

  std::string value() {
    const std::string_view head = line();
    const std::string text{head.substr(1)};
    switch (head.at(0)) {
      case '+':
      case '-':
        return std::string{head};
      case ':':
        return text;
      case '_':
        return "null";
      case '$':
        return bulk(std::stoi(text));
      case '*':
        return text == "-1" ? "null" : "[" + values(std::stoul(text)) + "]";
      case '~':
        return "~[" + values(std::stoul(text)) + "]";
      case '%':
        return "{" + pairs(std::stoul(text)) + "}";
      default:
        throw std::runtime_error("no such type of reply: " + std::string{head});
    }
  }

  std::string bulk(int size) {
    if (size < 0)
      return "null";
    const auto bytes = static_cast<std::size_t>(size);
    const std::string text{rest_.substr(0, bytes)};
    rest_.remove_prefix(bytes);
    line();
    return text.empty() ? "\"\"" : text;
  }

  std::string values(std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
      all += (i == 0 ? "" : ", ") + value();
    return all;
  }

  std::string pairs(std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = value();
      all += (i == 0 ? "" : ", ") + key + ": " + value();
    }
    return all;
  }

  std::string_view rest_;
};

/// What `write(out)` replies to a client that speaks `protocol`.
template <class Write>
std::string rendered(int protocol, Write write) {
  base::byte_buffer buffer;
  reply_writer out{buffer, protocol};
  write(out);
  return rendered_reply::of(buffer.view());
}

} // namespace thespis::protocol
