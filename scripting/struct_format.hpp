#pragma once

/// The formats of Lua's struct library (Roberto Ierusalimschy's, in the version of Redis):
///
///   >  <   big endian, little endian (at first: the machine's)
///   ![n]   align numbers to their size, at most to n, a power of two (without n: 8; at first: 1)
///   x      a byte of padding
///   b B    char        h H  short       l L  long       T  size_t      (capital: unsigned)
///   i I    int         i[n] I[n]        n bytes, at most 32
///   f d    float, double
///   c[n]   n characters (without n: one); c0: the whole string, or as many as the number before it
///   s      characters up to a zero byte
///   space  nothing

#include <lua.hpp>

#include <bit>
#include <cstddef>

namespace thespis::scripting {

struct struct_option {
  char letter = 0;
  /// Bytes; 0 for what has no size of its own (s, c0) or is not about data.
  std::size_t size = 0;
};

class struct_format {
public:
  static constexpr int integer_bytes_max = 32;

  /// `text` ends with a zero byte and has to stay alive: a string on the Lua stack.
  struct_format(lua_State* state, const char* text) : state_(state), next_(text) {
  }

  bool at_end() const {
    return *next_ == '\0';
  }
  /// The next option with its size. Raises if that is out of range. REQUIRES: not at the end.
  struct_option next();
  /// How many bytes come between `position` and the option's data. Never more than 31.
  std::size_t padding(struct_option option, std::size_t position) const;
  /// Obeys an option that is not about data; raises if it is none of those either.
  void control(struct_option option);

  bool is_big_endian() const {
    return is_big_endian_;
  }

private:
  int number(int otherwise);
  std::size_t integer_size();

  lua_State* state_;
  const char* next_;
  std::size_t alignment_ = 1;
  bool is_big_endian_ = std::endian::native == std::endian::big;
};

} // namespace thespis::scripting
