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
#include <new>

namespace thespis::actors {

namespace {

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

batch::batch(std::size_t partition_count) : parts(partition_count) {
  touched.reserve(partition_count);
}

void batch::clear() {
  for (auto index : touched)
    parts[index].clear();
  touched.clear();
  clear_or_release(words);
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
               + key_partitions.capacity() * sizeof(partition_index);
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
}

void batch::drop_uncounted() noexcept {
  for (auto& part : parts)
    while (!part.items.empty() && part.items.back().request == request_count) {
      if (part.items.back().own_words)
        part.own_words.resize(part.items.back().first_word);
      part.items.pop_back();
    }
  std::erase_if(touched, [this](partition_index index) { return parts[index].items.empty(); });
  requests.resize(std::min<std::size_t>(requests.size(), request_count));
  std::size_t keys = 0;
  needs_merge = false;
  for (const auto& one : requests) {
    keys = std::max<std::size_t>(keys, one.first_key + one.key_count);
    needs_merge = needs_merge || one.partition == batch_request::many
                  || one.spec->route == protocol::way::by_cursor;
  }
  key_partitions.resize(keys);
}

std::size_t batch::requests_left() const noexcept {
  if (!direct())
    return request_count;
  const auto& part = parts[touched.front()];
  return part.items.size() - part.next_item;
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
      if ((requests[number].spec->flags & protocol::write) != 0)
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
