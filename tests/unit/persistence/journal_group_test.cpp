#include "persistence/journal_group.hpp"

#include "persistence/journal_reader.hpp"
#include "tests/unit/persistence/made_up_file.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;

namespace {

void add_to(journal_share& share, std::uint32_t request, int database,
            std::initializer_list<std::string_view> words) {
  const std::vector<std::string_view> all{words};
  share.add(request, database, all);
}

journal_share one_request(std::initializer_list<std::string_view> words, int database = 0) {
  journal_share share;
  add_to(share, 0, database, words);
  return share;
}

/// The requests that a file says, each in a line, read to its end.
std::string requests_in(const std::string& text, log_number last) {
  made_up_file file{text};
  input_window window{file};
  journal_reader reader{window, 0};
  std::string out;
  for (;;) {
    const auto found = reader.next();
    INFO(reader.why());
    if (found == journal_reader::outcome::end)
      break;
    REQUIRE(found == journal_reader::outcome::request);
    for (const auto word : reader.words())
      (out += word) += ' ';
    out.back() = '\n';
  }
  CHECK(reader.last() == last);
  return out;
}

/// The same with frames and without.
void check_says(const journal_group& group, const std::string& requests) {
  CHECK(requests_in(group.text(true), group.next() - 1) == requests);
  CHECK(requests_in(group.text(false), 0) == requests);
}

} // namespace

TEST_CASE("a group without records has no text", "[journal_group]") {
  journal_group group{5, 0};
  CHECK(group.empty());
  CHECK(group.text(true).empty());
  group.add(journal_share{});
  group.add_merged(std::vector<journal_share>(3));
  CHECK(group.empty());
  CHECK(group.next() == 5);
}

TEST_CASE("requests have one record each, in the database that they ran in", "[journal_group]") {
  journal_group group{1, -1};
  group.add(one_request({"SET", "a", "1"}));
  group.add(one_request({"SET", "b", "1"}));
  group.add(one_request({"SET", "c", "1"}, 3));
  group.add(one_request({"SET", "d", "1"}, 3));
  CHECK(group.next() == 5);
  CHECK(group.database() == 3);
  check_says(group, "SELECT 0\nSET a 1\nSET b 1\nSELECT 3\nSET c 1\nSET d 1\n");
}

TEST_CASE("a request that took several to say is one record", "[journal_group]") {
  journal_share share;
  add_to(share, 4, 0, {"INCR", "a"});
  add_to(share, 5, 0, {"INCR", "b"});
  add_to(share, 5, 2, {"INCR", "c"});
  add_to(share, 5, 2, {"INCR", "d"});
  add_to(share, 9, 0, {"INCR", "e"});
  journal_group group{10, 0};
  group.add(share);
  CHECK(group.next() == 13);
  check_says(group, "INCR a\nMULTI\nINCR b\nSELECT 2\nINCR c\nINCR d\nEXEC\nSELECT 0\nINCR e\n");
}

TEST_CASE("shares are merged in the order of the requests", "[journal_group]") {
  std::vector<journal_share> shares(3);
  add_to(shares[0], 0, 0, {"SET", "a", "0"});
  add_to(shares[0], 2, 0, {"SET", "a", "2"});
  add_to(shares[1], 1, 0, {"SET", "b", "1"});
  add_to(shares[1], 2, 1, {"SET", "b", "2"});
  add_to(shares[2], 0, 0, {"SET", "c", "0"});
  add_to(shares[2], 3, 1, {"SET", "c", "3"});
  journal_group group{1, 0};
  group.add_merged(shares);
  CHECK(group.next() == 5);
  check_says(group, "MULTI\nSET a 0\nSET c 0\nEXEC\nSET b 1\n"
                    "MULTI\nSET a 2\nSELECT 1\nSET b 2\nEXEC\nSET c 3\n");
}

TEST_CASE("frames end between records, once they have 4 KiB", "[journal_group]") {
  journal_group group{1, 0};
  const std::string value(100, 'v');
  for (int i = 0; i < 1000; ++i)
    group.add(one_request({"SET", "key", value}));
  group.add(one_request({"SET", "large", std::string(100'000, 'x')}));
  group.add(one_request({"SET", "last", "1"}));
  const auto text = group.text(true);
  log_number next = 1;
  std::size_t frames = 0;
  for (std::size_t at = 0; at < text.size(); ++frames) {
    const auto end = text.find("\r\n", at);
    const auto frame = parse_frame_line(std::string_view{text}.substr(at, end - at));
    REQUIRE(frame);
    CHECK(frame->first == next);
    const auto is_last = end + 2 + frame->bytes == text.size();
    CHECK((is_last || frame->bytes >= 4096));
    CHECK((frame->bytes < 4096 + 200 || frame->bytes > 100'000));
    CHECK(belongs_to(std::string_view{text}.substr(end + 2, frame->bytes), *frame));
    next = frame->last + 1;
    at = end + 2 + frame->bytes;
  }
  CHECK(next == 1003);
  CHECK(frames > 25);
  CHECK(frames < 35);
}

TEST_CASE("a record that fills a frame to its end leaves none behind it", "[journal_group]") {
  journal_group group{1, 0};
  group.add(one_request({"SET", "large", std::string(5000, 'x')}));
  const auto text = group.text(true);
  CHECK(text.find(frame_mark, 1) == std::string::npos);
  requests_in(text, 1);
}

TEST_CASE("a time stands before the record that it is the time of", "[journal_group]") {
  journal_group group{1, 0};
  group.add_time(1000);
  CHECK(group.empty());
  CHECK(group.text(true).empty());
  group.add(one_request({"SET", "large", std::string(5000, 'x')}));
  const auto before = group.text(true);
  CHECK(before.find("\r\n#TS:1000\r\n") != std::string::npos);
  // What changed nothing has a time and no record.
  group.add_time(1001);
  group.add(journal_share{});
  CHECK(group.text(true) == before);
  group.add_time(1002);
  group.add(one_request({"SET", "a", "1"}, 1));
  const auto text = group.text(true);
  CHECK(text.find("#TS:1001") == std::string::npos);
  CHECK(text.find("\r\n#TS:1002\r\n*2\r\n$6\r\nSELECT") != std::string::npos);
  requests_in(text, 2);
}
