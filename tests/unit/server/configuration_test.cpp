#include "server/configuration.hpp"
#include "server/process.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace thespis;

namespace {

/// The inodes that this program has synced, in their order.
std::vector<ino_t> synced;

ino_t inode_of(const std::filesystem::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_ino;
}

constexpr std::uint64_t gb = 1024 * 1024 * 1024;

base::result<void> check(std::string_view databases, std::string_view partitions) {
  base::options settings;
  REQUIRE(settings.load("databases", {&databases, 1}));
  REQUIRE(settings.load("partitions", {&partitions, 1}));
  return server::check_databases(settings, gb);
}

} // namespace

/// In the place of the C library's: remembers what it syncs.
extern "C" int fsync(int fd) {
  struct stat found {};
  ::fstat(fd, &found);
  synced.push_back(found.st_ino);
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

TEST_CASE("databases that fit into half of the memory are taken", "[configuration]") {
  CHECK(check("16", "1"));
  CHECK(check("16", "16384"));
  CHECK(check("100000", "2"));
}

TEST_CASE("databases that empty would fill the memory are refused", "[configuration]") {
  CHECK_FALSE(check("2147483647", "1"));
  CHECK_FALSE(check("2147483647", "16384"));
  // Each of them fits alone.
  CHECK(check("100000", "1"));
  CHECK_FALSE(check("100000", "100"));
  const auto refused = check("2000000", "2");
  CHECK(refused.why().starts_with("'databases 2000000': they need "));
  CHECK(refused.why().ends_with(
    " MB in 2 partitions, that is more than half of the 1024 MB of memory"));
}

TEST_CASE("the process knows how much memory it can have", "[configuration]") {
  CHECK(server::memory_limit() > 1024 * 1024);
}

TEST_CASE("a rewritten file is on disk, and its directory too", "[configuration]") {
  // mkdtemp puts a name in the place of the six letters.
  auto directory = (std::filesystem::temp_directory_path() / "thespis-test-").string()
                   + std::string(6, 'X');
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  server::configuration configuration;
  configuration.file = directory + "/thespis.conf";
  std::ofstream{configuration.file} << "port 7000\n";
  REQUIRE(configuration.settings.set("maxmemory", "100mb"));
  synced.clear();
  CHECK(server::rewrite_configuration(configuration));
  CHECK(synced == std::vector{inode_of(configuration.file), inode_of(directory)});
  std::filesystem::remove_all(directory);
}
