/// Which class of types/ stands behind which type of the keyspace.

#include "keyspace/object.hpp"
#include "types/hash.hpp"
#include "types/list.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"
#include "types/stream.hpp"

namespace thespis::keyspace {

object_types built_in_object_types() noexcept {
  object_types all;
  all.by_type[static_cast<std::size_t>(value_type::hash)] = operations_for<types::hash>();
  all.by_type[static_cast<std::size_t>(value_type::set)] = operations_for<types::set>();
  all.by_type[static_cast<std::size_t>(value_type::list)] = operations_for<types::list>();
  all.by_type[static_cast<std::size_t>(value_type::zset)] = operations_for<types::sorted_set>();
  all.by_type[static_cast<std::size_t>(value_type::stream)] = operations_for<types::stream>();
  return all;
}

} // namespace thespis::keyspace
