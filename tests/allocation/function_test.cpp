/// Functions with every allocation on their way failing in turn: each request is answered, with
/// what it returns or with an error, and the next ones run as if nothing had been.

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

constexpr const char* functions
  = "#!lua name=mine\n"
    "redis.register_function{function_name='f', description='a description of some length', "
    "flags={'allow-oom'}, callback=function(keys, args) redis.call('SET', keys[1], args[1]) "
    "return {redis.call('STRLEN', keys[1]), {'text', 3.5}} end}\n"
    "redis.register_function('g', function() return 1 end)";

void check_functions(unsigned partitions, failing how) {
  const std::string text(3000, 'x');
  for (std::size_t number = 1;; ++number) {
    CAPTURE(partitions, number, how == failing::once);
    REQUIRE(number < 4000);
    stepped_core world{partitions};
    auto client = std::make_unique<stepped_client>(world);
    const auto key = key_in_partition(partitions - 1, partitions);
    std::vector<std::string> replies;
    auto failed = false;
    {
      const failing_allocation fail{number, how};
      replies = split_replies(client->say({{"FUNCTION", "LOAD", functions},
                                           {"FCALL", "f", "1", key, text},
                                           {"FUNCTION", "DUMP"},
                                           {"FUNCTION", "LIST", "WITHCODE"},
                                           {"FUNCTION", "FLUSH"}}));
      failed = fail.happened();
    }
    if (!client->hung_up) {
      REQUIRE(replies.size() == 5);
      for (const auto& reply : replies) {
        CAPTURE(reply);
        REQUIRE((failed || !reply.starts_with('-')));
      }
    }
    client = std::make_unique<stepped_client>(world);
    REQUIRE(client->say({{"FUNCTION", "LOAD", "REPLACE", functions}}) == "$4\r\nmine\r\n");
    REQUIRE(client->say({{"FCALL", "f", "1", key, text}})
            == "*2\r\n:3000\r\n*2\r\n$4\r\ntext\r\n:3\r\n");
    REQUIRE(client->say({{"FCALL", "g", "0"}}) == ":1\r\n");
    client.reset();
    world.run();
    if (!failed)
      break;
  }
}

} // namespace

TEST_CASE("a function without memory is answered, and the next one runs",
          "[allocation][function]") {
  for (const auto how : {failing::once, failing::from_then_on})
    for (const auto partitions : {1u, 2u})
      check_functions(partitions, how);
}
