#pragma once

/// The files of a journal in their directory: manifest, base, increments. One thread at a time.
///
/// New files become visible by the manifest, which is replaced as a whole: written under another
/// name, synchronised, renamed, the directory synchronised.

#include "actors/owned_fd.hpp"
#include "base/result.hpp"
#include "persistence/journal_manifest.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace thespis::actors {

class journal_files {
public:
  /// `directory`: appenddirname, `name`: appendfilename. Nothing is touched before read().
  journal_files(std::string directory, std::string name)
    : directory_(std::move(directory)), name_(std::move(name)) {
  }

  /// Reads the manifest, if there is one, and removes what was begun and never finished. The fault
  /// names file and reason.
  base::result<void> read();

  const persistence::journal_manifest& manifest() const noexcept {
    return manifest_;
  }
  const std::string& directory() const noexcept {
    return directory_;
  }
  std::string path_of(const persistence::journal_file& file) const;

  /// What is appended from now on goes to a new increment. What was appended before is on the disk
  /// then. `follows`: the files that there are have everything up to here; if not, the manifest
  /// names the increment together with its base (adopt_base), and a crash before that leaves the
  /// files that there were.
  base::result<void> begin_increment(bool follows);
  /// ... or to the last one, of which everything behind `whole_until` is cut off.
  base::result<void> continue_increment(std::uint64_t whole_until);

  /// The file is a base: of all that there is, or of everything up to the beginning of the last
  /// increment. What it replaces is deleted. REQUIRES: it is whole, an RDB file, and on the disk.
  base::result<void> adopt_base(const std::string& temporary, bool is_of_increment);

  /// Where a base is written before it has its name.
  static std::string temporary_base_in(const std::string& directory);

  /// All of it, or nothing; then see error() and is_lost().
  base::result<void> append(std::string_view bytes);
  base::result<void> synchronise();

  /// The last increment; null before there is one.
  const std::shared_ptr<owned_fd>& file() const noexcept {
    return file_;
  }
  /// Bytes of all files, of the last base.
  std::uint64_t bytes() const noexcept {
    return bytes_;
  }
  std::uint64_t base_bytes() const noexcept {
    return base_bytes_;
  }
  /// errno of the last failure.
  int error() const noexcept {
    return error_;
  }
  /// After a failure: what the last increment has is not known any more.
  bool is_lost() const noexcept {
    return is_lost_;
  }

private:
  base::fault failure(std::string_view action, std::string_view path);
  base::result<void> read_once();
  std::string temporary_manifest() const;
  base::result<void> save(const persistence::journal_manifest& next);
  base::result<void> open_increment(const persistence::journal_file& which, int flags);
  void remove_history() noexcept;

  std::string directory_;
  std::string name_;
  persistence::journal_manifest manifest_;
  std::shared_ptr<owned_fd> file_;
  /// What it is, and whether the manifest says so.
  persistence::journal_file increment_;
  bool is_named_ = true;
  std::uint64_t increment_bytes_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t base_bytes_ = 0;
  int error_ = 0;
  bool is_lost_ = false;
  bool is_read_ = false;
};

} // namespace thespis::actors
