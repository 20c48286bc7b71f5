#include "commands/slow_log.hpp"

#include <utility>

namespace thespis::commands {

void slow_log::set_capacity(std::size_t entries_max) {
  entries_max_ = entries_max;
  trim();
}

void slow_log::add(slow_request request) {
  entries_.push_front({next_id_++, std::move(request)});
  trim();
}

void slow_log::trim() {
  while (entries_.size() > entries_max_)
    entries_.pop_back();
}

} // namespace thespis::commands
