#include "tests/history/request.hpp"
#include "tests/unit/history/written_history.hpp"

#include <catch2/catch.hpp>

using namespace thespis::history;

namespace {

const std::vector<std::int64_t> names{70, 80, 90};
const reply queued{reply::kind::queued};

} // namespace

TEST_CASE("A request alone is sent as it is", "[history]") {
  std::string bytes;
  CHECK(encode_calls(bytes, {.calls = {{verb::set, {1}, {5, 3}}}}, names) == 1);
  CHECK(bytes == "*5\r\n$3\r\nSET\r\n$2\r\n80\r\n$1\r\n5\r\n$2\r\nPX\r\n$1\r\n3\r\n");
}

TEST_CASE("A transaction is sent between MULTI and EXEC", "[history]") {
  std::string bytes;
  CHECK(encode_calls(bytes,
                     {.how = wrapping::transaction,
                      .calls = {{verb::mset, {0, 2}, {1, 2}}, {verb::lrange, {1}}}},
                     names)
        == 4);
  CHECK(bytes
        == "*1\r\n$5\r\nMULTI\r\n"
           "*5\r\n$4\r\nMSET\r\n$2\r\n70\r\n$1\r\n1\r\n$2\r\n90\r\n$1\r\n2\r\n"
           "*4\r\n$6\r\nLRANGE\r\n$2\r\n80\r\n$1\r\n0\r\n$2\r\n-1\r\n"
           "*1\r\n$4\r\nEXEC\r\n");
}

TEST_CASE("What is watched is read behind WATCH", "[history]") {
  std::string bytes;
  CHECK(encode_watch(bytes, {.watched = {{verb::get, {0}}, {verb::get, {2}}}}, names) == 3);
  CHECK(bytes
        == "*3\r\n$5\r\nWATCH\r\n$2\r\n70\r\n$2\r\n90\r\n"
           "*2\r\n$3\r\nGET\r\n$2\r\n70\r\n*2\r\n$3\r\nGET\r\n$2\r\n90\r\n");
}

TEST_CASE("The success of EXEC says what the watched keys held", "[history]") {
  request what{.how = wrapping::transaction,
               .calls = {{verb::set, {0}, {5}}},
               .watched = {{verb::mget, {0, 1}}}};
  REQUIRE(decode_watch(what, std::vector{ok_reply(), array_reply({text_reply(4), null_reply()})}));
  operation done;
  REQUIRE(
    decode_calls(done, what, names, std::vector{ok_reply(), queued, array_reply({ok_reply()})}));
  CHECK_FALSE(done.refused);
  REQUIRE(done.calls.size() == 3);
  CHECK(done.calls[0].values == std::vector<std::int64_t>{4});
  CHECK(done.calls[1].values.empty());
  CHECK(done.calls[2].answer == ok_reply());
}

TEST_CASE("A null from EXEC is a refusal where something is watched, and else a surprise",
          "[history]") {
  request what{.how = wrapping::transaction, .calls = {{verb::get, {0}}}};
  const std::vector replies{ok_reply(), queued, null_reply()};
  operation done;
  CHECK_FALSE(decode_calls(done, what, names, replies));
  what.watched = {get(0, 1)};
  done = {};
  CHECK(decode_calls(done, what, names, replies));
  CHECK(done.refused);
}

TEST_CASE("Replies of another shape are no replies", "[history]") {
  const request what{.how = wrapping::transaction, .calls = {{verb::get, {0}}}};
  operation done;
  CHECK_FALSE(decode_calls(done, what, names,
                           std::vector{ok_reply(), text_reply(1), array_reply({text_reply(1)})}));
  CHECK_FALSE(decode_calls(done, what, names, std::vector{ok_reply(), queued, array_reply({})}));
  CHECK_FALSE(decode_calls(done, what, names, std::vector{ok_reply(), queued, error_reply()}));
}

TEST_CASE("BLPOP's key becomes its place, members are sorted", "[history]") {
  operation done;
  REQUIRE(decode_calls(done, {.calls = {{verb::blpop, {2, 1}}}}, names,
                       std::vector{array_reply({text_reply(80), text_reply(5)})}));
  CHECK(done.calls[0].answer == array_reply({key_reply(1), text_reply(5)}));
  done = {};
  REQUIRE(decode_calls(done, {.calls = {{verb::smembers, {0}}}}, names,
                       std::vector{list_reply({3, 1, 2})}));
  CHECK(done.calls[0].answer == list_reply({1, 2, 3}));
}
