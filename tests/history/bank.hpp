#pragma once

/// Whether transfers between accounts leave their sum as it was, whenever all accounts are read at
/// once. A transaction that is seen by halves, or lost by half, shows in the first read after it.

#include "tests/history/operation.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thespis::history {

/// `history`: among others, operations that read all accounts, by one MGET or as many GETs.
std::vector<anomaly> check_bank(const std::vector<operation>& history, std::size_t accounts,
                                std::int64_t sum);

} // namespace thespis::history
