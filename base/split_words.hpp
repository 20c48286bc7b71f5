#pragma once

/// Cuts a line into words as a shell would: the grammar of inline commands and of redis.conf.
///
/// Words are separated by white space. In "double quotes" a backslash escapes: \n \r \t \b \a, \xHH
/// for a byte, anything else for itself. In 'single quotes' only \' does. A closing quote must be
/// followed by white space or the end. An opening quote may stand inside a word. A zero byte is an
/// ordinary character (to Redis it ends the line).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::base {

/// Nothing if a quote is not closed or is followed by more of a word. An empty line has no words.
/// Cost: O(n).
std::optional<std::vector<std::string>> split_words(std::string_view line);

/// The same for a line without any quote: the words are views into it. Appends to `words`.
/// REQUIRES: `line` contains neither ' nor ".
void split_plain_words(std::string_view line, std::vector<std::string_view>& words);

} // namespace thespis::base
