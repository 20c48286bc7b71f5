#include "tests/history/operation.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace thespis::history {

namespace {

constexpr std::string_view names[] = {
  "SET",         "GET",         "GETDEL",     "INCRBY", "MSET",  "MSETNX", "MGET",
  "DEL",         "RENAME",      "LPUSH",      "RPUSH",  "LPOP",  "RPOP",   "LLEN",
  "LRANGE",      "BLPOP",       "LMOVE",      "BLMOVE", "SADD",  "SREM",   "SMEMBERS",
  "SUNIONSTORE", "SINTERSTORE", "SDIFFSTORE", "expect", "expire"};

static_assert(std::size(names) == static_cast<std::size_t>(verb::expire) + 1);

} // namespace

std::string describe(const call& what) {
  std::string out{names[static_cast<std::size_t>(what.what)]};
  for (const auto each : what.keys)
    out += fmt::format(" k{}", each);
  if (what.what >= verb::expect)
    return out + ' ' + describe(list_reply(what.values));
  for (const auto each : what.values)
    out += fmt::format(" {}", each);
  return out + " -> " + describe(what.answer);
}

std::string describe(const operation& what) {
  auto out = fmt::format("client {} #{} [{} us", what.client, what.sequence,
                         what.invoked_ns / 1000);
  out += what.completed_ns == never ? std::string{" .. ?]"}
                                    : fmt::format(" .. {} us]", what.completed_ns / 1000);
  for (std::size_t i = 0; i < what.calls.size(); ++i)
    out += (i == 0 ? " " : "; ") + describe(what.calls[i]);
  return what.refused ? out + " (refused)" : out;
}

} // namespace thespis::history
