#include "actors/batch_builder.hpp"

#include "base/ascii.hpp"
#include "base/seeded_fault.hpp"
#include "keyspace/slots.hpp"
#include "protocol/scan_cursor.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

namespace thespis::actors {

using protocol::way;

namespace {

/// REQUIRES: !is_batched(route).
placement placement_of(way route) noexcept {
  if (route == way::session)
    return placement::session;
  return route == way::administrator ? placement::administrator : placement::fan_out;
}

/// Whether one thread may run it, with the partitions of its keys, among other requests.
bool joins(const protocol::command_spec& spec, protocol::arguments request) noexcept {
  return (spec.route == way::single || spec.route == way::split || spec.route == way::borrow)
         && !protocol::reads_unnamed_keys(spec, request);
}

work_item make_item(const batch& work, const protocol::command_spec& spec,
                    std::uint32_t word_count) noexcept {
  return {.spec = &spec,
          .first_word = static_cast<std::uint32_t>(work.words.size()) - word_count,
          .word_count = word_count,
          .request = work.request_count,
          .own_words = false,
          .leads = true,
          .key_hash = 0,
          .reply_end = 0};
}

/// REQUIRES: the row says `blocking`.
bool may_wait(const protocol::command_spec& spec, protocol::arguments request) noexcept {
  return spec.waits_with.empty()
         || std::any_of(request.begin(), request.end(), [&](std::string_view word) {
              return base::equals_nocase(word, spec.waits_with);
            });
}

} // namespace

placement batch_builder::place(batch& work, const protocol::command_spec& spec,
                               std::uint32_t word_count) {
  if (spec.route == way::transaction) [[unlikely]]
    return place_transaction(work);
  if (!protocol::is_batched(spec.route)) [[unlikely]]
    return placement_of(spec.route);
  if ((spec.flags & protocol::blocking) != 0) [[unlikely]] {
    const auto request = protocol::arguments{work.words}.last(word_count);
    if (may_wait(spec, request)) {
      meet_for_keys(spec, request);
      return placement::meeting;
    }
  }
  if ((spec.flags & protocol::changes_session) != 0 && partition_count_ > 1) [[unlikely]] {
    meet_for_keys(spec, protocol::arguments{work.words}.last(word_count));
    return placement::meeting;
  }
  const auto item = make_item(work, spec, word_count);
  if (partition_count_ == 1 || work.for_broker) {
    work.add_item(0, item);
    ++work.request_count;
    return placement::batched;
  }
  const auto where = place_among_many(work, spec, item);
  if (where == placement::batched)
    ++work.request_count;
  return where;
}

bool batch_builder::may_gather(const protocol::command_spec& spec,
                               protocol::arguments request) noexcept {
  constexpr auto objections = protocol::never_plainly_queued | protocol::blocking
                              | protocol::changes_session;
  return joins(spec, request) && (spec.flags & objections) == 0;
}

bool batch_builder::place_gathered(batch& work, const protocol::command_spec& exec) {
  auto& gathered = work.rare->transactions.back();
  const auto queued = std::span{work.rare->queued}.subspan(gathered.first_queued);
  gathered.queued_count = static_cast<std::uint32_t>(queued.size());
  gathered.request = work.request_count;
  const auto item = make_item(work, exec, 1);
  if (partition_count_ == 1) {
    work.add_item(0, item);
    ++work.request_count;
    return true;
  }
  meeting_.clear();
  for (auto& one : queued)
    add_needs(one, protocol::arguments{work.words}.subspan(one.first_word, one.word_count));
  add_watched(*work.client);
  if (meeting_.empty())
    meeting_.push_back(work.touched.empty() ? 0 : work.touched.front());
  keep_distinct(meeting_);
  if ((meeting_.size() > 1 || work.joined()) && !work.fits(meeting_))
    return false;
  if (meeting_.size() > 1)
    work.add_spanning(item, meeting_);
  else
    place_whole(work, item, meeting_.front());
  ++work.request_count;
  return true;
}

/// The partitions of all that is queued meet, and those of keys that are watched: a request that
/// changes keys of several partitions may have reached some of them.
placement batch_builder::place_transaction(batch& work) {
  auto& client = *work.client;
  const auto* const watched = client.watched();
  if (!client.in_transaction() || client.queued->aborted()
      || (watched != nullptr && watched->is_broken(work.time.ms)))
    return placement::session;
  auto& queued = *client.queued;
  queued.seal();
  meeting_.clear();
  auto is_sessions = true;
  for (auto& one : queued.requests()) {
    is_sessions = is_sessions && one.spec->route == way::session;
    add_needs(one, queued.words_of(one));
  }
  add_watched(client);
  // Somebody has to run it.
  if (meeting_.empty() && !is_sessions)
    meeting_.push_back(0);
  keep_distinct(meeting_);
  return meeting_.empty() ? placement::session : placement::meeting;
}

/// Adds to meeting_ the partitions that a queued request needs, and notes its `partition` if that
/// is one. Without keys whoever runs the others runs it.
void batch_builder::add_needs(protocol::transaction::request& one, protocol::arguments words) {
  const auto& spec = *one.spec;
  one.partition = protocol::transaction::request::many;
  if (spec.route == way::session || protocol::belongs_to_actor(spec.route))
    return;
  if (spec.route == way::everywhere || needs_all(spec, words))
    return meet_all();
  if (spec.route == way::by_cursor) {
    if (const auto cursor = protocol::parse_scan_cursor(words[1])) {
      one.partition = static_cast<partition_index>(*cursor % partition_count_);
      meeting_.push_back(one.partition);
    }
    return;
  }
  find_partitions(words, spec);
  if (!key_partitions_.empty() && all_in_one_partition())
    one.partition = key_partitions_.front();
  meeting_.insert(meeting_.end(), key_partitions_.begin(), key_partitions_.end());
}

/// The same for keys that are watched: all EXECs from WATCH on are where these are, because one of
/// them ends the watch.
void batch_builder::add_watched(const protocol::session& client) {
  const auto* const watched = client.watched();
  if (watched == nullptr || base::seeded("exec_leaves_out_watched"))
    return;
  if (watched->keys.empty())
    meeting_.push_back(0);
  for (const auto& one : watched->keys)
    meeting_.push_back(keyspace::partition_of_key(one.name, partition_count_));
}

placement batch_builder::place_among_many(batch& work, const protocol::command_spec& spec,
                                          work_item item) {
  if (work.joined()) [[unlikely]]
    return place_in_joined(work, spec, item);
  if (spec.route == way::everywhere) {
    place_everywhere(work, item);
    return placement::batched;
  }
  if (spec.route == way::by_cursor) {
    place_by_cursor(work, item);
    return placement::batched;
  }
  const protocol::arguments request{work.words.data() + item.first_word, item.word_count};
  if (needs_all(spec, request)) {
    meet_all();
    return placement::meeting;
  }
  find_partitions(request, spec);
  if (all_in_one_partition()) {
    // Without keys the request is malformed, or has none: any partition answers it.
    place_whole(work, item, key_partitions_.empty() ? 0 : key_partitions_.front());
    return placement::batched;
  }
  if (spec.route == way::split) {
    // A key without its value (MSET k) is the handler's to refuse, so it goes to one partition
    // whole.
    if ((item.word_count - 1) % static_cast<std::uint32_t>(spec.keys.front().step) != 0)
      place_whole(work, item, 0);
    else
      place_shares(work, item);
    return placement::batched;
  }
  if (joins(spec, request))
    return place_spanning(work, item);
  // A script may take long.
  meet(key_partitions_);
  return placement::meeting;
}

/// What cannot be among others that are run by one thread has to come again, in another batch.
placement batch_builder::place_in_joined(batch& work, const protocol::command_spec& spec,
                                         work_item item) {
  const protocol::arguments request{work.words.data() + item.first_word, item.word_count};
  if (!joins(spec, request))
    return placement::meeting;
  find_partitions(request, spec);
  if (!all_in_one_partition())
    return place_spanning(work, item);
  const auto where = key_partitions_.empty() ? work.rare->spanned.front() : key_partitions_.front();
  if (!work.fits({&where, 1}))
    return placement::meeting;
  place_whole(work, item, where);
  return placement::batched;
}

/// For the partitions in key_partitions_.
placement batch_builder::place_spanning(batch& work, work_item item) {
  meet(key_partitions_);
  if (!work.fits(meeting_))
    return placement::meeting;
  work.add_spanning(item, meeting_);
  return placement::batched;
}

void batch_builder::place_whole(batch& work, work_item item, partition_index where) {
  work.add_item(where, item);
  work.requests.push_back({.spec = item.spec, .partition = where});
}

/// Every key takes `step` words with it (MSET: its value).
void batch_builder::place_shares(batch& work, work_item item) {
  const auto first_key = work.key_partitions.size();
  const auto step = static_cast<std::size_t>(item.spec->keys.front().step);
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    auto where = key_partitions_[i];
    auto& part = work.parts[where];
    if (part.items.empty() || part.items.back().request != item.request) {
      auto share = item;
      share.own_words = true;
      share.leads = i == 0;
      share.first_word = static_cast<std::uint32_t>(part.own_words.size());
      share.word_count = 1;
      work.add_item(where, share);
      part.own_words.push_back(work.words[item.first_word]);
    }
    for (std::size_t word = 0; word < step; ++word)
      part.own_words.push_back(work.words[item.first_word + keys_[i].index + word]);
    part.items.back().word_count += static_cast<std::uint32_t>(step);
    work.key_partitions.push_back(where);
  }
  work.requests.push_back({.spec = item.spec,
                           .partition = batch_request::many,
                           .first_key = static_cast<std::uint32_t>(first_key),
                           .key_count = static_cast<std::uint32_t>(keys_.size()),
                           .first_word = item.first_word,
                           .word_count = item.word_count});
  work.needs_merge = true;
}

void batch_builder::place_everywhere(batch& work, work_item item) {
  work.requests.push_back({.spec = item.spec,
                           .partition = batch_request::many,
                           .first_word = item.first_word,
                           .word_count = item.word_count});
  for (partition_index where = 0; where < partition_count_; ++where) {
    item.leads = where == 0;
    work.add_item(where, item);
  }
  work.needs_merge = true;
}

/// The cursor that a client sees is `partition + partition_count * cursor within it`.
void batch_builder::place_by_cursor(batch& work, work_item item) {
  const auto cursor = protocol::parse_scan_cursor(work.words[item.first_word + 1]);
  if (!cursor) {
    place_whole(work, item, 0);
    return;
  }
  const auto where = static_cast<partition_index>(*cursor % partition_count_);
  work.requests.push_back({.spec = item.spec,
                           .partition = where,
                           .first_word = item.first_word,
                           .word_count = item.word_count});
  auto& part = work.parts[where];
  const auto words = work.words.begin() + item.first_word;
  item.own_words = true;
  item.first_word = static_cast<std::uint32_t>(part.own_words.size());
  work.add_item(where, item);
  part.own_words.insert(part.own_words.end(), words, words + item.word_count);
  part.own_words[item.first_word + 1] = work.keep_number(*cursor / partition_count_);
  work.needs_merge = true;
}

void batch_builder::find_partitions(protocol::arguments request,
                                    const protocol::command_spec& spec) {
  key_partitions_.clear();
  protocol::find_keys(spec, request, keys_);
  for (const auto& key : keys_)
    key_partitions_.push_back(keyspace::partition_of_key(request[key.index], partition_count_));
}

bool batch_builder::all_in_one_partition() const noexcept {
  return std::adjacent_find(key_partitions_.begin(), key_partitions_.end(), std::not_equal_to{})
         == key_partitions_.end();
}

/// All partitions have to meet, whatever its keys are.
bool batch_builder::needs_all(const protocol::command_spec& spec,
                              protocol::arguments request) const noexcept {
  return spec.route == way::borrow_all || protocol::reads_unnamed_keys(spec, request)
         || (spec.route == way::script && !hints_->declares_keys(spec, request));
}

void batch_builder::meet_all() {
  meeting_.resize(partition_count_);
  std::iota(meeting_.begin(), meeting_.end(), partition_index{0});
}

/// Without keys, or where they cannot be told, any partition answers.
void batch_builder::meet_for_keys(const protocol::command_spec& spec, protocol::arguments request) {
  find_partitions(request, spec);
  meet(key_partitions_);
  if (meeting_.empty())
    meeting_.push_back(0);
}

void batch_builder::meet(const std::vector<partition_index>& all) {
  meeting_ = all;
  keep_distinct(meeting_);
}

} // namespace thespis::actors
