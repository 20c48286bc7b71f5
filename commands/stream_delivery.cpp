#include "commands/stream_delivery.hpp"

#include <algorithm>

namespace thespis::commands {

using types::stream_id;

std::vector<idle_entry> find_idle_entries(const read_request& request,
                                          const types::consumer_group& group, std::int64_t now_ms) {
  std::vector<idle_entry> idle;
  if (!request.claim_idle_ms)
    return idle;
  for (auto at = group.pending().first(); at; ++at)
    if (now_ms - at->delivered_ms >= *request.claim_idle_ms)
      idle.push_back({at->delivered_ms, at.id()});
  return idle;
}

std::uint64_t stream_delivery::reply_history(const stream_id& behind) {
  const auto head = ctx_.reply.begin_array();
  std::uint64_t count = 0;
  std::uint64_t delivered = 0;
  const auto from = behind.next();
  auto at = from ? consumer_.pending.at_least(*from) : types::pending_entries::iterator{};
  for (; at && count < request_.count; ++at, ++count) {
    const auto found = value_.at_least(at.id());
    if (!found || found.id() != at.id()) {
      ctx_.reply.array(2);
      reply_id(ctx_.reply, at.id());
      ctx_.reply.null_array();
      continue;
    }
    reply_entry(ctx_.reply, *found);
    at->delivered_ms = ctx_.now.ms;
    at->count_delivery();
    replay_claim(ctx_, words_, group_, at.id(), **at);
    ++delivered;
  }
  ctx_.reply.end_array(head, count);
  return delivered;
}

void stream_delivery::reply_undelivered(std::vector<idle_entry> idle) {
  const auto head = ctx_.reply.begin_array();
  auto count = claim(idle);
  const auto from = group_.last_id.next();
  auto at = from ? value_.at_least(*from) : types::stream::iterator{};
  const auto delivers = bool{at} && count < request_.count;
  for (; at && count < request_.count; ++at, ++count)
    deliver(*at);
  ctx_.reply.end_array(head, count);
  if (delivers && request_.acknowledges)
    replay_group_position(ctx_, words_, group_);
}

/// Without memory for one of the steps the entry has not been delivered.
void stream_delivery::deliver(const types::stream_entry& entry) {
  if (request_.claim_idle_ms)
    reply_with_history(entry, 0, 0);
  else
    reply_entry(ctx_.reply, entry);
  types::pending_entry* pending = nullptr;
  if (!request_.acknowledges) {
    pending = &group_.assign(entry.id, &consumer_);
    pending->delivered_ms = ctx_.now.ms;
    pending->deliveries = 1;
    consumer_.active_ms = ctx_.now.ms;
  }
  value_.advance(group_, entry.id);
  if (pending != nullptr)
    replay_claim(ctx_, words_, group_, entry.id, *pending);
}

void stream_delivery::reply_with_history(const types::stream_entry& entry, std::int64_t idle_ms,
                                         std::int64_t deliveries) {
  ctx_.reply.array(4);
  reply_id(ctx_.reply, entry.id);
  reply_fields(ctx_.reply, entry);
  ctx_.reply.integer(idle_ms);
  ctx_.reply.integer(deliveries);
}

/// Returns how many it replied.
std::uint64_t stream_delivery::claim(std::vector<idle_entry>& idle) {
  std::stable_sort(idle.begin(), idle.end(), [](const idle_entry& a, const idle_entry& b) {
    return a.delivered_ms < b.delivered_ms;
  });
  std::uint64_t count = 0;
  for (const auto& each : idle) {
    if (count == request_.count)
      break;
    const auto found = value_.at_least(each.id);
    if (!found || found.id() != each.id) {
      drop(each.id);
      continue;
    }
    const auto deliveries = group_.pending().find(each.id)->deliveries;
    reply_with_history(*found, ctx_.now.ms - each.delivered_ms, deliveries);
    auto& pending = group_.assign(each.id, &consumer_);
    pending.delivered_ms = ctx_.now.ms;
    pending.count_delivery();
    consumer_.active_ms = ctx_.now.ms;
    replay_claim(ctx_, words_, group_, each.id, pending);
    ++count;
  }
  return count;
}

/// The entry of a pending one has been deleted.
void stream_delivery::drop(const stream_id& id) {
  const types::stream_id_text text{id};
  group_.acknowledge(id);
  ctx_.replay_as(words_.key, {"XACK", words_.key, words_.group, text});
}

} // namespace thespis::commands
