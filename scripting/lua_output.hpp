#pragma once

/// Bytes that are being written and will be a Lua string.
///
/// Short ones stand on the C stack. Longer ones are userdata in a stack slot of their own, so that
/// Lua counts and frees them also if an error is raised in the middle: nothing here has a
/// destructor. (luaL_Buffer is not used because it wants the top of the stack for itself, where
/// those who walk tables need theirs.)

#include <lua.hpp>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace thespis::scripting {

class lua_output {
public:
  /// Takes the next stack slot, which has to stay where it is as long as this lives.
  explicit lua_output(lua_State* state);
  lua_output(const lua_output&) = delete;
  lua_output& operator=(const lua_output&) = delete;

  /// Room for `count` more bytes; add() says how many of them have been written. May raise.
  char* reserve(std::size_t count) {
    if (count > capacity_ - size_)
      grow(count);
    return data_ + size_;
  }
  /// REQUIRES: reserve() has made room for them.
  void add(std::size_t count) {
    size_ += count;
  }

  void append(char byte) {
    *reserve(1) = byte;
    ++size_;
  }
  void append(std::string_view bytes) {
    std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void append(std::size_t count, char byte) {
    std::memset(reserve(count), byte, count);
    size_ += count;
  }

  void clear() {
    size_ = 0;
  }
  std::string_view view() const {
    return {data_, size_};
  }
  /// Pushes what has been written. May raise.
  void push() const {
    lua_pushlstring(state_, data_, size_);
  }

private:
  void grow(std::size_t count);

  lua_State* state_;
  int slot_;
  std::size_t size_ = 0;
  std::size_t capacity_ = sizeof inline_;
  char* data_ = inline_;
  char inline_[512];
};

} // namespace thespis::scripting
