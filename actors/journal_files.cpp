#include "actors/journal_files.hpp"

#include "actors/input_file.hpp"
#include "actors/log.hpp"
#include "actors/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace thespis::actors {

using persistence::journal_file;
using persistence::journal_manifest;

namespace {

constexpr std::size_t manifest_bytes_max = std::size_t{1} << 20;

base::result<std::string> read_all(const std::string& path) {
  auto file = input_file::open(path);
  if (!file)
    return base::fault{file.why()};
  if (file->size() > manifest_bytes_max)
    return base::fault{fmt::format("{} is too large", path)};
  std::string text(file->size(), '\0');
  for (std::size_t at = 0; at < text.size();) {
    const auto got = file->read(std::span{text}.subspan(at));
    if (!got)
      return base::fault{fmt::format("{}: {}", path, got.why())};
    if (*got == 0)
      return base::fault{fmt::format("{} became shorter while it was read", path)};
    at += *got;
  }
  return text;
}

std::uint64_t size_of(const std::string& path) noexcept {
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(path, failed);
  return failed ? 0 : bytes;
}

} // namespace

base::fault journal_files::failure(std::string_view action, std::string_view path) {
  error_ = errno;
  return {fmt::format("cannot {} {}: {}", action, path, log::system_error(error_))};
}

std::string journal_files::path_of(const journal_file& file) const {
  return fmt::format("{}/{}", directory_, file.name);
}

base::result<void> journal_files::read() {
  const auto path = fmt::format("{}/{}.manifest", directory_, name_);
  is_read_ = true;
  remove_leftovers(path);
  ::unlink(temporary_manifest().c_str());
  if (!may_exist(path))
    return {};
  const auto text = read_all(path);
  if (!text)
    return base::fault{text.why()};
  auto found = journal_manifest::parse(*text);
  if (!found)
    return base::fault{fmt::format("{}: {}", path, found.why())};
  manifest_ = std::move(*found);
  remove_history();
  base_bytes_ = manifest_.base().name.empty() ? 0 : size_of(path_of(manifest_.base()));
  bytes_ = base_bytes_;
  for (const auto& file : manifest_.increments())
    bytes_ += size_of(path_of(file));
  return {};
}

std::string journal_files::temporary_manifest() const {
  return fmt::format("{}/temp-{}.manifest", directory_, name_);
}

base::result<void> journal_files::save(const journal_manifest& next) {
  const auto path = fmt::format("{}/{}.manifest", directory_, name_);
  auto file = output_file::create(path, temporary_manifest());
  if (!file)
    return base::fault{file.why()};
  if (auto written = file->write(next.text()); !written)
    return written;
  return file->finish();
}

base::result<void> journal_files::open_increment(const journal_file& which, int flags) {
  const auto path = path_of(which);
  auto opened = std::make_shared<owned_fd>(
    ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0644));
  struct stat about {};
  if (opened->get() < 0 || ::fstat(opened->get(), &about) != 0)
    return failure("open", path);
  file_ = std::move(opened);
  increment_bytes_ = static_cast<std::uint64_t>(about.st_size);
  is_lost_ = false;
  return {};
}

/// Where there was no journal to begin with, older files may be there all the same.
base::result<void> journal_files::read_once() {
  return is_read_ ? base::result<void>{} : read();
}

base::result<void> journal_files::begin_increment(bool follows) {
  if (auto known = read_once(); !known)
    return known;
  if (file_)
    if (auto written = synchronise(); !written)
      return written;
  auto next = manifest_;
  if (!is_named_) {
    // One more behind an increment that has no base yet: the new one takes its place with the base.
    next.add_increment(increment_);
    follows = false;
  }
  const auto file = next.next_increment(name_);
  const auto before = file_;
  if (auto opened = open_increment(file, O_CREAT | O_TRUNC); !opened)
    return opened;
  if (follows) {
    next.add_increment(file);
    if (auto saved = save(next); !saved) {
      file_ = before;
      ::unlink(path_of(file).c_str());
      return saved;
    }
    manifest_ = std::move(next);
  } else if (!is_named_) {
    ::unlink(path_of(increment_).c_str());
  }
  increment_ = file;
  is_named_ = follows;
  return {};
}

base::result<void> journal_files::continue_increment(std::uint64_t whole_until) {
  const auto& last = manifest_.increments().back();
  if (auto opened = open_increment(last, 0); !opened)
    return opened;
  increment_ = last;
  if (whole_until == increment_bytes_)
    return {};
  if (::ftruncate(file_->get(), static_cast<off_t>(whole_until)) != 0)
    return failure("truncate", path_of(last));
  bytes_ -= increment_bytes_ - whole_until;
  increment_bytes_ = whole_until;
  return synchronise();
}

/// redis-server's own name for it.
std::string journal_files::temporary_base_in(const std::string& directory) {
  return fmt::format("{}/temp-rewriteaof-bg-{}.aof", directory, ::getpid());
}

base::result<void> journal_files::adopt_base(const std::string& temporary, bool is_of_increment) {
  if (auto known = read_once(); !known)
    return known;
  auto base = manifest_.next_base(name_, true);
  if (std::rename(temporary.c_str(), path_of(base).c_str()) != 0)
    return failure("rename", temporary);
  auto next = manifest_;
  if (is_of_increment && !is_named_)
    next.add_increment(increment_);
  next.set_base(std::move(base), is_of_increment ? 1 : 0);
  if (auto saved = save(next); !saved)
    return saved;
  manifest_ = std::move(next);
  is_named_ = true;
  base_bytes_ = size_of(path_of(manifest_.base()));
  bytes_ = base_bytes_ + increment_bytes_;
  remove_history();
  return {};
}

/// That the manifest names them still does no harm: the next one will not.
void journal_files::remove_history() noexcept try {
  for (const auto& file : manifest_.history())
    ::unlink(path_of(file).c_str());
  manifest_.forget_history();
} catch (const std::exception&) {
  return;
}

base::result<void> journal_files::append(std::string_view bytes) {
  const auto all = bytes.size();
  while (!bytes.empty()) {
    const auto written = ::write(file_->get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      auto fault = failure("write", path_of(increment_));
      // What is there already would be taken for a torn end, with good records behind it.
      is_lost_ = bytes.size() != all
                 && ::ftruncate(file_->get(), static_cast<off_t>(increment_bytes_)) != 0;
      return fault;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  increment_bytes_ += all;
  bytes_ += all;
  return {};
}

base::result<void> journal_files::synchronise() {
  if (::fdatasync(file_->get()) == 0)
    return {};
  is_lost_ = true;
  return failure("synchronise", path_of(increment_));
}

} // namespace thespis::actors
