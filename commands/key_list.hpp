#pragma once

/// `numkeys key [key …] [LIMIT limit]`, as the commands over several sets and sorted sets take it.
/// They refuse a wrong number of keys in different words.

#include "protocol/argument_reader.hpp"
#include "protocol/errors.hpp"

#include <cstddef>
#include <string_view>

namespace thespis::commands {

struct key_count_errors {
  std::string_view not_an_integer = protocol::errors::not_an_integer;
  /// Empty: the text names the command.
  std::string_view below_one{};
  std::string_view too_many = protocol::errors::syntax;
};

/// The keys; none and an error in the reader if their number is none. `command`: its full name.
inline protocol::arguments read_keys(protocol::argument_reader& in, std::string_view command,
                                     const key_count_errors& errors = {}) {
  const auto count = in.integer(errors.not_an_integer);
  if (!in.failed() && count < 1) {
    if (errors.below_one.empty())
      in.fail(protocol::errors::no_input_keys(command));
    else
      in.fail(errors.below_one);
  }
  if (!in.failed() && static_cast<std::size_t>(count) > in.left())
    in.fail(errors.too_many);
  return in.failed() ? protocol::arguments{} : in.next(static_cast<std::size_t>(count));
}

/// The value of LIMIT; 0 is none.
inline std::size_t read_limit(protocol::argument_reader& in) {
  return static_cast<std::size_t>(in.natural(protocol::errors::limit_negative));
}

} // namespace thespis::commands
