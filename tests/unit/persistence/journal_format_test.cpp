#include "persistence/journal_format.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

using namespace thespis::persistence;

namespace {

constexpr std::string_view some_records = "*1\r\n$4\r\nPING\r\n";

std::string without_end(std::string line) {
  REQUIRE(line.ends_with("\r\n"));
  line.resize(line.size() - 2);
  return line;
}

} // namespace

TEST_CASE("a frame's line is read as it was written", "[journal_format]") {
  for (const auto& [first, last] : std::initializer_list<std::pair<log_number, log_number>>{
         {1, 1}, {17, 19}, {99, 100}, {UINT64_MAX - 1, UINT64_MAX}})
    for (const auto& records : {std::string{}, std::string{some_records}, std::string(5000, 'x')}) {
      const auto line = frame_line(first, last, records);
      CHECK(line.size() <= comment_bytes_max);
      CHECK(line.starts_with(frame_mark));
      const auto frame = parse_frame_line(without_end(line));
      REQUIRE(frame);
      CHECK(frame->first == first);
      CHECK(frame->last == last);
      CHECK(frame->bytes == records.size());
      CHECK(belongs_to(records, *frame));
    }
}

TEST_CASE("a frame's line has this form", "[journal_format]") {
  CHECK(frame_line(1, 2, "123456789").starts_with("#LSN:1-2 9 e3069283 "));
}

TEST_CASE("a line of which any byte is another one is none", "[journal_format]") {
  for (const auto last : {7, 9, 10, 1999}) {
    const auto line = without_end(frame_line(7, static_cast<log_number>(last), some_records));
    for (std::size_t at = 0; at < line.size(); ++at)
      for (int byte = 0; byte < 256; ++byte) {
        auto changed = line;
        changed[at] = static_cast<char>(byte);
        REQUIRE(parse_frame_line(changed).has_value() == (changed == line));
      }
  }
}

TEST_CASE("a line that lost or won a byte is none", "[journal_format]") {
  const auto line = without_end(frame_line(7, 12, some_records));
  for (std::size_t at = 0; at <= line.size(); ++at) {
    if (at < line.size()) {
      CHECK_FALSE(parse_frame_line(line.substr(0, at)));
      CHECK_FALSE(parse_frame_line(std::string{line}.erase(at, 1)));
    }
    for (const char more : {' ', '0', '1', 'a', '-', '\r', '\0'})
      CHECK_FALSE(parse_frame_line(std::string{line}.insert(at, 1, more)));
  }
}

TEST_CASE("no line has records that begin with 0 or go backwards", "[journal_format]") {
  CHECK_FALSE(parse_frame_line(without_end(frame_line(0, 3, some_records))));
  CHECK_FALSE(parse_frame_line(without_end(frame_line(3, 2, some_records))));
}

TEST_CASE("records of which any bit is another one do not belong to the frame",
          "[journal_format]") {
  const auto frame = parse_frame_line(without_end(frame_line(1, 1, some_records)));
  REQUIRE(frame);
  for (std::size_t at = 0; at < some_records.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed{some_records};
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      CHECK_FALSE(belongs_to(changed, *frame));
    }
    CHECK_FALSE(belongs_to(some_records.substr(0, at), *frame));
  }
  CHECK_FALSE(belongs_to(std::string{some_records} + '\0', *frame));
}

TEST_CASE("requests stand in the file as clients send them", "[journal_format]") {
  std::string out;
  const std::string_view words[] = {"SET", "", "a\r\n$1"};
  append_request(out, words);
  CHECK(out == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$5\r\na\r\n$1\r\n");
  out.clear();
  append_select(out, 12);
  CHECK(out == "*2\r\n$6\r\nSELECT\r\n$2\r\n12\r\n");
  out.clear();
  append_begin(out);
  append_end(out);
  CHECK(out == "*1\r\n$5\r\nMULTI\r\n*1\r\n$4\r\nEXEC\r\n");
  out.clear();
  append_time(out, 1'700'000'000);
  CHECK(out == "#TS:1700000000\r\n");
}
