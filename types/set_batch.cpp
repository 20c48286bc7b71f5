#include "types/set_batch.hpp"

namespace thespis::types {

void set_batch::hash_all() noexcept {
  for (; hashed_ < count_; ++hashed_) {
    texts_[hashed_] = elements_[hashed_].text(digits_[hashed_]);
    hashes_[hashed_] = set_table::hash(texts_[hashed_]);
  }
}

template <class Predicate>
void set_batch::keep_if(Predicate&& wanted) noexcept {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (!wanted(i))
      continue;
    elements_[kept] = elements_[i];
    if (i < hashed_) {
      texts_[kept] = texts_[i];
      hashes_[kept] = hashes_[i];
    }
    ++kept;
  }
  count_ = kept;
  // All of them had a hash, or none.
  hashed_ = hashed_ == 0 ? 0 : kept;
}

void set_batch::keep(const set& other, bool had) noexcept {
  const auto* const table = other.table();
  if (table == nullptr)
    return keep_if([&](std::size_t i) { return other.contains(elements_[i]) == had; });
  hash_all();
  const auto& members = table->members();
  for (std::size_t i = 0; i < count_; ++i)
    members.prefetch_bucket(hashes_[i]);
  for (std::size_t i = 0; i < count_; ++i)
    members.prefetch_item(hashes_[i], 1);
  keep_if([&](std::size_t i) { return table->contains(texts_[i], hashes_[i]) == had; });
}

} // namespace thespis::types
