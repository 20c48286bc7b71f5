#include "keyspace/discarded.hpp"

#include <new>

namespace thespis::keyspace {

void discarded::add(value_type type, void* pointer) noexcept try {
  values_.push_back({type, pointer});
  count(1);
} catch (const std::bad_alloc&) {
  entry::destroy_value(type, pointer);
}

void discarded::add(database&& emptied) noexcept try {
  const auto size = emptied.size();
  databases_.push_back(std::move(emptied));
  count(size);
} catch (const std::bad_alloc&) {
  const auto freed_here = emptied.take();
}

void discarded::clear() noexcept {
  for (const auto& each : values_)
    entry::destroy_value(each.type, each.pointer);
  values_.clear();
  databases_.clear();
  objects_ = 0;
}

} // namespace thespis::keyspace
