#include "actors/blocked_request.hpp"

#include "actors/core.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "actors/rendezvous.hpp"
#include "commands/durability_reply.hpp"
#include "protocol/errors.hpp"
#include "protocol/reply_writer.hpp"

#include <new>
#include <string>

namespace thespis::actors {

using keyspace::shard_map;
using keyspace::wait_note;

void blocked_request::begin(const keyspace::wait_wish& wish,
                            std::vector<partition_index> partitions, const shard_map& shards,
                            rendezvous& meeting, caf::execution_unit* here) {
  const auto wait = next_number();
  const auto owner = work_.owner;
  const auto self = shared_from_this();
  caf::mailbox_element_ptr news;
  caf::mailbox_element_ptr deadline;
  keyspace::wait_wish kept;
  try {
    kept = wish;
    std::shared_ptr<const std::vector<std::size_t>> all;
    if (partitions.size() > 1)
      all = std::make_shared<const std::vector<std::size_t>>(partitions.begin(), partitions.end());
    for (const auto key : wish.keys)
      shards.at(key).changes.waiting().add({work_.client->database, std::string{key}},
                                           {self, wait, wish.wanted, wish.heeds_loss, all});
    news = wrap(request_waits{wait});
    if (wish.until_ms != 0)
      deadline = wrap(end_wait_at{self, wait, wish.until_ms});
  } catch (const std::bad_alloc&) {
    for (const auto key : wish.keys)
      shards.at(key).changes.waiting().remove(this, wait);
    throw;
  }
  wish_ = std::move(kept);
  settle_words();
  partitions_ = std::move(partitions);
  meeting_ = &meeting;
  wait_ = wait;
  auto& core = core_;
  start(wait);
  // From here on somebody else may end it.
  post_wrapped(owner, here, std::move(news));
  if (deadline)
    post_wrapped(core.scheduler, here, std::move(deadline));
}

void blocked_request::begin_for_disk(const keyspace::wait_wish& wish, caf::execution_unit* here) {
  const auto wait = next_number();
  const auto owner = work_.owner;
  const auto self = shared_from_this();
  auto& core = core_;
  const auto until = core.journal_gauges.told.load();
  auto news = wrap(request_waits{wait});
  auto awaited = wrap(disk_awaited{self, wait, until, wish.for_replicas});
  auto deadline = wish.until_ms != 0 ? wrap(end_wait_at{self, wait, wish.until_ms}) : nullptr;
  wish_ = {.keys = {}, .wanted = {}, .until_ms = wish.until_ms, .for_disk = true};
  partitions_.clear();
  until_told_ = until;
  wait_ = wait;
  start(wait);
  // From here on somebody else may end it.
  post_wrapped(owner, here, std::move(news));
  post_wrapped(core.journal, here, std::move(awaited));
  if (deadline)
    post_wrapped(core.scheduler, here, std::move(deadline));
}

void blocked_request::end_for_disk(number wait, std::string_view why, caf::execution_unit* here) {
  if (claim(wait) != keyspace::claim_result::mine)
    return;
  reply_about_disk(why);
  forget(nullptr, here);
  finish(wait);
  work_.report(here);
}

void blocked_request::reply_about_disk(std::string_view error) try {
  const memory_reserve::client_work may_fail;
  protocol::reply_writer reply{*work_.output, work_.client->protocol};
  if (!error.empty())
    return reply.error(error);
  commands::reply_durability(reply, core_.journal_gauges.has_on_disk(until_told_));
} catch (const std::bad_alloc&) {
  work_.cut_short.store(true, std::memory_order_relaxed);
}

/// The request says from now on what it meant when it came.
void blocked_request::settle_words() noexcept {
  auto& part = work_.parts.front();
  const auto& item = part.items.front();
  auto& words = item.own_words ? part.own_words : work_.words;
  for (const auto& word : wish_.settled)
    words[item.first_word + word.index] = word.text;
}

bool blocked_request::can_run(const shard_map& shards) const noexcept {
  if (!wish_.needs_all_keys)
    return true;
  for (const auto index : partitions_)
    if (!shards.covers_partition(index))
      return false;
  return true;
}

void blocked_request::meet(caf::execution_unit* here) {
  meeting_->prepare(work_, partitions_, core_.partitions.size());
  core_.send(*meeting_, here);
}

void blocked_request::go_on_waiting(caf::execution_unit* here) {
  served_ = false;
  // Once it waits again somebody else may end it, and begin another wait.
  const auto self = shared_from_this();
  const auto wait = wait_;
  const auto partitions = partitions_;
  const auto note = resume(wait);
  if (note > wait_note::look_again)
    end(note);
  else if (note == wait_note::look_again)
    for (const auto index : partitions)
      post(core_.partitions[index], here, wait_changed{self, wait, false});
}

void blocked_request::answered(const shard_map& shards, caf::execution_unit* here) {
  served_ = false;
  for (const auto key : wish_.keys)
    if (shards.covers(key))
      shards.at(key).changes.waiting().remove(this, wait_);
  forget(&shards, here);
  finish(wait_);
  core_.report(work_, here);
}

void blocked_request::note_keys(const shard_map& shards) const noexcept {
  for (const auto key : wish_.keys)
    if (shards.covers(key))
      shards.at(key).changes.waiting().note_keys_of(this, wait_);
}

/// The client's thread of events has come here by another way than a partition.
void blocked_request::end(wait_note why) {
  reply(why);
  forget(nullptr, nullptr);
  finish(wait_);
  work_.report(nullptr);
}

void blocked_request::reply(wait_note why) try {
  if (wish_.for_disk && why == wait_note::timeout)
    return reply_about_disk({});
  const memory_reserve::client_work may_fail;
  protocol::reply_writer reply{*work_.output, work_.client->protocol};
  if (why == wait_note::error)
    reply.error(protocol::errors::unblocked);
  else if (why == wait_note::timeout)
    reply.null_array();
} catch (const std::bad_alloc&) {
  work_.cut_short.store(true, std::memory_order_relaxed);
}

/// Those that cannot be told for lack of memory find out when they meet it.
void blocked_request::forget(const shard_map* shards, caf::execution_unit* here) noexcept try {
  for (const auto index : partitions_)
    if (shards == nullptr || !shards->covers_partition(index))
      post(core_.partitions[index], here, wait_changed{shared_from_this(), wait_, true});
  if (wish_.until_ms != 0)
    post(core_.scheduler, here, end_wait_at{shared_from_this(), wait_, 0});
} catch (const std::bad_alloc&) {
  return;
}

} // namespace thespis::actors
