#include "base/config_file.hpp"

#include "base/ascii.hpp"
#include "base/split_words.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace thespis::base {

namespace {

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return lower(c); });
  return text;
}

/// Words that redis.conf knows beside the options, and how many there must be, the first included.
struct directive_row {
  std::string_view name;
  std::size_t words_min;
  std::size_t words_max;
  /// Of former versions; read and forgotten.
  bool obsolete;
};
constexpr directive_row directives[] = {
  {"include", 2, 2, false},
  {"rename-command", 3, 3, false},
  {"user", 2, std::string_view::npos, false},
  {"loadmodule", 2, std::string_view::npos, false},
  {"list-max-ziplist-entries", 2, 2, true},
  {"list-max-ziplist-value", 2, 2, true},
  {"lua-replicate-commands", 2, 2, true},
};

const directive_row* find_directive(std::span<const std::string> words) {
  for (const auto& row : directives)
    if (row.name == words.front() && words.size() >= row.words_min && words.size() <= row.words_max)
      return &row;
  return nullptr;
}

class loader {
public:
  loader(options& values, const config_reader& reader) : values_(values), reader_(reader) {
  }

  /// The fault is a whole error text.
  result<void> load(const config_text& from, int depth) {
    std::string_view text = from.text;
    for (int number = 1; !text.empty(); ++number) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = trimmed(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.empty() || line.front() == '#')
        continue;
      auto done = load_line(line, depth);
      if (!done && nested_error_)
        return done;
      if (!done)
        return fault{
          fmt::format("{}, {} {}: '{}': {}", from.name, from.line_name, number, line, done.why())};
    }
    return {};
  }

private:
  result<void> load_line(std::string_view line, int depth) {
    auto split = split_words(line);
    if (!split)
      return fault{"Unbalanced quotes in configuration line"};
    auto& words = *split;
    if (words.empty())
      return {};
    words.front() = lowered(std::move(words.front()));
    if (words.front() == "sentinel")
      return fault{"sentinel directive while not in sentinel mode"};
    const auto* directive = find_directive(words);
    if (directive == nullptr)
      return load_option(words);
    if (directive->obsolete)
      return {};
    if (directive->name == "include")
      return load_included(words[1], depth);
    return reader_.directive ? reader_.directive(words) : result<void>{};
  }

  result<void> load_option(const std::vector<std::string>& words) {
    const std::vector<std::string_view> values(words.begin() + 1, words.end());
    auto done = values_.load(words.front(), values);
    if (done && reader_.option_set)
      done = reader_.option_set(values_, find_option(words.front())->which);
    return done;
  }

  result<void> load_included(std::string_view pattern, int depth) {
    if (depth >= include_depth_max)
      return fault{"Too many nested includes"};
    if (!reader_.include)
      return fault{"include is not possible here"};
    auto files = reader_.include(pattern);
    if (!files)
      return fault{files.why()};
    for (const auto& file : *files) {
      auto done = load(file, depth + 1);
      if (!done) {
        nested_error_ = true;
        return done;
      }
    }
    return {};
  }

  options& values_;
  const config_reader& reader_;
  /// The fault on its way up is complete: it came from an included file.
  bool nested_error_ = false;
};

} // namespace

result<void> load_config(options& values, std::span<const config_text> texts,
                         const config_reader& reader) {
  loader one{values, reader};
  for (const auto& text : texts)
    if (auto done = one.load(text, 0); !done)
      return done;
  if (values.is_on(option::cluster_enabled) && !values.text(option::replicaof).empty())
    return fault{"replicaof directive not allowed in cluster mode"};
  return {};
}

} // namespace thespis::base
