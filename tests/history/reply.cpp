#include "tests/history/reply.hpp"

namespace thespis::history {

namespace {

/// How much of a long array people see.
constexpr std::size_t shown_first = 3;
constexpr std::size_t shown_last = 6;

} // namespace

reply list_reply(const std::vector<std::int64_t>& numbers) {
  auto out = array_reply({});
  for (const auto each : numbers)
    out.elements.push_back(text_reply(each));
  return out;
}

std::string describe(const reply& what) {
  switch (what.what) {
    case reply::kind::null:
      return "nil";
    case reply::kind::ok:
      return "OK";
    case reply::kind::queued:
      return "QUEUED";
    case reply::kind::error:
      return "an error";
    case reply::kind::integer:
      return std::to_string(what.number);
    case reply::kind::text:
      return '"' + std::to_string(what.number) + '"';
    case reply::kind::key:
      return "key " + std::to_string(what.number);
    case reply::kind::other:
      return "something unexpected";
    case reply::kind::array:
      break;
  }
  std::string out;
  for (std::size_t i = 0; i < what.elements.size(); ++i) {
    const auto left = what.elements.size() - i;
    if (i == shown_first && left > shown_last) {
      out += ", ...";
      i += left - shown_last;
    }
    out += (out.empty() ? "" : ", ") + describe(what.elements[i]);
  }
  return '[' + out + ']';
}

} // namespace thespis::history
