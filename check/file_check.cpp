#include "check/file_check.hpp"

#include "actors/input_file.hpp"
#include "actors/owned_fd.hpp"
#include "check/rdb_check.hpp"
#include "check/requests_check.hpp"
#include "persistence/journal_manifest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace thespis::check {

namespace {

using actors::input_file;
using persistence::input_window;
using persistence::journal_file;

verdict fail(verdict how, std::string_view why) {
  fmt::print("  {}: {}\n", how == verdict::damaged ? "DAMAGED" : "ERROR", why);
  return how;
}

bool is_rdb(std::string_view bytes) noexcept {
  return bytes.starts_with("REDIS") || bytes.starts_with("VALKEY");
}

bool is_manifest(const std::string& path, std::string_view bytes) noexcept {
  return path.ends_with(".manifest") || bytes.starts_with("file ");
}

/// All of it is visible then. The fault says what failed.
base::result<void> read_all(input_window& file) {
  for (;;) {
    const auto more = file.read_more();
    if (!more)
      return base::fault{more.why()};
    if (!*more)
      return {};
  }
}

/// Cuts the file, and waits for the disk. Empty: it is done. A file that has grown since it was
/// read is a server's.
std::string cut(const std::string& path, std::uint64_t size, std::uint64_t whole_until) {
  const actors::owned_fd file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  struct stat about {};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0)
    return std::system_category().message(errno);
  if (static_cast<std::uint64_t>(about.st_size) != size)
    return "it has changed meanwhile, somebody writes to it";
  if (::ftruncate(file.get(), static_cast<off_t>(whole_until)) != 0 || ::fsync(file.get()) != 0)
    return std::system_category().message(errno);
  return {};
}

class file_check {
public:
  explicit file_check(const file_check_options& how) noexcept : how_(how) {
  }

  verdict run(const std::string& path) {
    fmt::print("{}\n", path);
    auto opened = input_file::open(path);
    if (!opened)
      return fail(verdict::unreadable, opened.why());
    input_window window{*opened};
    if (const auto read = window.read_more(); !read)
      return fail(verdict::unreadable, read.why());
    if (is_manifest(path, window.bytes()))
      return check_manifest(path, window);
    const auto is_snapshot = is_rdb(window.bytes()) || path.ends_with(".rdb");
    return is_snapshot ? check_base(path, window, true) : check_increment(path, window, true);
  }

private:
  verdict check_manifest(const std::string& path, input_window& window) {
    if (const auto read = read_all(window); !read)
      return fail(verdict::unreadable, read.why());
    const auto manifest = persistence::journal_manifest::parse(window.bytes());
    if (!manifest)
      return fail(verdict::damaged, manifest.why());
    const auto& increments = manifest->increments();
    const auto& base = manifest->base();
    fmt::print("  a manifest: {}, increments {}, history {}\n",
               base.name.empty() ? "no base" : "a base", increments.size(),
               manifest->history().size());
    const auto directory = std::filesystem::path{path}.parent_path();
    auto found = verdict::fine;
    if (!base.name.empty())
      found = check_named((directory / base.name).string(), false);
    for (const auto& one : increments)
      found = worse(found,
                    check_named((directory / one.name).string(), &one == &increments.back()));
    return found;
  }

  /// A journal without one of its files is damaged.
  verdict check_named(const std::string& path, bool is_last) {
    fmt::print("{}\n", path);
    auto opened = input_file::open(path);
    if (!opened)
      return fail(verdict::damaged, opened.why());
    input_window window{*opened};
    if (const auto read = window.read_more(); !read)
      return fail(verdict::unreadable, read.why());
    return is_rdb(window.bytes()) ? check_base(path, window, is_last)
                                  : check_increment(path, window, is_last);
  }

  /// Files of Redis before 7 go on behind the snapshot as a journal.
  verdict check_base(const std::string& path, input_window& window, bool is_last) {
    if (const auto found = check_rdb(window, how_.now_ms); found != verdict::fine)
      return found;
    if (const auto more = window.read_more(); !more)
      return fail(verdict::unreadable, more.why());
    if (window.bytes().empty())
      return verdict::fine;
    fmt::print("  behind the snapshot:\n");
    return check_increment(path, window, is_last);
  }

  verdict check_increment(const std::string& path, input_window& window, bool is_last) {
    const auto outcome = check_requests(window, last_);
    last_ = outcome.last;
    if (!outcome.is_torn)
      return outcome.found;
    if (!is_last)
      return fail(verdict::damaged, "it is not the last file of the journal, its end is missing");
    const auto mended = mend(path, window.source().size(), outcome.whole_until);
    return worse(outcome.found, mended);
  }

  /// Of a torn file.
  verdict mend(const std::string& path, std::uint64_t size, std::uint64_t whole_until) {
    const auto excess = size - whole_until;
    if (!how_.fix) {
      fmt::print("  the last {} bytes are cut off by --fix, or by the server when it starts "
                 "(aof-load-truncated yes)\n",
                 excess);
      return verdict::damaged;
    }
    if (!how_.agrees(fmt::format("Cut the last {} bytes off {}?", excess, path))) {
      fmt::print("  nothing was changed\n");
      return verdict::damaged;
    }
    if (const auto why = cut(path, size, whole_until); !why.empty())
      return fail(verdict::unreadable, fmt::format("cannot cut {}: {}", path, why));
    fmt::print("  FIXED: the last {} bytes were cut off\n", excess);
    return verdict::fine;
  }

  const file_check_options& how_;
  /// Of the files so far.
  persistence::log_number last_ = 0;
};

} // namespace

verdict check_file(const std::string& path, const file_check_options& how) {
  return file_check{how}.run(path);
}

} // namespace thespis::check
