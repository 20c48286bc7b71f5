/// Transactions with every allocation on their way failing in turn: EXEC runs all that was queued,
/// or nothing, and says which; and no transaction or watch is left over.

#include "protocol/errors.hpp"
#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"
#include "tests/allocation/failing_allocation.hpp"
#include "tests/allocation/split_replies.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis;
using namespace thespis::tests;

namespace {

const std::string long_text(5000, 'x');

bool somebody_watches(stepped_core& world) {
  auto found = false;
  for (auto& shard : world.home().shards)
    found = found || !shard.changes.watched().empty();
  return found;
}

std::string ask(stepped_core& world, const stepped_client::words& request) {
  stepped_client other{world};
  return other.say({request});
}

/// `gathered`: it can be a request of the batch.
void check(unsigned partitions, failing how, bool gathered) {
  for (std::size_t number = 1;; ++number) {
    CAPTURE(partitions, number, how == failing::once, gathered);
    REQUIRE(number < 1000);
    stepped_core world{partitions};
    auto client = std::make_unique<stepped_client>(world);
    const auto a = key_in_partition(0, partitions);
    const auto b = key_in_partition(partitions - 1, partitions, 1);
    std::vector<std::string> replies;
    auto failed = false;
    {
      const failing_allocation fail{number, how};
      replies = split_replies(
        client->say({{"WATCH", a, b},
                     {"MULTI"},
                     {"SET", a, long_text},
                     {"INCR", b},
                     gathered ? stepped_client::words{"STRLEN", a} : stepped_client::words{"PING"},
                     {"EXEC"}}));
      failed = fail.happened();
    }
    REQUIRE((replies.size() == 6 || client->hung_up));
    const auto a_is_set = ask(world, {"EXISTS", a}) == ":1\r\n";
    const auto b_is_set = ask(world, {"EXISTS", b}) == ":1\r\n";
    if (replies.size() == 6) {
      const auto& last = replies.back();
      CAPTURE(last);
      const auto ran = last.front() == '*';
      REQUIRE((ran || last.starts_with("-OOM") || last.starts_with("-EXECABORT")
               || last == "-ERR EXEC without MULTI\r\n"));
      // Without MULTI they are requests like others.
      const auto queued = replies[1] == "+OK\r\n";
      if (queued)
        REQUIRE((a_is_set == (last.find("+OK\r\n") != std::string::npos)
                 && b_is_set == (last.find(":1\r\n") != std::string::npos)));
      if (queued && !client->hung_up) {
        // Whatever EXEC said, nothing is watched any more.
        ask(world, {"SET", a, "changed"});
        REQUIRE(client->say({{"MULTI"}, {"GET", a}, {"EXEC"}})
                == "+OK\r\n+QUEUED\r\n*1\r\n$7\r\nchanged\r\n");
      }
      if (!failed)
        REQUIRE(last == "*3\r\n+OK\r\n:1\r\n" + std::string{gathered ? ":5000" : "+PONG"} + "\r\n");
    }
    if (!client->hung_up)
      REQUIRE(client->say({{"EXEC"}, {"UNWATCH"}, {"SET", a, "v"}})
              == "-ERR EXEC without MULTI\r\n+OK\r\n+OK\r\n");
    client.reset();
    world.run();
    REQUIRE_FALSE(somebody_watches(world));
    REQUIRE(ask(world, {"MSET", a, "1", b, "2"}) == "+OK\r\n");
    if (!failed)
      break;
  }
}

} // namespace

TEST_CASE("a transaction without memory runs as a whole or not at all",
          "[allocation][transaction]") {
  for (const auto how : {failing::once, failing::from_then_on})
    for (const auto partitions : {1u, 2u})
      for (const auto gathered : {false, true})
        check(partitions, how, gathered);
}
