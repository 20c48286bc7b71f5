#pragma once

/// A class of one word (packed_list, int_set) in the hand of somebody who has its word, to look at
/// it or to change it. The word stays its owner's: who changed it puts release() back, who did not
/// simply lets go.

namespace thespis::types {

template <class Value>
class lent {
public:
  explicit lent(void* word) noexcept : value_(Value::adopt(word)) {
  }
  // Destroys nothing: that is the owner's business.
  ~lent() { // NOLINT: a union needs one
  }
  lent(const lent&) = delete;
  lent& operator=(const lent&) = delete;

  Value& operator*() noexcept {
    return value_;
  }
  Value* operator->() noexcept {
    return &value_;
  }
  const Value& operator*() const noexcept {
    return value_;
  }
  const Value* operator->() const noexcept {
    return &value_;
  }

private:
  union {
    Value value_;
  };
};

} // namespace thespis::types
