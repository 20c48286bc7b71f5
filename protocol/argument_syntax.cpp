#include "protocol/argument_syntax.hpp"

#include "base/ascii.hpp"
#include "base/ensure.hpp"
#include "base/number.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace thespis::protocol {

namespace {

using text = std::string_view;

/// One argument, as views into the notation.
struct argument {
  text token;
  text name;
  text display;
  text type = "string";
  std::optional<std::int64_t> key_spec;
  text since;
  text deprecated_since;
  /// What is between the brackets of "oneof" and "block".
  text members;
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;
};

/// Cuts off and returns the text up to the separator; the whole text if there is none outside of
/// brackets and quotes.
text cut(text& rest, char separator) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '\'')
      quoted = !quoted;
    if (quoted)
      continue;
    if (c == separator && depth == 0) {
      const text head = rest.substr(0, i);
      rest.remove_prefix(i + 1);
      return head;
    }
    if (text{"([{<"}.find(c) != text::npos)
      ++depth;
    else if (text{")]}>"}.find(c) != text::npos)
      --depth;
  }
  THESPIS_ENSURE(depth == 0 && !quoted);
  return std::exchange(rest, text{});
}

std::size_t count_items(text list, char separator) {
  std::size_t count = 0;
  while (!list.empty()) {
    cut(list, separator);
    ++count;
  }
  return count;
}

bool take(text& rest, text prefix) {
  if (!rest.starts_with(prefix))
    return false;
  rest.remove_prefix(prefix.size());
  return true;
}

/// Takes everything before the first of the characters that may follow a name, a type or a version.
text take_name(text& rest, text stop) {
  const text name = rest.substr(0, rest.find_first_of(stop));
  THESPIS_ENSURE(!name.empty());
  rest.remove_prefix(name.size());
  return name;
}

bool is_token(text word) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto allowed = [&](char c) {
    return capital(c) || base::is_digit(c) || c == '-' || c == '_';
  };
  return std::all_of(word.begin(), word.end(), allowed)
         && std::any_of(word.begin(), word.end(), capital);
}

/// Takes a token in capitals or in quotes.
text take_token(text& rest) {
  if (take(rest, "'")) {
    const text token = take_name(rest, "'");
    THESPIS_ENSURE(take(rest, "'"));
    return token;
  }
  const text token = take_name(rest, ".@!");
  THESPIS_ENSURE(is_token(token));
  return token;
}

text type_named(text abbreviation) {
  constexpr std::array<text, 6> as_they_are = {"string",  "integer",   "double",
                                               "pattern", "unix-time", "key"};
  if (abbreviation == "token")
    return "pure-token";
  THESPIS_ENSURE(std::find(as_they_are.begin(), as_they_are.end(), abbreviation)
                 != as_they_are.end());
  return abbreviation;
}

/// The brackets behind a name and what is between them.
void take_members(text& rest, argument& to) {
  const bool block = rest.front() == '{';
  const char closing = block ? '}' : ')';
  rest.remove_prefix(1);
  // Skips the pairs of brackets inside.
  text tail = rest;
  std::size_t end = 0;
  for (int depth = 1; depth > 0; ++end) {
    THESPIS_ENSURE(end < tail.size());
    if (tail[end] == '\'') {
      end = tail.find('\'', end + 1);
      THESPIS_ENSURE(end != text::npos);
    } else if (text{"({"}.find(tail[end]) != text::npos) {
      ++depth;
    } else if (text{")}"}.find(tail[end]) != text::npos) {
      --depth;
    }
  }
  THESPIS_ENSURE(tail[end - 1] == closing);
  to.type = block ? "block" : "oneof";
  to.members = tail.substr(0, end - 1);
  rest.remove_prefix(end);
}

void take_attributes(text& rest, argument& to) {
  to.multiple = take(rest, "...") || to.multiple_token;
  if (take(rest, "@"))
    to.since = take_name(rest, "!");
  if (take(rest, "!"))
    to.deprecated_since = take_name(rest, "@");
  THESPIS_ENSURE(rest.empty());
}

/// A word that is a token and nothing else.
argument lone_token(text word) {
  argument result;
  result.type = "pure-token";
  result.token = take_token(word);
  take_attributes(word, result);
  return result;
}

argument named_word(text word) {
  argument result;
  result.name = take_name(word, "=:#({.@!");
  if (take(word, "="))
    result.display = take_name(word, ":#({.@!");
  if (word.starts_with('(') || word.starts_with('{'))
    take_members(word, result);
  else if (take(word, ":"))
    result.type = type_named(take_name(word, "#.@!"));
  else if (word.starts_with('#') || result.name == "key")
    result.type = "key";
  if (take(word, "#"))
    result.key_spec = base::parse_int64(take_name(word, ".@!"));
  else if (result.type == "key")
    result.key_spec = 0;
  take_attributes(word, result);
  return result;
}

argument parse_words(text item) {
  const text first = cut(item, ' ');
  if (item.empty()) {
    const bool bare = is_token(first.substr(0, first.find_first_of(".@!")));
    return bare || first.starts_with('\'') ? lone_token(first) : named_word(first);
  }
  text token_word = first;
  const text token = take_token(token_word);
  const bool repeated = take(token_word, "...");
  THESPIS_ENSURE(token_word.empty());
  argument result = named_word(item);
  result.token = token;
  result.multiple_token = repeated;
  result.multiple = result.multiple || repeated;
  return result;
}

argument parse_item(text item) {
  THESPIS_ENSURE(!item.empty());
  const bool optional = item.front() == '[';
  if (!optional && item.front() != '<')
    return parse_words(item);
  THESPIS_ENSURE(item.size() > 2 && item.back() == (optional ? ']' : '>'));
  argument result = parse_words(item.substr(1, item.size() - 2));
  result.optional = optional;
  return result;
}

void write_list(text list, char separator, reply_writer& out);

void write_flags(const argument& from, reply_writer& out) {
  out.bulk("flags");
  out.set(std::size_t{from.optional} + from.multiple + from.multiple_token);
  if (from.optional)
    out.simple("optional");
  if (from.multiple)
    out.simple("multiple");
  if (from.multiple_token)
    out.simple("multiple_token");
}

std::string lower_case(text word) {
  std::string result{word};
  std::transform(result.begin(), result.end(), result.begin(), base::lower);
  return result;
}

void write_argument(const argument& from, reply_writer& out) {
  const bool has_flags = from.optional || from.multiple || from.multiple_token;
  const bool has_members = from.type == "oneof" || from.type == "block";
  // Name, type, and one of display_text and arguments are always there.
  out.map(std::size_t{3} + from.key_spec.has_value() + !from.token.empty() + !from.since.empty()
          + !from.deprecated_since.empty() + has_flags);
  const std::string from_token = from.name.empty() ? lower_case(from.token) : std::string{};
  const text name = from.name.empty() ? text{from_token} : from.name;
  write_pair("name", name, out);
  write_pair("type", from.type, out);
  if (!has_members)
    write_pair("display_text", from.display.empty() ? name : from.display, out);
  if (from.key_spec) {
    out.bulk("key_spec_index");
    out.integer(*from.key_spec);
  }
  write_pair("token", from.token, out);
  write_pair("since", from.since, out);
  write_pair("deprecated_since", from.deprecated_since, out);
  if (has_flags)
    write_flags(from, out);
  if (has_members) {
    out.bulk("arguments");
    write_list(from.members, from.type == "oneof" ? '|' : ' ', out);
  }
}

void write_list(text list, char separator, reply_writer& out) {
  out.array(count_items(list, separator));
  while (!list.empty())
    write_argument(parse_item(cut(list, separator)), out);
}

} // namespace

void write_pair(std::string_view key, std::string_view value, reply_writer& out) {
  if (value.empty())
    return;
  out.bulk(key);
  out.bulk(value);
}

void write_arguments(std::string_view syntax, reply_writer& out) {
  write_list(syntax, ' ', out);
}

} // namespace thespis::protocol
