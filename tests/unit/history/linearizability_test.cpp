#include "tests/history/linearizability.hpp"
#include "tests/unit/history/written_history.hpp"

#include "base/random.hpp"
#include "tests/history/store_model.hpp"

#include <catch2/catch.hpp>

using namespace thespis::history;
using verdict = linearizability::verdict;

namespace {

verdict check(const std::vector<operation>& history, std::size_t keys = 1) {
  return check_linearizability(history, keys).is;
}

} // namespace

TEST_CASE("Nothing at all is linearizable", "[history]") {
  CHECK(check({}) == verdict::yes);
}

TEST_CASE("Requests one after the other are linearizable", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {get_nothing(0)})
                .add(1, 2, 3, {set(0, 5)})
                .add(2, 4, 5, {incr(0, 6)})
                .add(1, 6, 7, {getdel(0, 6)})
                .add(2, 8, 9, {get_nothing(0)}))
        == verdict::yes);
}

TEST_CASE("A read at the same time as a write may see the old or the new value", "[history]") {
  const auto with = [](const call& read) {
    return check(
      written_history{}.add(1, 0, 1, {set(0, 1)}).add(1, 2, 9, {set(0, 2)}).add(2, 3, 8, {read}));
  };
  CHECK(with(get(0, 1)) == verdict::yes);
  CHECK(with(get(0, 2)) == verdict::yes);
  CHECK(with(get_nothing(0)) == verdict::no);
}

TEST_CASE("A stale read is found", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {set(0, 1)})
                .add(1, 2, 3, {set(0, 2)})
                .add(2, 4, 5, {get(0, 1)}))
        == verdict::no);
}

TEST_CASE("A value that goes back to the old one between two reads is found", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {set(0, 1)})
                .add(1, 2, 9, {set(0, 2)})
                .add(2, 3, 4, {get(0, 2)})
                .add(3, 5, 6, {get(0, 1)}))
        == verdict::no);
}

TEST_CASE("A lost write is found", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 1, {set(0, 1)}).add(2, 2, 3, {get_nothing(0)}))
        == verdict::no);
}

TEST_CASE("A value that nobody wrote is found", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 1, {set(0, 1)}).add(2, 0, 3, {get(0, 7)}))
        == verdict::no);
}

TEST_CASE("Two increments with one result are found", "[history]") {
  const auto with = [](std::int64_t second) {
    return check(written_history{}.add(1, 0, 9, {incr(0, 1)}).add(2, 0, 9, {incr(0, second)}));
  };
  CHECK(with(2) == verdict::yes);
  CHECK(with(1) == verdict::no);
  CHECK(with(3) == verdict::no);
}

TEST_CASE("A value that two GETDEL got is found", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {set(0, 1)})
                .add(2, 2, 9, {getdel(0, 1)})
                .add(3, 2, 9, {getdel(0, 1)}))
        == verdict::no);
}

TEST_CASE("Requests of one pipeline keep their order although their times overlap", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 9, {set(0, 1)}).add(1, 0, 9, {get_nothing(0)}))
        == verdict::no);
  CHECK(check(written_history{}.add(1, 0, 9, {get_nothing(0)}).add(1, 0, 9, {set(0, 1)}))
        == verdict::yes);
}

TEST_CASE("What may have happened may be seen or not", "[history]") {
  const auto with = [](const call& read) {
    return check(written_history{}
                   .add(1, 0, 1, {set(0, 1)})
                   .add(2, 2, never, {set(0, 2)})
                   .add(1, 50, 51, {read}));
  };
  CHECK(with(get(0, 1)) == verdict::yes);
  CHECK(with(get(0, 2)) == verdict::yes);
  CHECK(with(get(0, 3)) == verdict::no);
}

TEST_CASE("What may have happened did not happen before it began", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 1, {get(0, 2)}).add(2, 2, never, {set(0, 2)}))
        == verdict::no);
}

TEST_CASE("An element that was popped twice is found", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {rpush(0, 7, 1)})
                .add(2, 2, 9, {lpop(0, 7)})
                .add(3, 2, 9, {lpop(0, 7)}))
        == verdict::no);
}

TEST_CASE("A push that got lost is found", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 1, {rpush(0, 7, 1)}).add(2, 2, 3, {lpop_nothing(0)}))
        == verdict::no);
  CHECK(check(written_history{}.add(1, 0, 1, {rpush(0, 7, 1)}).add(1, 2, 3, {rpush(0, 8, 1)}))
        == verdict::no);
}

TEST_CASE("Elements that were popped out of order are found", "[history]") {
  const auto with = [](std::int64_t first, std::int64_t second) {
    return check(written_history{}
                   .add(1, 0, 1, {rpush(0, 7, 1)})
                   .add(1, 2, 3, {rpush(0, 8, 2)})
                   .add(2, 4, 5, {lpop(0, first)})
                   .add(3, 6, 7, {lpop(0, second)}));
  };
  CHECK(with(7, 8) == verdict::yes);
  CHECK(with(8, 7) == verdict::no);
}

TEST_CASE("Somebody who waited got an element once", "[history]") {
  const auto with = [](std::int64_t other) {
    return check(written_history{}
                   .add(2, 0, 9, {blpop({0}, 0, 7)})
                   .add(3, 0, 9, {blpop({0}, 0, other)})
                   .add(1, 4, 5, {rpush(0, 7, 1)})
                   .add(1, 6, 7, {rpush(0, 8, 1)}));
  };
  CHECK(with(8) == verdict::yes);
  CHECK(with(7) == verdict::no);
}

TEST_CASE("An element that nobody got who waited is missed", "[history]") {
  CHECK(check(written_history{}
                .add(2, 0, 9, {{verb::blpop, {0}, {}, null_reply()}})
                .add(1, 4, 5, {rpush(0, 7, 1)})
                .add(1, 10, 11, {lrange(0, {})}))
        == verdict::no);
}

TEST_CASE("BLPOP takes from the first of its keys that has something", "[history]") {
  const auto with = [](std::int64_t key, std::int64_t element) {
    return check(written_history{}
                   .add(1, 0, 1, {rpush(0, 7, 1)})
                   .add(1, 2, 3, {rpush(1, 8, 1)})
                   .add(2, 4, 5, {blpop({1, 0}, key, element)}),
                 2);
  };
  CHECK(with(1, 8) == verdict::yes);
  CHECK(with(0, 7) == verdict::no);
}

TEST_CASE("An MGET that sees half of an MSET is found", "[history]") {
  const auto with = [](std::int64_t first, std::int64_t second) {
    return check(written_history{}
                   .add(1, 0, 1, {mset({0, 1}, {1, 1})})
                   .add(1, 2, 9, {mset({0, 1}, {2, 2})})
                   .add(2, 2, 9, {mget({0, 1}, {first, second})}),
                 2);
  };
  CHECK(with(1, 1) == verdict::yes);
  CHECK(with(2, 2) == verdict::yes);
  CHECK(with(1, 2) == verdict::no);
  CHECK(with(2, 1) == verdict::no);
}

TEST_CASE("Two MSETs in different orders at two keys are found", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 9, {mset({0, 1}, {1, 1})})
                .add(2, 0, 9, {mset({0, 1}, {2, 2})})
                .add(3, 10, 11, {mget({0, 1}, {1, 2})}),
              2)
        == verdict::no);
}

TEST_CASE("A key that is renamed is never in two places, nor in none", "[history]") {
  const auto with = [](const reply& seen) {
    return check(written_history{}
                   .add(1, 0, 1, {set(0, 1)})
                   .add(1, 2, 9, {{verb::rename, {0, 1}, {}, ok_reply()}})
                   .add(2, 3, 8, {{verb::mget, {0, 1}, {}, seen}}),
                 2);
  };
  CHECK(with(array_reply({text_reply(1), null_reply()})) == verdict::yes);
  CHECK(with(array_reply({null_reply(), text_reply(1)})) == verdict::yes);
  CHECK(with(array_reply({text_reply(1), text_reply(1)})) == verdict::no);
  CHECK(with(array_reply({null_reply(), null_reply()})) == verdict::no);
}

TEST_CASE("An element that moves is somewhere", "[history]") {
  const auto with = [](const call& left, const call& right) {
    return check(written_history{}
                   .add(1, 0, 1, {rpush(0, 7, 1)})
                   .add(1, 2, 9, {{verb::lmove, {0, 1}, {0, 1}, text_reply(7)}})
                   .add(2, 3, 8, {left, right}),
                 2);
  };
  CHECK(with(lrange(0, {7}), lrange(1, {})) == verdict::yes);
  CHECK(with(lrange(0, {}), lrange(1, {7})) == verdict::yes);
  CHECK(with(lrange(0, {}), lrange(1, {})) == verdict::no);
  CHECK(with(lrange(0, {7}), lrange(1, {7})) == verdict::no);
}

TEST_CASE("A transaction between whose requests another's came is found", "[history]") {
  CHECK(check(written_history{}.add(1, 0, 9, {incr(0, 1), incr(0, 3)}).add(2, 0, 9, {incr(0, 2)}))
        == verdict::no);
}

TEST_CASE("A transaction that ran although a watched key had changed is found", "[history]") {
  const auto with = [](std::int64_t read) {
    return check(written_history{}
                   .add(1, 0, 1, {set(0, 1)})
                   .add(2, 2, 3, {set(0, 2)})
                   .add(1, 4, 5, {unchanged(0, {read}), set(0, 3)}));
  };
  CHECK(with(2) == verdict::yes);
  CHECK(with(1) == verdict::no);
}

TEST_CASE("A transaction that was refused does nothing", "[history]") {
  CHECK(check(written_history{}.refused(1, 0, 1, {set(0, 1)}).add(1, 2, 3, {get_nothing(0)}))
        == verdict::yes);
  CHECK(check(written_history{}.refused(1, 0, 1, {set(0, 1)}).add(1, 2, 3, {get(0, 1)}))
        == verdict::no);
}

TEST_CASE("A key may expire at any time after it was set", "[history]") {
  const auto with = [](std::vector<call> calls) {
    return check(written_history{}
                   .add(1, 0, 1, {set(0, 1)})
                   .add(-1, 0, never, {expires(0, 1)})
                   .add(2, 5, 6, std::move(calls)));
  };
  CHECK(with({get(0, 1)}) == verdict::yes);
  CHECK(with({get_nothing(0)}) == verdict::yes);
  CHECK(with({unchanged(0, {1}), get(0, 1)}) == verdict::yes);
  CHECK(with({unchanged(0, {1}), get_nothing(0)}) == verdict::no);
}

TEST_CASE("A key that expired does not come back", "[history]") {
  CHECK(check(written_history{}
                .add(1, 0, 1, {set(0, 1)})
                .add(-1, 0, never, {expires(0, 1)})
                .add(2, 5, 6, {get_nothing(0)})
                .add(2, 7, 8, {get(0, 1)}))
        == verdict::no);
}

TEST_CASE("Sets are combined as they are at one moment", "[history]") {
  const auto with = [](std::int64_t size, std::vector<std::int64_t> members) {
    return check(written_history{}
                   .add(1, 0, 1, {{verb::sadd, {1}, {3, 1}, integer_reply(2)}})
                   .add(1, 2, 3, {{verb::sadd, {2}, {3, 4}, integer_reply(2)}})
                   .add(2, 4, 5, {{verb::sunionstore, {0, 1, 2}, {}, integer_reply(size)}})
                   .add(2, 6, 7, {{verb::smembers, {0}, {}, list_reply(members)}}),
                 3);
  };
  CHECK(with(3, {1, 3, 4}) == verdict::yes);
  CHECK(with(2, {1, 3}) == verdict::no);
  CHECK(with(3, {1, 3}) == verdict::no);
}

TEST_CASE("A search that takes too long is given up", "[history]") {
  written_history history;
  for (int i = 0; i < 12; ++i)
    history.add(i, 0, 100, {set(0, i)});
  history.add(20, 101, 102, {get(0, 99)});
  CHECK(check_linearizability(history, 1, 100).is == verdict::unknown);
  CHECK(check_linearizability(history, 1).is == verdict::no);
}

TEST_CASE("The evidence says where it stops to fit", "[history]") {
  const auto found = check_linearizability(
    written_history{}.add(1, 0, 1, {set(0, 1)}).add(2, 2, 3, {get(0, 9)}), 1);
  CHECK(found.evidence.find("1 of 2 operations") != std::string::npos);
  CHECK(found.evidence.find("GET k0 -> \"9\"") != std::string::npos);
}

namespace {

/// What a correct store would have answered, and times around the moment at which it did.
std::vector<operation> make_correct_history(thespis::base::random_bits& random) {
  std::vector<operation> out;
  store_state state(2);
  std::vector<std::int64_t> last_end(4, -1);
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto client = random.below(4);
    const auto moment = static_cast<std::int64_t>(i) * 10;
    const auto earliest = std::max(last_end[client] + 1,
                                   moment - static_cast<std::int64_t>(random.below(30)));
    last_end[client] = moment + static_cast<std::int64_t>(random.below(30));
    const auto key = static_cast<std::uint8_t>(random.below(2));
    auto& value = state[key];
    const auto number = static_cast<std::int64_t>(i);
    auto done = get_nothing(key);
    if (const auto dice = random.below(4); dice == 0)
      done = set(key, number);
    else if (dice == 1)
      done = mset({0, 1}, {number, number});
    else if (dice == 2 && !value.empty())
      done = incr(key, value.front() + 1);
    else if (!value.empty())
      done = get(key, value.front());
    REQUIRE(perform(state, done));
    out.push_back({.client = static_cast<int>(client),
                   .sequence = i,
                   .invoked_ns = std::min(earliest, moment),
                   .completed_ns = std::max(last_end[client], moment),
                   .calls = {done}});
    last_end[client] = out.back().completed_ns;
  }
  return out;
}

} // namespace

TEST_CASE("Histories of a correct store are accepted, and with one wrong answer not", "[history]") {
  const auto seed = thespis::base::random_bits{static_cast<std::uint64_t>(Catch::rngSeed())}.next();
  CAPTURE(seed);
  thespis::base::random_bits random{seed};
  for (int round = 0; round < 50; ++round) {
    auto history = make_correct_history(random);
    CHECK(check(history, 2) == verdict::yes);
    auto& wrong = history[random.below(history.size())].calls.front();
    wrong.answer = wrong.what == verb::get ? text_reply(-1) : error_reply();
    CHECK(check(history, 2) == verdict::no);
  }
}
