#pragma once

/// The words of a Lua source, as LuaJIT cuts them. It is lenient: what is no Lua comes out in some
/// way, and the compiler will complain about it.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace thespis::scripting {

enum class token_kind : std::uint8_t { end, name, number, string, symbol };

struct token {
  token_kind kind = token_kind::end;
  /// Names and numbers whole, symbols character by character but for "...", ".." and "=="; of
  /// strings the quoted text with its quotes. Words of the language are names here.
  std::string_view text;
};

/// Not thread-safe. Cost of a whole source: O(its length).
class source_scanner {
public:
  explicit source_scanner(std::string_view source) noexcept : source_(source) {
  }
  /// The next word, or `end` (again and again). Blanks and comments are no words.
  token next() noexcept;

private:
  char peek(std::size_t ahead) const noexcept {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  void scan_number() noexcept;
  void scan_string(char quote) noexcept;
  void scan_escape() noexcept;
  void scan_comment() noexcept;
  void scan_symbol() noexcept;
  bool scan_long_bracket() noexcept;
  bool closes(std::size_t level) const noexcept;

  std::string_view source_;
  std::size_t at_ = 0;
};

} // namespace thespis::scripting
