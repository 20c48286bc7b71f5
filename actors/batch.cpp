#include "actors/batch.hpp"

#include "actors/messages.hpp"
#include "base/ensure.hpp"
#include "base/number.hpp"
#include "protocol/reply_merge.hpp"
#include "protocol/reply_writer.hpp"
#include "protocol/resp_value.hpp"

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
  std::size_t item = 0;
  std::size_t at = 0;

  bool answers(std::uint32_t request) const noexcept {
    return item < part->items.size() && part->items[item].request == request;
  }

  std::string_view next() noexcept {
    auto end = part->items[item++].reply_end;
    return part->replies.view().substr(std::exchange(at, end), end - at);
  }
};

/// SCAN's reply is an array of a bulk string, the cursor within the partition, and the keys.
/// The client gets the cursor over all partitions: the next place in this one or the start of the
/// next one.
void globalize_cursor(std::string_view reply, partition_index partition, std::size_t count,
                      base::byte_buffer& output) {
  protocol::reply_writer out{output, 2};
  constexpr std::string_view head = "*2\r\n";
  if (!reply.starts_with(head)) {
    out.raw(reply);
    return;
  }
  reply.remove_prefix(head.size());
  auto size = protocol::skip_resp_value(reply);
  auto text = reply.substr(reply.find('\n') + 1);
  auto cursor = base::parse_uint64(text.substr(0, text.find('\r')));
  THESPIS_ENSURE(cursor.has_value());
  std::uint64_t next = *cursor * count + partition;
  if (*cursor == 0)
    next = partition + 1 < count ? partition + 1 : 0;
  out.array(2);
  out.bulk(std::to_string(next));
  out.raw(reply.substr(size));
}

} // namespace

void batch_part::clear() {
  clear_or_release(items);
  clear_or_release(own_words);
  replies.clear();
  if (replies.capacity() > kept_reply_bytes_max)
    replies.release();
  next_item = 0;
}

batch::batch(std::size_t partition_count) : parts(partition_count) {
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
  kept_numbers_.clear();
  armed.store(false, std::memory_order_relaxed);
}

std::string_view batch::keep_number(std::uint64_t number) {
  return kept_numbers_.emplace_front(std::to_string(number));
}

void batch::report(caf::execution_unit* here) {
  if (home != nullptr && home == event_loop::current())
    home->resume_soon(waiting);
  else
    post(owner, here, batch_done{});
}

void batch::merge_replies() {
  std::vector<reply_reader> readers;
  for (const auto& part : parts)
    readers.push_back({&part});
  std::vector<std::string_view> shares;
  std::vector<std::uint32_t> share_of_partition(parts.size());
  std::vector<std::uint32_t> order;
  for (std::uint32_t number = 0; number < requests.size(); ++number) {
    const auto& request = requests[number];
    if (request.partition != batch_request::many) {
      auto reply = readers[request.partition].next();
      if (request.spec->route == protocol::way::by_cursor)
        globalize_cursor(reply, request.partition, parts.size(), *output);
      else
        output->append(reply);
      continue;
    }
    shares.clear();
    for (std::size_t i = 0; i < readers.size(); ++i)
      if (readers[i].answers(number)) {
        share_of_partition[i] = static_cast<std::uint32_t>(shares.size());
        shares.push_back(readers[i].next());
      }
    order.clear();
    for (std::uint32_t key = 0; key < request.key_count; ++key)
      order.push_back(share_of_partition[key_partitions[request.first_key + key]]);
    protocol::merge_replies(request.spec->replies, shares, order, *output);
  }
}

} // namespace thespis::actors
