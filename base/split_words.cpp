#include "base/split_words.hpp"

#include "base/ascii.hpp"

namespace thespis::base {

namespace {

/// Vertical tab and form feed are skipped before a word but do not end one.
constexpr bool ends_word(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

constexpr char escaped(char c) noexcept {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

class word_reader {
public:
  explicit word_reader(std::string_view line) : line_(line) {
  }

  bool at_end() {
    while (at_ < line_.size() && is_space(line_[at_]))
      ++at_;
    return at_ == line_.size();
  }

  /// Returns false where the quotes are unbalanced.
  bool read(std::string& word) {
    for (; at_ < line_.size() && !ends_word(line_[at_]);) {
      const char c = line_[at_++];
      if (c == '"')
        return read_double_quoted(word) && at_boundary();
      if (c == '\'')
        return read_single_quoted(word) && at_boundary();
      word += c;
    }
    return true;
  }

private:
  bool at_boundary() const {
    return at_ == line_.size() || is_space(line_[at_]);
  }

  bool read_double_quoted(std::string& word) {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '"')
        return true;
      if (c == '\\' && at_ < line_.size())
        read_escape(word);
      else
        word += c;
    }
    return false;
  }

  void read_escape(std::string& word) {
    const auto rest = line_.substr(at_);
    if (rest.size() >= 3 && rest[0] == 'x' && hex_value(rest[1]) >= 0 && hex_value(rest[2]) >= 0) {
      word += static_cast<char>(hex_value(rest[1]) * 16 + hex_value(rest[2]));
      at_ += 3;
    } else {
      word += escaped(rest[0]);
      ++at_;
    }
  }

  bool read_single_quoted(std::string& word) {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '\'')
        return true;
      if (c == '\\' && at_ < line_.size() && line_[at_] == '\'') {
        word += '\'';
        ++at_;
      } else {
        word += c;
      }
    }
    return false;
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

} // namespace

std::optional<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> words;
  word_reader reader{line};
  while (!reader.at_end())
    if (!reader.read(words.emplace_back()))
      return std::nullopt;
  return words;
}

void split_plain_words(std::string_view line, std::vector<std::string_view>& words) {
  std::size_t at = 0;
  while (true) {
    while (at < line.size() && is_space(line[at]))
      ++at;
    if (at == line.size())
      return;
    const auto begin = at;
    while (at < line.size() && !ends_word(line[at]))
      ++at;
    words.push_back(line.substr(begin, at - begin));
  }
}

} // namespace thespis::base
