/// The dispatcher between MULTI and EXEC: what a batch gathers, what the session queues, what is
/// watched.

#include "actors/dispatcher.hpp"

#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "keyspace/slots.hpp"
#include "protocol/errors.hpp"
#include "protocol/reply_writer.hpp"

#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::actors {

/// Whether all that keeps the request from the straight road is that it is to be queued.
bool dispatcher::is_plainly_queued(const protocol::resolved_command& found) const noexcept {
  return found.outcome == protocol::resolution::ok && session_.special == protocol::special_multi
         && raised_gates() == 0 && (found.spec->flags & protocol::never_plainly_queued) == 0;
}

/// Between MULTI and EXEC. Throws what add_to_queue() does.
dispatcher::step dispatcher::queue(const protocol::command_spec& spec, protocol::arguments words) {
  add_to_queue(spec, words);
  mirror_transaction();
  return step::answered;
}

/// Replies that it is queued. Throws std::bad_alloc; then nothing that was queued will run.
void dispatcher::add_to_queue(const protocol::command_spec& spec, protocol::arguments words) {
  protocol::reply_writer reply{output_, session_.protocol};
  auto& queued = *session_.queued;
  try {
    queued.add(spec, words);
    reply.raw("+QUEUED\r\n");
  } catch (const std::bad_alloc&) {
    queued.abort();
    throw;
  }
}

/// MULTI: whether EXEC could become part of the batch.
bool dispatcher::can_begin_to_gather(const protocol::command_spec& spec) const noexcept {
  return (spec.flags & protocol::begins_transaction) != 0 && is_plain(spec) && takes_several()
         && (!batch_.rare || batch_.rare->queued.size() < requests_max());
}

/// Throws std::bad_alloc with nothing begun.
void dispatcher::begin_to_gather(const protocol::command_spec& spec) {
  session_.make_transaction();
  auto& rare = batch_.make_rare();
  rare.transactions.push_back({.begun_by = &spec,
                               .first_word = static_cast<std::uint32_t>(batch_.words.size() - 1),
                               .request = batch_.request_count,
                               .first_queued = static_cast<std::uint32_t>(rare.queued.size())});
  session_.set_special(protocol::special_gathering, true);
  record_.last_command.store(&spec, std::memory_order_relaxed);
}

/// Between MULTI and EXEC. What cannot be gathered comes again, when the session has what could.
dispatcher::step dispatcher::gather(const protocol::resolved_command& found,
                                    std::size_t first_word) {
  if (try_to_gather(found, first_word)) [[likely]]
    return step::batched;
  batch_.words.resize(first_word);
  end_gathering();
  return step::run_first;
}

/// Throws std::bad_alloc with the batch in need of drop_uncounted().
bool dispatcher::try_to_gather(const protocol::resolved_command& found, std::size_t first_word) {
  if (found.outcome != protocol::resolution::ok || raised_gates() != 0
      || session_.special != protocol::special_gathering)
    return false;
  const auto words = protocol::arguments{batch_.words}.subspan(first_word);
  if (found.spec->route == protocol::way::transaction) {
    if (!builder_.place_gathered(batch_, *found.spec)) {
      keeps_gathered_ = words_stay_ && !batch_.empty();
      return false;
    }
    session_.set_special(protocol::special_gathering, false);
    record_.last_command.store(found.spec, std::memory_order_relaxed);
    return true;
  }
  auto& queued = batch_.rare->queued;
  if (!batch_builder::may_gather(*found.spec, words) || queued.size() >= requests_max())
    return false;
  queued.push_back({.spec = found.spec,
                    .first_word = static_cast<std::uint32_t>(first_word),
                    .word_count = static_cast<std::uint32_t>(words.size())});
  return true;
}

/// What was gathered is the session's, and the batch is empty: what is before it there has been
/// answered.
void dispatcher::queue_gathered() noexcept {
  const memory_reserve::delivery may_fail;
  const auto& rare = *batch_.rare;
  const auto& open = rare.transactions.back();
  session_.set_special(protocol::special_gathering, false);
  try {
    const auto counting = lock_statistics();
    statistics_.start();
    session_.begin_transaction();
    protocol::reply_writer{output_, session_.protocol}.ok();
    statistics_.count(*open.begun_by);
  } catch (const std::bad_alloc&) {
    lost_replies_ = true;
  }
  for (const auto& one : std::span{rare.queued}.subspan(open.first_queued))
    try {
      add_to_queue(*one.spec,
                   protocol::arguments{batch_.words}.subspan(one.first_word, one.word_count));
    } catch (const std::bad_alloc&) {
      reply_out_of_memory();
    }
  mirror_transaction();
  batch_.clear();
}

/// Replies what comes before EXEC, if that is the request, which will end the watch by failing.
void dispatcher::refuse_gathered(std::uint32_t request) noexcept try {
  const auto* const gathered = batch_.transaction_of(request);
  if (gathered == nullptr)
    return;
  session_.end_watch();
  protocol::reply_writer reply{output_, session_.protocol};
  reply_queued(*gathered, reply);
} catch (const std::bad_alloc&) {
  lost_replies_ = true;
}

/// A request was turned away: if one of a transaction was, all of it is; EXEC says so, with MULTI
/// or without. `reply_at`: where the error begins.
void dispatcher::note_rejection(const protocol::resolved_command& found, std::size_t reply_at) {
  if (session_.in_transaction())
    session_.queued->abort();
  if (found.spec == nullptr || found.spec->route != protocol::way::transaction)
    return;
  std::string why{output_.view().substr(reply_at + 1)};
  why.resize(why.size() - 2);
  // Redis gives an error that it writes for the occasion without its code.
  if (found.outcome != protocol::resolution::ok)
    why.erase(0, std::string_view{"ERR "}.size());
  output_.truncate(reply_at);
  protocol::reply_writer{output_, session_.protocol}.error(
    protocol::errors::exec_abort_because(why));
  end_transaction();
}

/// Nothing of it has run.
void dispatcher::end_transaction() noexcept {
  session_.end_transaction();
  session_.end_watch();
  note_end_of_watch(nullptr);
  mirror_transaction();
}

/// Without memory for a message the partition forgets it when the key changes.
void dispatcher::note_end_of_watch(caf::execution_unit* here) noexcept try {
  if (!session_.queued || !session_.queued->unwatched) [[likely]]
    return;
  const std::shared_ptr<const protocol::watch> over = std::exchange(session_.queued->unwatched,
                                                                    nullptr);
  const memory_reserve::own_work now;
  const auto count = core_.partitions.size();
  std::vector<bool> told(count);
  for (const auto& one : over->keys) {
    const auto where = keyspace::partition_of_key(one.name, static_cast<partition_index>(count));
    if (!told[where])
      post(core_.partitions[where], here, watch_over{over});
    told[where] = true;
  }
} catch (const std::bad_alloc&) {
  return;
}

/// What CLIENT LIST shows of a transaction.
void dispatcher::mirror_transaction() const noexcept {
  const auto open = session_.in_transaction();
  record_.set_flag(commands::client_multi, open);
  record_.set_flag(commands::client_dirty, has_broken_watch());
  record_.queued_commands.store(open ? static_cast<int>(session_.queued->requests().size()) : -1,
                                std::memory_order_relaxed);
  record_.queued_bytes.store(open ? session_.queued->bytes() : 0, std::memory_order_relaxed);
}

} // namespace thespis::actors
