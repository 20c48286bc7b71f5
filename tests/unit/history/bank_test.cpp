#include "tests/history/bank.hpp"
#include "tests/unit/history/written_history.hpp"

#include <catch2/catch.hpp>

using namespace thespis::history;

TEST_CASE("A sum that stays is no anomaly", "[history]") {
  CHECK(check_bank(written_history{}
                     .add(1, 0, 1, {mget({0, 1, 2}, {5, 5, 5})})
                     .add(1, 2, 3, {get(2, 0), get(0, 10), get(1, 5)})
                     .add(1, 4, 5, {mget({0, 1}, {1, 1})})
                     .refused(1, 6, 7, {get(0, 0), get(1, 0), get(2, 0)}),
                   3, 15)
          .empty());
}

TEST_CASE("A read of half of a transfer is found", "[history]") {
  CHECK(kinds_of(check_bank(written_history{}.add(1, 0, 1, {mget({2, 0, 1}, {5, 2, 5})}), 3, 15))
        == std::vector<std::string>{"sum of accounts"});
  CHECK(
    kinds_of(check_bank(written_history{}.add(1, 0, 1, {get(0, 5), get(1, 5), get(2, 8)}), 3, 15))
    == std::vector<std::string>{"sum of accounts"});
}

TEST_CASE("An account that is gone is found", "[history]") {
  CHECK(kinds_of(check_bank(written_history{}.add(1, 0, 1, {get(0, 5), get_nothing(1)}), 2, 10))
        == std::vector<std::string>{"sum of accounts"});
}
