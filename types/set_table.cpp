#include "types/set_table.hpp"

namespace thespis::types {

set_table::~set_table() {
  members_.release([](set_member& doomed) { set_member::destroy(&doomed); });
}

void set_table::insert_absent(std::string_view text, std::uint64_t hash) {
  members_.make_room(hash);
  auto* const member = set_member::make(text);
  dictionary::position at{hash};
  members_.insert(at, member);
  member_bytes_ += member->block_bytes();
}

bool set_table::erase(std::string_view text) noexcept {
  auto at = members_.find(text, hash(text));
  if (at.item == nullptr)
    return false;
  auto* const doomed = at.item;
  members_.erase(at);
  member_bytes_ -= doomed->block_bytes();
  set_member::destroy(doomed);
  return true;
}

} // namespace thespis::types
