#pragma once

/// What a client has said since MULTI, for EXEC to run, and the keys that it watches. The words are
/// copied here: a request's own live as long as the buffer that it was read into.
///
/// Owned by the client's session, which keeps it for the next transaction.

#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"
#include "protocol/watch.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::protocol {

class transaction {
public:
  /// How far EXEC has come; it may be interrupted to go on elsewhere.
  struct progress {
    /// It has begun.
    bool running = false;
    /// Which of the requests is next then.
    std::size_t next = 0;
  };

  struct request {
    const command_spec* spec;
    std::uint32_t first_word;
    std::uint32_t word_count;
    /// The partition that has all of its keys, or `many`. Set before it runs.
    std::uint32_t partition = many;

    static constexpr std::uint32_t many = ~std::uint32_t{0};
  };

  /// Throws std::bad_alloc with nothing changed. Cost: O(bytes).
  void add(const command_spec& spec, arguments words);
  /// A request could not be queued: EXEC will run nothing.
  void abort() noexcept {
    aborted_ = true;
  }
  bool aborted() const noexcept {
    return aborted_;
  }
  /// No requests any more; memory that is worth keeping is kept. The watch stays.
  void clear() noexcept;

  /// Nothing is added any more: from now on words_of() may be asked. Throws std::bad_alloc.
  void seal();

  std::vector<request>& requests() noexcept {
    return requests_;
  }
  const std::vector<request>& requests() const noexcept {
    return requests_;
  }
  /// REQUIRES: seal().
  arguments words() const noexcept {
    return words_;
  }
  /// The same of one request.
  arguments words_of(const request& one) const noexcept {
    return words().subspan(one.first_word, one.word_count);
  }
  /// The flags (command_flag) that any of its requests has.
  std::uint32_t flags() const noexcept {
    return flags_;
  }
  /// Bytes of memory that it takes.
  std::size_t bytes() const noexcept {
    return text_.capacity() + ends_.capacity() * sizeof ends_[0]
           + requests_.capacity() * sizeof(request) + words_.capacity() * sizeof(std::string_view);
  }

  /// Null: WATCH was not called since the last EXEC.
  std::shared_ptr<watch> watched;
  /// A watch that has ended; partitions still have it in their tables.
  std::shared_ptr<watch> unwatched;

  progress done;

private:
  std::vector<request> requests_;
  /// All words, one behind the other, and where each of them ends.
  std::string text_;
  std::vector<std::size_t> ends_;
  std::vector<std::string_view> words_;
  std::uint32_t flags_ = 0;
  bool aborted_ = false;
};

/// What EXEC runs: requests that somebody else owns, and the words of all of them.
struct sealed_transaction {
  std::span<const transaction::request> requests;
  arguments words;
  transaction::progress& done;

  arguments words_of(const transaction::request& one) const noexcept {
    return words.subspan(one.first_word, one.word_count);
  }
};

} // namespace thespis::protocol
