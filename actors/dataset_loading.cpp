#include "actors/dataset_loading.hpp"

#include <new>
#include <utility>

namespace thespis::actors {

void dataset_loading::load(const persistence::entry_block& block, keyspace::shard& to,
                           keyspace::instant now) noexcept {
  if (!failed.load())
    try {
      if (const auto outcome = block.load_into(to, now)) {
        loaded.fetch_add(outcome->loaded);
        expired.fetch_add(outcome->expired);
      } else {
        fail(outcome.why());
      }
    } catch (const std::bad_alloc&) {
      fail("out of memory");
    }
  bytes_waiting.fetch_sub(block.bytes());
}

void dataset_loading::fail(std::string why) noexcept {
  const std::lock_guard guard{lock_};
  if (!failed.exchange(true))
    fault_ = std::move(why);
}

std::string dataset_loading::fault() const {
  const std::lock_guard guard{lock_};
  return fault_;
}

} // namespace thespis::actors
