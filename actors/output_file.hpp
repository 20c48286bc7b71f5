#pragma once

/// A file that becomes visible when it is whole: written under another name, synchronised with the
/// disk, given its name, the directory synchronised. A power cut leaves the old file or the new
/// one.

#include "actors/owned_fd.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::actors {

class output_file {
public:
  /// Creates the file that is going to be `path`, in the same directory. The fault says what failed
  /// on which file.
  /// `temporary`: its name until it is whole; empty: one that redis-server gives its own.
  static base::result<output_file> create(const std::string& path, std::string temporary = {});

  output_file(output_file&&) noexcept = default;
  output_file& operator=(output_file&&) = delete;
  /// Removes the file unless it was finished.
  ~output_file();

  base::result<void> write(std::string_view bytes);
  /// Has the disk write what it was given so far, lest all of it come at the end.
  base::result<void> flush();
  /// The file is whole.
  base::result<void> finish();
  std::uint64_t size() const noexcept {
    return size_;
  }

private:
  output_file(std::string path, std::string temporary, owned_fd fd) noexcept;
  base::fault failure(std::string_view action) const;

  std::string path_;
  std::string temporary_;
  /// None once it is finished.
  owned_fd fd_;
  std::uint64_t size_ = 0;
};

/// Whether there may be something of that name: only false is certain. Whoever opens it hears why
/// that cannot be found out.
bool may_exist(const std::string& path) noexcept;

/// Removes what processes that are no more have begun and not finished beside `path`. Cost:
/// O(files in the directory).
void remove_leftovers(const std::string& path) noexcept;

} // namespace thespis::actors
