#include "actors/name_finder.hpp"

#include <new>
#include <utility>

namespace thespis::actors {

name_finder::name_finder(caf::actor_config& config, caf::actor asker,
                         caf::mailbox_element_ptr answer)
  : store_actor(config), asker_(std::move(asker)), answer_(std::move(answer)) {
}

name_finder::~name_finder() {
  outlived_references(*this);
}

caf::behavior name_finder::make_behavior() {
  return {[this](const find_names& order) {
    const turn now{this};
    find(*order.names);
  }};
}

void name_finder::find(host_addresses& names) noexcept {
  try {
    names.find_all();
  } catch (const std::bad_alloc&) {
    // Some have no address.
  }
  post_wrapped(std::exchange(asker_, nullptr), context(), std::move(answer_));
  quit();
}

} // namespace thespis::actors
