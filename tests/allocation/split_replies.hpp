#pragma once

#include "protocol/resp_value.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace thespis::tests {

/// The replies that stand one behind the other. REQUIRES: whole ones.
inline std::vector<std::string> split_replies(std::string_view replies) {
  std::vector<std::string> out;
  while (!replies.empty()) {
    const auto size = protocol::skip_resp_value(replies);
    REQUIRE(size != 0);
    out.emplace_back(replies.substr(0, size));
    replies.remove_prefix(size);
  }
  return out;
}

} // namespace thespis::tests
