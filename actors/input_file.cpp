#include "actors/input_file.hpp"

#include "actors/log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace thespis::actors {

base::result<input_file> input_file::open(const std::string& path) {
  owned_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat about {};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0)
    return base::fault{fmt::format("cannot open {}: {}", path, log::system_error(errno))};
  const auto size = S_ISREG(about.st_mode) ? static_cast<std::uint64_t>(about.st_size) : UINT64_MAX;
  return input_file{path, std::move(file), size};
}

input_file::input_file(std::string path, owned_fd file, std::uint64_t size) noexcept
  : path_(std::move(path)), file_(std::move(file)), size_(size) {
}

base::result<std::size_t> input_file::read(std::span<char> into) {
  for (;;) {
    const auto got = ::read(file_.get(), into.data(), into.size());
    if (got >= 0)
      return static_cast<std::size_t>(got);
    if (errno != EINTR)
      return base::fault{fmt::format("cannot read: {}", log::system_error(errno))};
  }
}

} // namespace thespis::actors
