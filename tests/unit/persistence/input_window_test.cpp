#include "persistence/input_window.hpp"

#include "persistence/crc64.hpp"
#include "tests/unit/persistence/made_up_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>

using namespace thespis::persistence;
using namespace thespis::persistence::tests;

TEST_CASE("a window shows what has been read and not been passed", "[input_window]") {
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += std::to_string(i);
  for (const std::size_t at_once : {1, 3, 1000, 100'000}) {
    made_up_file file{text, at_once};
    input_window window{file};
    CHECK(window.bytes().empty());
    std::size_t seen = 0;
    for (std::size_t step = 1; window.offset() < text.size(); step = step % 7 + 1) {
      while (window.bytes().size() < step && *window.read_more())
        seen = window.offset() + window.bytes().size();
      REQUIRE(window.bytes()
              == std::string_view{text}.substr(window.offset(), window.bytes().size()));
      REQUIRE(window.bytes_beyond() == text.size() - seen);
      window.pass(std::min(step, window.bytes().size()));
      REQUIRE(window.checksum() == crc64(std::string_view{text}.substr(0, window.offset())));
    }
    const auto more = window.read_more();
    REQUIRE(more);
    CHECK_FALSE(*more);
    CHECK(window.bytes().empty());
    CHECK(window.bytes_beyond() == 0);
  }
}

TEST_CASE("a window that cannot be moved on says where", "[input_window]") {
  made_up_file file{std::string(100, 'x'), 10};
  file.fails_at = 30;
  input_window window{file};
  for (int i = 0; i < 3; ++i)
    REQUIRE(window.read_more());
  window.pass(12);
  const auto more = window.read_more();
  REQUIRE_FALSE(more);
  CHECK(more.why() == "made.rdb: cannot read: the disk is broken at offset 30");
  CHECK(window.bytes() == std::string(18, 'x'));
}
