/// Scripts with every allocation on their way failing in turn: the script is answered, with what it
/// returns or with an error, and the next one runs as if nothing had been.

#include "tests/actor/running_store.hpp"
#include "tests/actor/stepped_core.hpp"
#include "tests/allocation/failing_allocation.hpp"
#include "tests/allocation/split_replies.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace thespis;
using namespace thespis::tests;

namespace {

constexpr const char* source = "redis.call('SET', KEYS[1], ARGV[1])\n"
                               "redis.call('RPUSH', KEYS[2], cjson.encode({ARGV[1]}))\n"
                               "redis.call('PUBLISH', 'channel', ARGV[1])\n"
                               "return {redis.call('STRLEN', KEYS[1]), {'text', 3.5}}";

void check_script(unsigned partitions, failing how) {
  const std::string text(3000, 'x');
  for (std::size_t number = 1;; ++number) {
    CAPTURE(partitions, number, how == failing::once);
    REQUIRE(number < 2000);
    stepped_core world{partitions};
    auto client = std::make_unique<stepped_client>(world);
    const auto a = key_in_partition(0, partitions);
    const auto b = key_in_partition(partitions - 1, partitions, 1);
    std::vector<std::string> replies;
    auto failed = false;
    {
      const failing_allocation fail{number, how};
      replies = split_replies(client->say({{"EVAL", source, "2", a, b, text}, {"PING"}}));
      failed = fail.happened();
    }
    if (!client->hung_up) {
      REQUIRE(replies.size() == 2);
      CAPTURE(replies[0]);
      const auto ran = replies[0] == "*2\r\n:3000\r\n*2\r\n$4\r\ntext\r\n:3\r\n";
      REQUIRE((ran || replies[0].starts_with("-OOM") || replies[0].starts_with("-ERR")));
      REQUIRE((ran || failed));
      REQUIRE((replies[1] == "+PONG\r\n" || replies[1].starts_with("-OOM")));
    }
    client = std::make_unique<stepped_client>(world);
    REQUIRE(client->say({{"EVAL", "return redis.call('SET', KEYS[1], 'v')", "1", a}}) == "+OK\r\n");
    client.reset();
    world.run();
    if (!failed)
      break;
  }
}

} // namespace

TEST_CASE("a script without memory is answered, and the next one runs", "[allocation][script]") {
  for (const auto how : {failing::once, failing::from_then_on})
    for (const auto partitions : {1u, 2u})
      check_script(partitions, how);
}
