#pragma once

/// How XREADGROUP delivers the entries of one stream to a consumer: what becomes pending, what is
/// replied, and what is replayed.

#include "commands/stream_read_request.hpp"
#include "commands/stream_value.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thespis::commands {

/// A pending entry that CLAIM finds.
struct idle_entry {
  std::int64_t delivered_ms;
  types::stream_id id;
};
/// Those that have been pending for long enough, in the order of their IDs; none without CLAIM.
/// Cost: O(pending entries).
std::vector<idle_entry> find_idle_entries(const read_request& request,
                                          const types::consumer_group& group, std::int64_t now_ms);

class stream_delivery {
public:
  /// `index`: of the stream in the request. All of it outlives this.
  stream_delivery(keyspace::command_context& ctx, const read_request& request, std::size_t index,
                  const types::stream& value, types::consumer_group& group,
                  types::stream_consumer& consumer)
    : ctx_(ctx),
      request_(request),
      words_(request.words_at(index)),
      value_(value),
      group_(group),
      consumer_(consumer) {
  }

  /// The consumer's own pending entries behind that ID, delivered once more. Replies an array.
  /// Returns how many there still are, and were delivered: these have been replayed.
  std::uint64_t reply_history(const types::stream_id& behind);
  /// These entries, those first that have waited longest, then those that were never delivered.
  /// Replies an array.
  void reply_undelivered(std::vector<idle_entry> idle);

private:
  void deliver(const types::stream_entry& entry);
  void reply_with_history(const types::stream_entry& entry, std::int64_t idle_ms,
                          std::int64_t deliveries);
  std::uint64_t claim(std::vector<idle_entry>& idle);
  void drop(const types::stream_id& id);

  keyspace::command_context& ctx_;
  const read_request& request_;
  group_words words_;
  const types::stream& value_;
  types::consumer_group& group_;
  types::stream_consumer& consumer_;
};

} // namespace thespis::commands
