#include "protocol/transaction.hpp"

#include <new>

namespace thespis::protocol {

namespace {

/// Memory for more than this goes back between transactions.
constexpr std::size_t kept_bytes_max = 16 * 1024;

} // namespace

void transaction::add(const command_spec& spec, arguments words) {
  const auto text_before = text_.size();
  const auto words_before = ends_.size();
  try {
    for (const auto word : words) {
      text_.append(word);
      ends_.push_back(text_.size());
    }
    requests_.push_back({.spec = &spec,
                         .first_word = static_cast<std::uint32_t>(words_before),
                         .word_count = static_cast<std::uint32_t>(words.size())});
  } catch (const std::bad_alloc&) {
    text_.resize(text_before);
    ends_.resize(words_before);
    throw;
  }
  flags_ |= spec.flags;
}

void transaction::clear() noexcept {
  if (bytes() > kept_bytes_max) {
    decltype(requests_){}.swap(requests_);
    decltype(text_){}.swap(text_);
    decltype(ends_){}.swap(ends_);
    decltype(words_){}.swap(words_);
  }
  requests_.clear();
  text_.clear();
  ends_.clear();
  words_.clear();
  flags_ = 0;
  aborted_ = false;
  done = {};
}

void transaction::seal() {
  words_.clear();
  words_.reserve(ends_.size());
  std::size_t begin = 0;
  for (const auto end : ends_) {
    words_.push_back(std::string_view{text_}.substr(begin, end - begin));
    begin = end;
  }
}

} // namespace thespis::protocol
