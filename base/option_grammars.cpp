/// The options of several words: from words to canonical text, and from there to numbers.
///
/// Numbers are read as leniently as Redis does here (strtoll): an optional sign, leading zeros, no
/// digits at all for zero, the largest number for more than fits.

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/option_checks.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace thespis::base {

namespace {

constexpr std::string_view client_class_names[client_class_count] = {"normal", "slave", "pubsub"};

std::optional<std::int64_t> lenient_int64(std::string_view text) {
  if (text.empty())
    return 0;
  if (text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-')
      return {};
  }
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (rest != end || failure == std::errc::invalid_argument)
    return {};
  if (failure == std::errc::result_out_of_range)
    return text.front() == '-' ? std::numeric_limits<std::int64_t>::min()
                               : std::numeric_limits<std::int64_t>::max();
  return number;
}

/// CONFIG SET of nothing and `save ""` in a file mean the same.
bool says_nothing(option_words words) {
  return words.empty() || (words.size() == 1 && words.front().empty());
}

std::string join(option_words words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::optional<client_class> client_class_of(std::string_view name) {
  if (equals_nocase(name, "normal"))
    return client_class::normal;
  if (equals_nocase(name, "slave") || equals_nocase(name, "replica"))
    return client_class::replica;
  if (equals_nocase(name, "pubsub"))
    return client_class::pubsub;
  return {};
}

std::string format_output_limits(const std::vector<output_limit>& limits) {
  std::string text;
  for (std::size_t i = 0; i < limits.size(); ++i)
    fmt::format_to(std::back_inserter(text), "{}{} {} {} {}", i == 0 ? "" : " ",
                   client_class_names[i], limits[i].hard_bytes, limits[i].soft_bytes,
                   limits[i].soft_seconds);
  return text;
}

/// Six digits behind the point, without the zeros at the end.
std::string format_percentile(double percentile) {
  auto text = fmt::format("{:f}", percentile);
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text;
}

/// Every space separates; an empty text has no words.
template <class Visitor>
void for_each_word(std::string_view text, Visitor visit) {
  auto end = text.empty() ? text.npos : std::string_view::size_type{0};
  while (end != text.npos) {
    end = text.find(' ');
    visit(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

} // namespace

namespace option_grammars {

const char* save(option_words words, std::string& text) {
  constexpr auto wrong = "Invalid save parameters";
  if (says_nothing(words)) {
    text.clear();
    return nullptr;
  }
  if (words.size() % 2 != 0)
    return wrong;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const auto seconds = lenient_int64(words[i]);
    const auto changes = lenient_int64(words[i + 1]);
    if (!seconds || *seconds < 1 || !changes || *changes < 0)
      return wrong;
    fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "" : " ", *seconds,
                   *changes);
  }
  return nullptr;
}

const char* client_output_buffer_limit(option_words words, std::string& text) {
  if (says_nothing(words))
    words = {};
  if (words.size() % 4 != 0)
    return "Wrong number of arguments in buffer limit configuration.";
  auto limits = output_limits_of(text);
  limits.resize(client_class_count);
  for (std::size_t i = 0; i < words.size(); i += 4) {
    const auto cls = client_class_of(words[i]);
    if (!cls)
      return "Invalid client class specified in buffer limit configuration.";
    output_limit limit;
    const auto seconds = lenient_int64(words[i + 3]);
    if (!parse_memory(words[i + 1], limit.hard_bytes)
        || !parse_memory(words[i + 2], limit.soft_bytes) || !seconds || *seconds < 0)
      return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
    limit.soft_seconds = *seconds;
    limits[static_cast<std::size_t>(*cls)] = limit;
  }
  text = format_output_limits(limits);
  return nullptr;
}

const char* bind(option_words words, std::string& text) {
  constexpr std::size_t addresses_max = 16;
  if (words.size() > addresses_max)
    return "Too many bind addresses specified.";
  text = join(words);
  return nullptr;
}

const char* replicaof(option_words words, std::string& text) {
  if (words.size() != 2)
    return "wrong number of arguments";
  text.clear();
  if (equals_nocase(words[0], "no") && equals_nocase(words[1], "one"))
    return nullptr;
  // Redis takes any host; one with a space could not be written into a file and read again.
  if (words[0].empty() || std::any_of(words[0].begin(), words[0].end(), is_space))
    return "Invalid master host";
  const auto port = lenient_int64(words[1]);
  if (!port || *port < 0 || *port > 65535)
    return "Invalid master port";
  text = fmt::format("{} {}", words[0], *port);
  return nullptr;
}

const char* oom_score_adj_values(option_words words, std::string& text) {
  if (words.size() != 3)
    return "wrong number of arguments";
  text.clear();
  for (auto word : words) {
    const auto value = lenient_int64(word);
    if (!value || *value < -2000 || *value > 2000)
      return "Invalid oom-score-adj-values, elements must be between -2000 and 2000.";
    fmt::format_to(std::back_inserter(text), "{}{}", text.empty() ? "" : " ", *value);
  }
  return nullptr;
}

const char* latency_percentiles(option_words words, std::string& text) {
  text.clear();
  if (says_nothing(words))
    return nullptr;
  for (auto word : words) {
    const auto percentile = parse_double(word);
    if (!percentile)
      return "Invalid latency-tracking-info-percentiles parameters";
    if (*percentile < 0.0 || *percentile > 100.0)
      return "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
    text.append(text.empty() ? "" : " ").append(format_percentile(*percentile));
  }
  return nullptr;
}

} // namespace option_grammars

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for_each_word(text, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

std::vector<save_point> save_points_of(std::string_view text) {
  std::vector<save_point> points;
  std::vector<std::int64_t> numbers;
  for_each_word(text,
                [&](std::string_view word) { numbers.push_back(lenient_int64(word).value_or(0)); });
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
    points.push_back({numbers[i], numbers[i + 1]});
  return points;
}

std::vector<output_limit> output_limits_of(std::string_view text) {
  std::vector<output_limit> limits;
  std::size_t column = 0;
  for_each_word(text, [&](std::string_view word) {
    switch (column++ % 4) {
      case 0:
        limits.emplace_back();
        break;
      case 1:
        parse_memory(word, limits.back().hard_bytes);
        break;
      case 2:
        parse_memory(word, limits.back().soft_bytes);
        break;
      default:
        limits.back().soft_seconds = lenient_int64(word).value_or(0);
    }
  });
  return limits;
}

std::vector<double> percentiles_of(std::string_view text) {
  std::vector<double> percentiles;
  for_each_word(
    text, [&](std::string_view word) { percentiles.push_back(parse_double(word).value_or(0.0)); });
  return percentiles;
}

std::string_view client_class_name(client_class cls) noexcept {
  return client_class_names[static_cast<std::size_t>(cls)];
}

} // namespace thespis::base
