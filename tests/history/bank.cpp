#include "tests/history/bank.hpp"

#include <fmt/format.h>

#include <map>

namespace thespis::history {

std::vector<anomaly> check_bank(const std::vector<operation>& history, std::size_t accounts,
                                std::int64_t sum) {
  std::vector<anomaly> found;
  for (const auto& each : history) {
    if (each.refused)
      continue;
    std::map<std::size_t, reply> balances;
    for (const auto& one : each.calls) {
      if (one.what == verb::get)
        balances[one.keys.front()] = one.answer;
      else if (one.what == verb::mget && one.answer.elements.size() == one.keys.size())
        for (std::size_t i = 0; i < one.keys.size(); ++i)
          balances[one.keys[i]] = one.answer.elements[i];
    }
    if (balances.size() != accounts)
      continue;
    std::int64_t total = 0;
    for (const auto& [account, balance] : balances)
      total += balance.number;
    if (total != sum)
      found.push_back(
        {"sum of accounts", fmt::format("{} instead of {} in {}", total, sum, describe(each))});
  }
  return found;
}

} // namespace thespis::history
