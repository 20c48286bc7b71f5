#include "actors/batch.hpp"

#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "base/ensure.hpp"
#include "base/number.hpp"
#include "protocol/errors.hpp"
#include "protocol/reply_merge.hpp"
#include "protocol/reply_writer.hpp"
#include "protocol/scan_cursor.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace thespis::actors {

namespace {

/// More partitions than these do not meet for the sake of several requests: their own would have to
/// wait, where those of other partitions could be run at the same time.
constexpr std::size_t joined_partitions_max = 4;

/// A part's buffer beyond this size goes back to the allocator between batches.
constexpr std::size_t kept_reply_bytes_max = 64 * 1024;

/// The same for vectors of a batch, in elements.
constexpr std::size_t kept_words_max = 16 * 1024;

template <class T>
void clear_or_release(std::vector<T>& items) {
  items.clear();
  if (items.capacity() > kept_words_max)
    items.shrink_to_fit();
}

/// Walks through a part's replies, one item after the other.
struct reply_reader {
  const batch_part* part;
  /// How many of its items have a reply.
  std::size_t answered;
  std::size_t item = 0;
  std::size_t at = 0;

  bool answers(std::uint32_t request) const noexcept {
    return item < part->items.size() && part->items[item].request == request;
  }
  /// Whether the replies end before the item that is next.
  bool is_cut() const noexcept {
    return item >= answered;
  }

  std::string_view next() noexcept {
    auto end = part->items[item++].reply_end;
    return part->replies.view().substr(std::exchange(at, end), end - at);
  }
};

} // namespace

void keep_distinct(std::vector<partition_index>& some) {
  std::sort(some.begin(), some.end());
  some.erase(std::unique(some.begin(), some.end()), some.end());
}

void reply_queued(const batched_transaction& what, protocol::reply_writer& reply) {
  constexpr std::string_view begun = "+OK\r\n";
  constexpr std::string_view queued = "+QUEUED\r\n";
  reply.buffer().prepare(begun.size() + what.queued_count * queued.size());
  reply.raw(begun);
  for (std::uint32_t i = 0; i < what.queued_count; ++i)
    reply.raw(queued);
}

void batch_part::clear() {
  clear_or_release(items);
  clear_or_release(own_words);
  replies.clear();
  if (replies.capacity() > kept_reply_bytes_max)
    replies.release();
  next_item = 0;
}

std::size_t batch_part::capacity_bytes() const noexcept {
  return items.capacity() * sizeof(work_item) + own_words.capacity() * sizeof(std::string_view)
         + replies.capacity();
}

std::size_t batch_rarities::capacity_bytes() const noexcept {
  return sizeof *this + spanning.capacity_bytes() + spanned.capacity() * sizeof(partition_index)
         + transactions.capacity() * sizeof(batched_transaction)
         + queued.capacity() * sizeof(protocol::transaction::request);
}

batch::batch(std::size_t partition_count) : parts(partition_count) {
  touched.reserve(partition_count);
}

void batch::clear() {
  clear_requests();
  clear_or_release(words);
  if (!rare)
    return;
  clear_or_release(rare->transactions);
  clear_or_release(rare->queued);
}

void batch::clear_before_gathered() {
  auto open = rare->transactions.back();
  auto& queued = rare->queued;
  words.erase(words.begin(), words.begin() + open.first_word);
  queued.erase(queued.begin(), queued.begin() + open.first_queued);
  for (auto& one : queued)
    one.first_word -= open.first_word;
  open.first_word = 0;
  open.first_queued = 0;
  rare->transactions.assign(1, open);
  clear_requests();
}

void batch::clear_requests() {
  for (auto index : touched)
    parts[index].clear();
  touched.clear();
  if (joined())
    rare->spanning.clear();
  if (rare) {
    rare->spanned.clear();
    rare->next_request = 0;
  }
  request_count = 0;
  clear_or_release(requests);
  clear_or_release(key_partitions);
  needs_merge = false;
  merged_.reset();
  for_broker = false;
  kept_numbers_.clear();
  armed.store(0, std::memory_order_relaxed);
  cut_short.store(false, std::memory_order_relaxed);
  flushed.store(false, std::memory_order_relaxed);
}

std::size_t batch::capacity_bytes() const noexcept {
  auto bytes = words.capacity() * sizeof(std::string_view)
               + requests.capacity() * sizeof(batch_request)
               + key_partitions.capacity() * sizeof(partition_index)
               + (rare ? rare->capacity_bytes() : 0);
  for (const auto& part : parts)
    bytes += part.capacity_bytes();
  return bytes;
}

void batch::release() noexcept {
  for (auto& part : parts)
    part = {};
  decltype(words){}.swap(words);
  decltype(requests){}.swap(requests);
  decltype(key_partitions){}.swap(key_partitions);
  rare.reset();
}

void batch::add_spanning(const work_item& item, std::span<const partition_index> partitions) {
  auto& spanning = make_rare().spanning;
  auto& spanned = rare->spanned;
  for (const auto index : partitions)
    if (std::find(spanned.begin(), spanned.end(), index) == spanned.end())
      spanned.push_back(index);
  spanning.items.push_back(item);
  requests.push_back({.spec = item.spec, .partition = batch_request::many});
}

/// What has been cut has several answers. A script may take long, and should then have no more
/// parked than it needs.
bool batch::may_join() const noexcept {
  return joined()
         || (!needs_merge
             && std::none_of(requests.begin(), requests.end(), [](const batch_request& one) {
                  return one.spec->route == protocol::way::script;
                }));
}

bool batch::fits(std::span<const partition_index> partitions) const noexcept {
  std::array<partition_index, joined_partitions_max> met;
  auto end = met.begin();
  const auto have_room = [&](std::span<const partition_index> some) {
    return std::all_of(some.begin(), some.end(), [&](partition_index index) {
      if (std::find(met.begin(), end, index) != end)
        return true;
      if (end == met.end())
        return false;
      *end++ = index;
      return true;
    });
  };
  return may_join() && have_room(touched) && (!rare || have_room(rare->spanned))
         && have_room(partitions);
}

std::vector<partition_index> batch::meeting_partitions() const {
  auto all = touched;
  all.insert(all.end(), rare->spanned.begin(), rare->spanned.end());
  keep_distinct(all);
  return all;
}

batched_transaction* batch::transaction_of(std::uint32_t request) noexcept {
  if (!rare)
    return nullptr;
  auto& transactions = rare->transactions;
  const auto found = std::lower_bound(
    transactions.begin(), transactions.end(), request,
    [](const batched_transaction& one, std::uint32_t number) { return one.request < number; });
  return found != transactions.end() && found->request == request ? &*found : nullptr;
}

void batch::drop_uncounted() noexcept {
  const auto drop = [this](batch_part& part) {
    while (!part.items.empty() && part.items.back().request == request_count) {
      if (part.items.back().own_words)
        part.own_words.resize(part.items.back().first_word);
      part.items.pop_back();
    }
  };
  for (auto& part : parts)
    drop(part);
  if (rare)
    drop(rare->spanning);
  if (rare && !joined())
    rare->spanned.clear();
  std::erase_if(touched, [this](partition_index index) { return parts[index].items.empty(); });
  requests.resize(std::min<std::size_t>(requests.size(), request_count));
  std::size_t keys = 0;
  needs_merge = false;
  for (const auto& one : requests) {
    keys = std::max<std::size_t>(keys, one.first_key + one.key_count);
    needs_merge = needs_merge || (one.partition == batch_request::many && !joined())
                  || one.spec->route == protocol::way::by_cursor;
  }
  key_partitions.resize(keys);
}

std::string_view batch::keep_number(std::uint64_t number) {
  return kept_numbers_.emplace_front(std::to_string(number));
}

void batch::prepare_report() {
  if (!report_)
    report_ = wrap(batch_done{});
}

void batch::report(caf::execution_unit* here) {
  if (home != nullptr && home == event_loop::current())
    home->resume_soon(waiting);
  else
    post_wrapped(owner, here, std::move(report_));
}

/// What merge_replies() works with: got once, so that a failing allocation finds nothing half done.
struct batch::merging {
  explicit merging(const batch& work) : share_of_partition(work.parts.size()) {
    const auto cut = work.cut_short.load(std::memory_order_relaxed);
    readers.reserve(work.parts.size());
    shares.reserve(work.parts.size());
    for (const auto& part : work.parts)
      readers.push_back({&part, cut ? part.next_item : part.items.size()});
  }

  std::vector<reply_reader> readers;
  std::vector<std::string_view> shares;
  std::vector<std::uint32_t> share_of_partition;
  std::vector<std::uint32_t> order;
};

bool batch::merge_replies() noexcept {
  return merged_ ? *merged_ : merge_all();
}

void batch::merge_early() noexcept {
  merged_ = merge_all();
  for (const auto index : touched)
    parts[index].replies.release();
}

bool batch::merge_all() noexcept try {
  const memory_reserve::client_work may_fail;
  merging state{*this};
  for (std::uint32_t number = 0; number < requests.size(); ++number) {
    const auto start = output->size();
    try {
      if (!merge_request(number, state))
        return false;
    } catch (const std::bad_alloc&) {
      output->truncate(start);
      // An error in the place of a reply says that nothing was done.
      if (const auto& spec = *requests[number].spec;
          (spec.flags & protocol::write) != 0 || spec.route == protocol::way::transaction)
        return false;
      protocol::reply_writer{*output, client->protocol}.error(protocol::errors::out_of_memory);
    }
  }
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

/// Throws std::bad_alloc with the request's replies read, and part of its reply perhaps written.
bool batch::merge_request(std::uint32_t number, merging& state) {
  const auto& request = requests[number];
  auto& readers = state.readers;
  if (request.partition != batch_request::many) {
    auto& reader = readers[request.partition];
    if (reader.is_cut())
      return false;
    const auto reply = reader.next();
    if (request.spec->route == protocol::way::by_cursor)
      protocol::globalize_cursor(reply, request.partition, parts.size(), *output);
    else
      output->append(reply);
    return true;
  }
  state.shares.clear();
  for (std::size_t i = 0; i < readers.size(); ++i)
    if (readers[i].answers(number)) {
      if (readers[i].is_cut())
        return false;
      state.share_of_partition[i] = static_cast<std::uint32_t>(state.shares.size());
      state.shares.push_back(readers[i].next());
    }
  state.order.clear();
  for (std::uint32_t key = 0; key < request.key_count; ++key)
    state.order.push_back(state.share_of_partition[key_partitions[request.first_key + key]]);
  protocol::merge_replies(request.spec->replies, (request.spec->flags & protocol::write) != 0,
                          state.shares, state.order, *output);
  return true;
}

} // namespace thespis::actors
