#include "tests/history/list_append.hpp"
#include "tests/unit/history/written_history.hpp"

#include <catch2/catch.hpp>

using namespace thespis::history;

namespace {

using kinds = std::vector<std::string>;

kinds check(const std::vector<operation>& history, std::size_t keys = 2) {
  return kinds_of(check_list_append(history, keys));
}

} // namespace

TEST_CASE("Transactions one after the other are serializable", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {rpush(0, 1), lrange(1, {})})
                .add(2, 2, 3, {lrange(0, {1}), rpush(1, 2), rpush(0, 3)})
                .add(1, 4, 5, {rpush(0, 4), lrange(0, {1, 3, 4}), lrange(1, {2})}))
        == kinds{});
}

TEST_CASE("Transactions at the same time may have either order", "[history]") {
  for (const auto& seen : {std::vector<std::int64_t>{1, 2}, {2, 1}})
    CHECK(check(written_history{}
                  .add(1, 0, 9, {rpush(0, 1)})
                  .add(2, 0, 9, {rpush(0, 2)})
                  .add(3, 10, 11, {lrange(0, seen)}))
          == kinds{});
}

TEST_CASE("Writes of two transactions through each other are G0", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {rpush(0, 1), rpush(1, 1001)})
                .add(2, 0, 9, {rpush(0, 2), rpush(1, 1002)})
                .add(3, 10, 11, {lrange(0, {1, 2}), lrange(1, {1002, 1001})}))
        == kinds{"G0"});
}

TEST_CASE("A read of what a refused transaction wrote is G1a", "[history]") {
  CHECK(check(written_history{}.refused(1, 0, 1, {rpush(0, 1)}).add(2, 2, 3, {lrange(0, {1})}))
        == kinds{"G1a"});
}

TEST_CASE("What a refused transaction wrote and nobody saw is no anomaly", "[history]") {
  CHECK(check(written_history{}.refused(1, 0, 1, {rpush(0, 1)}).add(2, 2, 3, {lrange(0, {})}))
        == kinds{});
}

TEST_CASE("A dirty read, of half of a transaction, is G1b", "[history]") {
  const auto found = check(written_history{}
                             .add(1, 0, 9, {rpush(0, 1), rpush(0, 2)})
                             .add(2, 0, 9, {lrange(0, {1})})
                             .add(2, 10, 11, {lrange(0, {1, 2})}));
  CHECK(found.front() == "G1b");
  // It was before the end and behind the beginning of the same transaction.
  CHECK(found.back() == "G-single");
}

TEST_CASE("Two transactions that see each other's writes are G1c", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {rpush(0, 1), lrange(1, {2})})
                .add(2, 0, 9, {rpush(1, 2), lrange(0, {1})}))
        == kinds{"G1c"});
}

TEST_CASE("A lost update is G-single", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {lrange(0, {}), rpush(0, 1)})
                .add(2, 0, 9, {lrange(0, {}), rpush(0, 2)})
                .add(3, 10, 11, {lrange(0, {1, 2})}))
        == kinds{"G-single"});
}

TEST_CASE("A read of two keys with half of a transaction is G-single", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {rpush(0, 1), rpush(1, 2)})
                .add(2, 0, 9, {lrange(0, {1}), lrange(1, {})})
                .add(3, 10, 11, {lrange(1, {2})}))
        == kinds{"G-single"});
}

TEST_CASE("Write skew is G2", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {lrange(0, {}), rpush(1, 1)})
                .add(2, 0, 9, {lrange(1, {}), rpush(0, 2)})
                .add(3, 10, 11, {lrange(0, {2}), lrange(1, {1})}))
        == kinds{"G2"});
}

TEST_CASE("A long fork is G2", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {rpush(0, 1)})
                .add(2, 0, 9, {rpush(1, 2)})
                .add(3, 0, 9, {lrange(0, {1}), lrange(1, {})})
                .add(4, 0, 9, {lrange(0, {}), lrange(1, {2})})
                .add(5, 10, 11, {lrange(0, {1}), lrange(1, {2})}))
        == kinds{"G2"});
}

TEST_CASE("A read that misses what had ended before it contradicts time", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {rpush(0, 1)})
                .add(2, 2, 3, {lrange(0, {})})
                .add(3, 4, 5, {lrange(0, {1})}))
        == kinds{"G-single-realtime"});
}

TEST_CASE("Appends in another order than that of their times contradict time", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {rpush(0, 1)})
                .add(2, 2, 3, {rpush(0, 2)})
                .add(3, 4, 5, {lrange(0, {2, 1})}))
        == kinds{"G0-realtime"});
}

TEST_CASE("A client that does not see its own write contradicts its order", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {rpush(0, 1)})
                .add(1, 0, 9, {lrange(0, {})})
                .add(2, 10, 11, {lrange(0, {1})}))
        == kinds{"G-single-process"});
}

TEST_CASE("A circle over several transactions and lists is found", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {rpush(0, 1), lrange(1, {})})
                .add(2, 0, 9, {rpush(1, 2), lrange(2, {})})
                .add(3, 0, 9, {rpush(2, 3), lrange(0, {})})
                .add(4, 10, 11, {lrange(0, {1}), lrange(1, {2}), lrange(2, {3})}),
              3)
        == kinds{"G2"});
}

TEST_CASE("An element that comes twice is found", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 1, {rpush(0, 1)}).add(2, 2, 3, {lrange(0, {1, 1})}))
        == kinds{"duplicate element"});
}

TEST_CASE("An element that nobody appended there is found", "[history]") {
  CHECK(check(written_history{}.add(2, 2, 3, {lrange(0, {1})})) == kinds{"phantom element"});
  CHECK(check(written_history{}.add(1, 0, 1, {rpush(1, 1)}).add(2, 2, 3, {lrange(0, {1})})).front()
        == "phantom element");
}

TEST_CASE("An append that got lost is found", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 1, {rpush(0, 1)}).add(2, 2, 3, {lrange(0, {})}))
        == kinds{"lost append"});
  CHECK(check(written_history{}.add(1, 0, 9, {rpush(0, 1)}).add(2, 2, 3, {lrange(0, {})}))
        == kinds{});
}

TEST_CASE("Reads that no order of appends explains are found", "[history]") {
  const auto found = check(written_history{}
                             .add(1, 0, 9, {rpush(0, 1)})
                             .add(2, 0, 9, {rpush(0, 2)})
                             .add(3, 0, 9, {lrange(0, {1, 2})})
                             .add(4, 0, 9, {lrange(0, {2})}));
  CHECK(found == kinds{"incompatible orders"});
}

TEST_CASE("A transaction that contradicts itself is found", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 1, {rpush(0, 1), lrange(0, {})})).front()
        == "internal inconsistency");
  CHECK(
    check(
      written_history{}.add(1, 0, 9, {rpush(0, 1)}).add(2, 0, 9, {lrange(0, {}), lrange(0, {1})}))
      .front()
    == "internal inconsistency");
}

TEST_CASE("A transaction that ran although a watched list had grown is found", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {rpush(0, 1)})
                .add(2, 2, 3, {rpush(0, 2)})
                .add(1, 4, 5, {unchanged(0, {1}), rpush(0, 3)})
                .add(3, 6, 7, {lrange(0, {1, 2, 3})}))
        == kinds{"G-single"});
}

TEST_CASE("An append of which nobody knows whether it happened may be there or not", "[history]") {
  for (const auto& seen : {std::vector<std::int64_t>{}, {1}})
    CHECK(check(written_history{}.add(1, 0, never, {rpush(0, 1)}).add(2, 2, 3, {lrange(0, seen)}))
          == kinds{});
}

TEST_CASE("The evidence of a circle shows its transactions", "[history]") {
  const auto found = check_list_append(written_history{}
                                         .add(1, 0, 9, {rpush(0, 1), lrange(1, {2})})
                                         .add(2, 0, 9, {rpush(1, 2), lrange(0, {1})}),
                                       2);
  REQUIRE(found.size() == 1);
  CHECK(found[0].evidence.find("RPUSH k0 1") != std::string::npos);
  CHECK(found[0].evidence.find("RPUSH k1 2") != std::string::npos);
}
