#include "persistence/journal_reader.hpp"

#include "base/random.hpp"
#include "persistence/journal_group.hpp"
#include "tests/unit/persistence/made_up_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;
using outcome = journal_reader::outcome;

namespace {

/// What was read of a file.
struct reading {
  outcome how;
  /// All that was given out, as it stood in the file.
  std::string requests{};
  /// How much of that is behind the last MULTI without EXEC.
  std::size_t open = 0;
  std::uint64_t whole_until = 0;
  log_number last = 0;
  bool is_verified = false;
  std::string why{};
};

reading read_to_end(const std::string& text, log_number after = 0,
                    std::size_t at_once = made_up_file::all) {
  made_up_file file{text, at_once};
  input_window window{file};
  journal_reader reader{window, after};
  reading out;
  for (auto open = false;;) {
    out.how = reader.next();
    if (out.how != outcome::request)
      break;
    const auto before = out.requests.size();
    append_request(out.requests, reader.words());
    REQUIRE(text.substr(reader.offset(), out.requests.size() - before)
            == out.requests.substr(before));
    open = (open || reader.words().front() == "MULTI") && reader.words().front() != "EXEC";
    out.open = open ? out.open + out.requests.size() - before : 0;
  }
  out.whole_until = reader.whole_until();
  out.last = reader.last();
  out.is_verified = reader.is_verified();
  out.why = reader.why();
  return out;
}

std::string request(std::initializer_list<std::string_view> words) {
  const std::vector<std::string_view> all{words};
  std::string out;
  append_request(out, all);
  return out;
}

/// A record each; where they end, of a file of them alone.
struct records {
  std::vector<std::string> all;

  std::string plain() const {
    std::string out;
    for (const auto& one : all)
      out += one;
    return out;
  }
  /// So many records in a frame.
  std::string framed(std::size_t in_a_frame, log_number first = 1) const {
    std::string out;
    for (std::size_t i = 0; i < all.size(); i += in_a_frame) {
      std::string content;
      const auto end = std::min(i + in_a_frame, all.size());
      for (auto k = i; k < end; ++k)
        content += all[k];
      out += frame_line(first + i, first + end - 1, content) + content;
    }
    return out;
  }
};

records some_records() {
  return {
    {request({"SELECT", "3"}) + request({"SET", "a", "1"}), request({"DEL", "b", ""}),
     request({"MULTI"}) + request({"INCR", "x\r\n*1"}) + request({"INCR", "y"}) + request({"EXEC"}),
     request({"SET", "c", "#LSN:1-1"}), request({"PING"})}};
}

} // namespace

TEST_CASE("what was written is read, however it comes", "[journal_reader]") {
  const auto written = some_records();
  for (std::size_t at_once = 1; at_once < 70; ++at_once)
    for (const std::size_t in_a_frame : {0, 1, 2, 5}) {
      const auto text = in_a_frame == 0 ? written.plain() : written.framed(in_a_frame, 7);
      const auto found = read_to_end(text, in_a_frame == 0 ? 0 : 6, at_once);
      INFO(found.why << ", " << at_once << " bytes at once");
      REQUIRE(found.how == outcome::end);
      REQUIRE(found.requests == written.plain());
      REQUIRE(found.whole_until == text.size());
      REQUIRE(found.last == (in_a_frame == 0 ? 0 : 11));
      REQUIRE(found.is_verified == (in_a_frame != 0));
    }
}

TEST_CASE("a file without anything ends", "[journal_reader]") {
  const auto found = read_to_end("", 5);
  CHECK(found.how == outcome::end);
  CHECK(found.last == 5);
  CHECK(found.whole_until == 0);
  CHECK_FALSE(found.is_verified);
}

TEST_CASE("of a framed file that was cut the whole frames are good", "[journal_reader]") {
  const auto written = some_records();
  for (const std::size_t in_a_frame : {1, 2, 5}) {
    const auto text = written.framed(in_a_frame);
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      const auto found = read_to_end(text.substr(0, cut));
      INFO("cut at " << cut << ": " << found.why);
      std::size_t whole = 0;
      for (std::size_t next = 0; next != std::string::npos && next <= cut;
           next = text.find("#LSN:", next + 1))
        if (next == 0 || text.compare(next - 2, 2, "\r\n") == 0)
          if (next == 0 || parse_frame_line(text.substr(next, text.find("\r\n", next) - next)))
            whole = next;
      REQUIRE(found.how == (whole == cut ? outcome::end : outcome::torn));
      REQUIRE(found.whole_until == whole);
      const auto prefix = read_to_end(text.substr(0, whole));
      REQUIRE(prefix.how == outcome::end);
      REQUIRE(found.requests == prefix.requests);
      REQUIRE(found.last == prefix.last);
    }
  }
}

TEST_CASE("of a plain file that was cut the whole records are good", "[journal_reader]") {
  auto written = some_records();
  written.all.front() = request({"SET", "a", "1"});
  const auto text = written.plain();
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    std::size_t whole = 0;
    for (const auto& one : written.all)
      if (whole + one.size() <= cut)
        whole += one.size();
      else
        break;
    const auto found = read_to_end(text.substr(0, cut));
    INFO("cut at " << cut << ": " << found.why);
    REQUIRE(found.how == (whole == cut ? outcome::end : outcome::torn));
    REQUIRE(found.whole_until == whole);
    REQUIRE(found.requests.size() - found.open == whole);
    REQUIRE(text.starts_with(found.requests));
  }
}

TEST_CASE("any bit of a framed file that is another one is found", "[journal_reader]") {
  const auto written = some_records();
  for (const std::size_t in_a_frame : {1, 2, 5}) {
    const auto text = written.framed(in_a_frame);
    for (std::size_t at = 0; at < text.size(); ++at)
      for (int bit = 0; bit < 8; ++bit) {
        auto changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
        const auto found = read_to_end(changed);
        INFO("byte " << at << ", bit " << bit << ": " << found.why);
        // Not even for torn: what is behind it would be cut off.
        REQUIRE(found.how == outcome::damaged);
        REQUIRE(written.plain().starts_with(found.requests));
        REQUIRE(found.whole_until <= at);
      }
  }
}

TEST_CASE("any changed bit of many frames is found", "[journal_reader]") {
  journal_group group{1, 0};
  for (int i = 0; i < 300; ++i) {
    journal_share share;
    const auto value = std::to_string(i);
    const std::string_view words[] = {"SET", value, "a value of some length"};
    share.add(0, i % 7, words);
    group.add(share);
  }
  const auto text = group.text(true);
  REQUIRE(read_to_end(text).how == outcome::end);
  const auto seed = Catch::rngSeed();
  INFO("seed " << seed);
  thespis::base::random_bits random{seed};
  for (int i = 0; i < 500; ++i) {
    auto changed = text;
    auto& byte = changed[random.below(text.size())];
    byte = static_cast<char>(byte ^ 1 << random.below(8));
    REQUIRE(read_to_end(changed).how == outcome::damaged);
  }
}

TEST_CASE("a frame that is missing, doubled or moved is found", "[journal_reader]") {
  const auto record = request({"PING"});
  const auto frame = [&record](log_number n) { return frame_line(n, n, record) + record; };
  CHECK(read_to_end(frame(1) + frame(2)).how == outcome::end);
  const auto missing = read_to_end(frame(1) + frame(3));
  CHECK(missing.how == outcome::damaged);
  CHECK(missing.why == "record 3 where 2 should be at offset " + std::to_string(frame(1).size()));
  CHECK(missing.last == 1);
  CHECK(missing.requests == record);
  CHECK(read_to_end(frame(1) + frame(1)).how == outcome::damaged);
  CHECK(read_to_end(frame(2) + frame(1)).how == outcome::damaged);
  CHECK(read_to_end(frame(1), 1).why == "record 1 where 2 should be at offset 0");
  CHECK(read_to_end(frame(5), 4).how == outcome::end);
  CHECK(read_to_end(frame(5)).how == outcome::end);
}

TEST_CASE("a file is framed as a whole or not at all", "[journal_reader]") {
  const auto record = request({"PING"});
  const auto frame = frame_line(1, 1, record) + record;
  CHECK(read_to_end(frame + record).why.starts_with("a request outside of a frame"));
  CHECK(read_to_end(record + frame).why.starts_with("a comment that does not belong here"));
  CHECK(read_to_end(frame + "#TS:1\r\n").why.starts_with("a comment that does not belong here"));
  const auto nested = frame_line(1, 2, frame) + frame;
  CHECK(read_to_end(nested).why.starts_with("a comment that does not belong here"));
  const auto open = request({"MULTI"}) + record;
  CHECK(read_to_end(frame_line(1, 1, open) + open).why.starts_with("a frame ends in a trans"));
  const auto half = record.substr(0, record.size() - 3);
  CHECK(read_to_end(frame_line(1, 1, half) + half + "NG\r\n").how == outcome::damaged);
}

TEST_CASE("time stamps are passed over, other comments are damage", "[journal_reader]") {
  const auto record = request({"PING"});
  const auto dated = "#TS:1700000000\r\n" + record;
  CHECK(read_to_end(dated + dated).requests == record + record);
  CHECK(read_to_end(frame_line(1, 1, dated) + dated).how == outcome::end);
  const std::pair<std::string, outcome> comments[] = {
    {"#TS:17\n", outcome::damaged},
    {"#ts:17\r\n", outcome::damaged},
    {"#\r\n", outcome::damaged},
    {"#LSN:1-1 0 00000000 00000000\r\n", outcome::damaged},
    {"#TS:" + std::string(130, '1') + "\r\n", outcome::damaged},
    {"#TS:" + std::string(130, '1'), outcome::damaged},
    {"#TS:17", outcome::torn},
    {"#TS:17\r", outcome::torn},
    {"#", outcome::torn},
  };
  for (const auto& [comment, how] : comments) {
    INFO(comment);
    CHECK(read_to_end(comment).how == how);
    CHECK(read_to_end(record + comment).how == how);
    CHECK(read_to_end(record + comment).whole_until == record.size());
  }
}

TEST_CASE("transactions in transactions, and ends without a beginning, are damage",
          "[journal_reader]") {
  const auto begin = request({"multi"});
  const auto end = request({"ExEc"});
  const auto record = request({"PING"});
  CHECK(read_to_end(begin + record + end).how == outcome::end);
  CHECK(read_to_end(begin + end).how == outcome::end);
  CHECK(read_to_end(begin + begin).why.starts_with("MULTI in a transaction"));
  CHECK(read_to_end(record + end).why.starts_with("EXEC without MULTI"));
  const auto torn = read_to_end(record + begin + record);
  CHECK(torn.how == outcome::torn);
  CHECK(torn.why.starts_with("a transaction without EXEC"));
  CHECK(torn.whole_until == record.size());
}

TEST_CASE("what is no request is damage", "[journal_reader]") {
  const auto record = request({"PING"});
  for (const auto* other : {"PING\r\n", "$4\r\nPING\r\n", "*0\r\n", "*-1\r\n", "*x\r\n",
                            "*1\r\n+1\r\n", "*1\r\n$-1\r\n", "*\r\n", "\r\n", "*0\r\nPING\r\n"}) {
    INFO(other);
    const auto found = read_to_end(record + other);
    CHECK(found.how == outcome::damaged);
    CHECK(found.whole_until == record.size());
    CHECK(found.requests == record);
  }
  CHECK(read_to_end(record + std::string(100, '\0')).how == outcome::damaged);
}

TEST_CASE("a word may be longer than clients may send now", "[journal_reader]") {
  const auto found = read_to_end("*2\r\n$4\r\nECHO\r\n$1000000000\r\nand so on");
  CHECK(found.how == outcome::torn);
}

TEST_CASE("a file that cannot be read is not torn", "[journal_reader]") {
  const auto text = some_records().framed(1);
  for (std::size_t at = 1; at < text.size(); at += 7) {
    made_up_file file{text, 5};
    file.fails_at = at;
    input_window window{file};
    journal_reader reader{window, 0};
    auto how = reader.next();
    while (how == outcome::request)
      how = reader.next();
    CHECK(how == outcome::damaged);
    CHECK(reader.why().find("the disk is broken") != std::string::npos);
  }
}

TEST_CASE("a file as redis-server writes it", "[journal_reader]") {
  const auto text = "#TS:1628217470\r\n" + request({"SELECT", "0"}) + request({"SET", "k1", "v1"})
                    + "#TS:1628217471\r\n" + request({"MULTI"}) + request({"LPUSH", "l", "1"})
                    + request({"EXEC"});
  const auto found = read_to_end(text, 9);
  CHECK(found.how == outcome::end);
  CHECK(found.last == 9);
  CHECK_FALSE(found.is_verified);
  CHECK(found.whole_until == text.size());
}
