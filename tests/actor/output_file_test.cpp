#include "actors/output_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <unistd.h>

using namespace thespis::actors;
namespace fs = std::filesystem;

namespace {

/// A directory that goes with the test.
class own_directory {
public:
  own_directory() {
    std::string pattern = (fs::temp_directory_path() / "thespis-test-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~own_directory() {
    fs::remove_all(path_);
  }
  own_directory(const own_directory&) = delete;
  own_directory& operator=(const own_directory&) = delete;

  std::string file(const std::string& name) const {
    return path_ / name;
  }
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& each : fs::directory_iterator{path_})
      found.insert(each.path().filename().string());
    return found;
  }

private:
  fs::path path_;
};

std::string text_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void make_file(const std::string& path, const std::string& text = "something") {
  std::ofstream{path, std::ios::binary} << text;
}

std::string own_temporary() {
  return "temp-" + std::to_string(::getpid()) + ".rdb";
}

} // namespace

TEST_CASE("a file gets its name when it is whole", "[output_file]") {
  const own_directory here;
  const auto path = here.file("dump.rdb");
  make_file(path, "old");
  auto file = output_file::create(path);
  REQUIRE(file);
  REQUIRE(file->write("new "));
  REQUIRE(file->flush());
  REQUIRE(file->write("text"));
  CHECK(file->size() == 8);
  CHECK(text_of(path) == "old");
  CHECK(here.names() == std::set<std::string>{"dump.rdb", own_temporary()});
  REQUIRE(file->finish());
  CHECK(text_of(path) == "new text");
  CHECK(here.names() == std::set<std::string>{"dump.rdb"});
}

TEST_CASE("a file that is given up leaves what was there", "[output_file]") {
  const own_directory here;
  const auto path = here.file("dump.rdb");
  make_file(path, "old");
  {
    auto file = output_file::create(path);
    REQUIRE(file);
    auto moved = std::move(*file);
    REQUIRE(moved.write("new"));
  }
  CHECK(text_of(path) == "old");
  CHECK(here.names() == std::set<std::string>{"dump.rdb"});
}

TEST_CASE("what cannot be written is said with the file and the reason", "[output_file]") {
  const own_directory here;
  const auto none = output_file::create(here.file("gone/dump.rdb"));
  REQUIRE_FALSE(none);
  CHECK(none.why().starts_with("cannot create " + here.file("gone/")));
  CHECK(none.why().ends_with(": No such file or directory"));
  // A directory does not give its name away.
  fs::create_directory(here.file("taken"));
  auto file = output_file::create(here.file("taken"));
  REQUIRE(file);
  const auto finished = file->finish();
  REQUIRE_FALSE(finished);
  CHECK(finished.why().starts_with("cannot rename " + here.file("")));
}

TEST_CASE("what processes that are no more have left goes", "[output_file]") {
  const own_directory here;
  const auto parents = "temp-" + std::to_string(::getppid()) + ".rdb";
  for (const auto& name : {own_temporary(), parents, std::string{"temp-999999999.rdb"},
                           std::string{"temp-x.rdb"}, std::string{"temp-999999999.rdbx"}})
    make_file(here.file(name));
  remove_leftovers(here.file("dump.rdb"));
  CHECK(here.names() == std::set<std::string>{parents, "temp-x.rdb", "temp-999999999.rdbx"});
}

TEST_CASE("a file is taken for none only if there is certainly none", "[output_file]") {
  const own_directory here;
  CHECK_FALSE(may_exist(here.file("dump.rdb")));
  make_file(here.file("dump.rdb"));
  CHECK(may_exist(here.file("dump.rdb")));
  // No directory, and a name that is too long.
  CHECK(may_exist(here.file("dump.rdb/dump.rdb")));
  CHECK(may_exist(here.file(std::string(1000, 'x'))));
}
