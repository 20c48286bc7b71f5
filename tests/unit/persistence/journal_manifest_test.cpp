#include "persistence/journal_manifest.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace thespis::persistence;
using kind = journal_file::kind;

namespace {

constexpr std::string_view by_redis_server = "file appendonly.aof.2.base.rdb seq 2 type b\n"
                                             "file appendonly.aof.1.incr.aof seq 1 type h\n"
                                             "file appendonly.aof.2.incr.aof seq 2 type i\n"
                                             "file appendonly.aof.3.incr.aof seq 3 type i\n";

journal_manifest parsed(std::string_view text) {
  auto found = journal_manifest::parse(text);
  INFO(text);
  REQUIRE(found);
  return std::move(*found);
}

std::string why_not(std::string_view text) {
  const auto found = journal_manifest::parse(text);
  INFO(text);
  REQUIRE_FALSE(found);
  return found.why();
}

} // namespace

TEST_CASE("a manifest of redis-server is read", "[journal_manifest]") {
  const auto found = parsed(by_redis_server);
  CHECK(found.base() == journal_file{"appendonly.aof.2.base.rdb", 2, kind::base});
  CHECK(found.increments()
        == std::vector<journal_file>{{"appendonly.aof.2.incr.aof", 2, kind::increment},
                                     {"appendonly.aof.3.incr.aof", 3, kind::increment}});
  CHECK(found.history()
        == std::vector<journal_file>{{"appendonly.aof.1.incr.aof", 1, kind::history}});
  const auto increment_only = parsed("# by hand\nfile a.1.incr.aof seq 1 type i key value\n");
  CHECK(increment_only.base().name.empty());
  CHECK(increment_only.increments().size() == 1);
}

TEST_CASE("a manifest is read as it was written, whatever files are called", "[journal_manifest]") {
  for (const auto* name : {"appendonly.aof", "with space", "with \"quotes\" and \\", "it's",
                           "tab\tand\nline", "\x01\xff"}) {
    journal_manifest written;
    written.set_base(written.next_base(name, true), 0);
    for (int i = 0; i < 3; ++i)
      written.add_increment(written.next_increment(name));
    written.set_base(written.next_base(name, false), 1);
    const auto found = parsed(written.text());
    CHECK(found.base() == written.base());
    CHECK(found.base().name == std::string{name} + ".2.base.aof");
    CHECK(found.increments() == written.increments());
    CHECK(found.history() == written.history());
    CHECK(found.text() == written.text());
  }
}

TEST_CASE("a new base makes history of all it has", "[journal_manifest]") {
  auto manifest = parsed(by_redis_server);
  CHECK(manifest.next_base("a", true) == journal_file{"a.3.base.rdb", 3, kind::base});
  CHECK(manifest.next_increment("a") == journal_file{"a.4.incr.aof", 4, kind::increment});
  manifest.add_increment(manifest.next_increment("a"));
  manifest.set_base(manifest.next_base("a", true), 1);
  CHECK(manifest.base().name == "a.3.base.rdb");
  CHECK(manifest.increments() == std::vector<journal_file>{{"a.4.incr.aof", 4, kind::increment}});
  CHECK(manifest.history().size() == 4);
  for (const auto& file : manifest.history())
    CHECK(file.type == kind::history);
  manifest.forget_history();
  CHECK(manifest.history().empty());
  manifest.set_base(manifest.next_base("a", true), 5);
  CHECK(manifest.increments().size() == 1);
  manifest.set_base(manifest.next_base("a", true), 0);
  CHECK(manifest.increments().empty());
  CHECK(manifest.base().sequence == 5);
  CHECK(manifest.history().size() == 3);
}

TEST_CASE("an empty manifest names the first files", "[journal_manifest]") {
  const journal_manifest none;
  CHECK(none.empty());
  CHECK(none.next_base("a", true).name == "a.1.base.rdb");
  CHECK(none.next_increment("a").name == "a.1.incr.aof");
}

TEST_CASE("a manifest with a fault says which one, and where", "[journal_manifest]") {
  CHECK(why_not("") == "no file is named");
  CHECK(why_not("# nothing\n") == "no file is named");
  CHECK(why_not("file a seq 1 type h\n") == "no file is named");
  CHECK(why_not("file a seq 1 type i") == "line 1: the last line has no end");
  const std::string good = "file a seq 1 type i\n";
  const std::pair<std::string, std::string> faults[] = {
    {"\n", "not pairs of names and values"},
    {"file a seq 2 type\n", "not pairs of names and values"},
    {"file \"a seq 2 type i\n", "not pairs of names and values"},
    {"seq 2 type i\n", "no name of a file"},
    {"file ../a seq 2 type i\n", "no name of a file"},
    {"file \"\" seq 2 type i\n", "no name of a file"},
    {"file b type i\n", "no number of a file"},
    {"file b seq 0 type i\n", "no number of a file"},
    {"file b seq -2 type i\n", "no number of a file"},
    {"file b seq two type i\n", "no number of a file"},
    {"file b seq 2\n", "unknown type of a file"},
    {"file b seq 2 type x\n", "unknown type of a file"},
    {"file b seq 2 type ib\n", "unknown type of a file"},
    {"file b seq 1 type i\n", "the numbers of increments do not grow"},
    {"file " + std::string(1024, 'b') + " seq 2 type i\n", "the line is too long"},
  };
  for (const auto& [line, why] : faults)
    CHECK(why_not(good + line) == "line 2: " + why);
  CHECK(why_not("file a seq 1 type b\nfile b seq 2 type b\n") == "line 2: a second base");
}

TEST_CASE("a manifest of which any bit is another one is refused", "[journal_manifest]") {
  const auto text = parsed(by_redis_server).text();
  const auto files = parsed(text);
  for (std::size_t at = 0; at < text.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = text;
      changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
      const auto found = journal_manifest::parse(changed);
      // A mark that is none any more is a comment: of the files nothing changed.
      if (found) {
        INFO("byte " << at << " bit " << bit);
        REQUIRE(at >= text.rfind("# crc32c"));
        REQUIRE(found->text() == text);
      }
    }
}
