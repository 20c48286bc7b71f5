#pragma once

/// The inverse of split_words: bytes as one word in double quotes.

#include <string>
#include <string_view>

namespace thespis::base {

/// Quotes, backslashes and everything that is no printable ASCII are escaped (\" \\ \n \r \t \a \b
/// \xHH), so that split_words gives the same bytes back. Cost: O(n).
std::string quoted(std::string_view bytes);

} // namespace thespis::base
