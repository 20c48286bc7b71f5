#include "actors/journal_teller.hpp"

#include "actors/journal_messages.hpp"
#include "actors/memory_reserve.hpp"

#include <new>
#include <utility>

namespace thespis::actors {

void journal_teller::join(journal_epoch which, multicast_number number, caf::execution_unit* here) {
  epoch_ = which;
  begin_share(number);
  finish(here);
}

void journal_teller::begin_meeting(multicast_number which,
                                   std::span<const partition_index> of) noexcept {
  begin(way::meeting, which);
  if (!listens())
    return;
  const memory_reserve::own_work now;
  met_.assign(of.begin(), of.end());
}

/// What was done must be told, so this draws on the reserve.
void journal_teller::add(int database, protocol::arguments words) noexcept try {
  if (repeats_ || !listens())
    return;
  const memory_reserve::own_work now;
  share_.add(by_itself_ ? request_++ : request_, database, words);
} catch (const std::bad_alloc&) {
  lost_ = true;
}

/// `work`: what is to be reported when that is on the disk, or null.
void journal_teller::send(bool last, batch* work, caf::execution_unit* here) {
  const memory_reserve::own_work now;
  core_.journal_gauges.told.fetch_add(1);
  post(core_.journal, here,
       effects_told{.by = mine_,
                    .multicast = way_ == way::alone ? 0 : number_,
                    .is_share = way_ == way::share,
                    .is_last = last,
                    .is_incomplete = std::exchange(lost_, false),
                    .what = std::exchange(share_, {}),
                    .work = work,
                    .met = way_ == way::meeting ? met_ : std::vector<partition_index>{}});
}

} // namespace thespis::actors
