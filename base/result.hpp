#pragma once

/// The answer of an operation on the outside world (a file, a socket, a setting): a value, or a
/// sentence that says what failed, where and why.

#include <string>
#include <utility>
#include <variant>

namespace thespis::base {

/// What went wrong, in words fit for a log line or for the reply to a client.
struct fault {
  std::string what;
};

template <class T>
class [[nodiscard]] result {
public:
  result(T value) : content_(std::in_place_index<0>, std::move(value)) {
  }
  result(fault why) : content_(std::in_place_index<1>, std::move(why)) {
  }

  explicit operator bool() const noexcept {
    return content_.index() == 0;
  }

  /// REQUIRES: the result holds a value.
  T& operator*() {
    return std::get<0>(content_);
  }
  const T& operator*() const {
    return std::get<0>(content_);
  }
  T* operator->() {
    return &std::get<0>(content_);
  }
  const T* operator->() const {
    return &std::get<0>(content_);
  }

  /// REQUIRES: the result holds a fault.
  const std::string& why() const {
    return std::get<1>(content_).what;
  }

private:
  std::variant<T, fault> content_;
};

/// The answer of an operation that yields nothing but its success.
template <>
class [[nodiscard]] result<void> {
public:
  result() = default;
  result(fault why) : why_(std::move(why.what)), failed_(true) {
  }

  explicit operator bool() const noexcept {
    return !failed_;
  }
  const std::string& why() const {
    return why_;
  }

private:
  std::string why_;
  bool failed_ = false;
};

} // namespace thespis::base
