#pragma once

/// The replies that tests compare with, in one word each: CHECK(store.run("GET", "k") ==
/// bulk("v")). Values compare by meaning: null() is every kind of null, and a map() read from RESP2
/// is an array.

#include "protocol/resp_value.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::tests {

using protocol::resp_value;

resp_value ok();
resp_value null();
resp_value simple(std::string_view text);
/// `text` without '-': "ERR syntax error".
resp_value error(std::string_view text);
resp_value bulk(std::string_view text);
resp_value integer(std::int64_t value);
resp_value array(std::vector<resp_value> items);
/// Bulk strings in an array.
resp_value bulks(const std::vector<std::string>& texts);
/// Integers in an array.
resp_value integers(const std::vector<std::int64_t>& values);
/// RESP3: a map; key, value, key, value …
resp_value map(std::vector<resp_value> items);
/// The elements of an array or set in a canonical order, for replies whose order means nothing.
resp_value sorted(resp_value reply);
/// The text as on the wire, in one line: for failures and for shapes.
std::string to_text(const resp_value& value);

} // namespace thespis::tests

namespace Catch {

template <>
struct StringMaker<thespis::protocol::resp_value> {
  static std::string convert(const thespis::protocol::resp_value& value) {
    return thespis::tests::to_text(value);
  }
};

} // namespace Catch
