/// How large a client's buffers may be, when they give memory back, and what is told of them (see
/// connection.hpp).

#include "actors/connection.hpp"

#include "actors/log.hpp"

#include <algorithm>

namespace thespis::actors {

namespace {

/// As much output counts as the client's own buffer, what is beyond it as a list of replies.
constexpr std::size_t first_output_bytes = 16 * 1024;

/// An idle client keeps no larger output than this, and no more memory for requests.
constexpr std::size_t idle_bytes_max = 2 * 1024;

/// A loop keeps no larger output than this between two clients.
constexpr std::size_t spare_bytes_max = 1024 * 1024;

} // namespace

/// What has been written for the client and not been taken by its socket. While something is in
/// flight, only messages are known of.
std::size_t connection::unread_bytes() noexcept {
  const auto replies = dispatcher_.in_flight() ? 0 : dispatcher_.output().size() - sent_;
  return replies + pushes_.bytes() + later_pushes_.bytes();
}

void connection::check_output_limit() {
  const auto cls = record_->has_flag(commands::client_pubsub) ? base::client_class::pubsub
                                                              : base::client_class::normal;
  const auto unread = unread_bytes();
  if (closing_ || output_watch_.allows(unread, core_.output_limits.of(cls), [this] {
        return core_.now().ms;
      }))
    return;
  log::warning("Closing client that leaves too much unread (client-output-buffer-limit): {}, {} "
               "bytes",
               record_->address, unread);
  core_.network[loop().index()].output_buffer_limit_disconnections.add();
  pushes_.clear();
  later_pushes_.clear();
  close();
}

/// A client that has had large replies of late begins with the memory of the last one that had.
void connection::borrow_output() noexcept {
  if (output_peak_ > unsent_bytes_max / 2 && dispatcher_.output().capacity() == 0)
    dispatcher_.output().swap(loop().spare_output());
}

/// Large memory is not the client's to keep once all of it has been sent.
void connection::hand_on_output() noexcept {
  auto& output = dispatcher_.output();
  auto& spare = loop().spare_output();
  if (output.capacity() <= unsent_bytes_max || !output.empty())
    return;
  if (output.capacity() <= spare_bytes_max && output.capacity() > spare.capacity())
    output.swap(spare);
  output.release();
}

void connection::trim() {
  if (!socket_.is_receiving() || (early_ && early_->reading)
      || (!input_.has_grown() && !output_may_shrink()
          && dispatcher_.capacity_bytes() <= idle_bytes_max))
    return;
  trimming_ = true;
  socket_.cancel();
}

bool connection::output_may_shrink() noexcept {
  const auto bytes = dispatcher_.output().capacity();
  return bytes > idle_bytes_max && output_peak_ < bytes / 2
         && core_.reply_buffers.resizing.load(std::memory_order_relaxed);
}

void connection::shrink_buffers() {
  if (output_may_shrink())
    dispatcher_.output().release();
  dispatcher_.release();
  input_.shrink();
}

void connection::tick() {
  if (dispatcher_.in_flight())
    return;
  check_output_limit();
  publish_buffers(sent_ < dispatcher_.output().size());
  const auto reset_ms = core_.reply_buffers.peak_reset_ms.load(std::memory_order_relaxed);
  const auto now_ms = core_.now().ms;
  if (reset_ms < 0 || now_ms - output_peak_since_ms_ <= reset_ms)
    return;
  output_peak_ = dispatcher_.output().size();
  output_peak_since_ms_ = now_ms;
}

/// What CLIENT LIST shows of the buffers. Not for every request: only when this client may be about
/// to ask, when something stays in a buffer for longer, and with every tick.
void connection::publish_buffers(bool waits_to_write) noexcept {
  const auto put = [](auto& figure, auto value) { figure.store(value, std::memory_order_relaxed); };
  const auto& output = dispatcher_.output();
  const auto waiting = unread_bytes();
  const auto early_size = early_ ? early_->bytes.size() : 0;
  const auto early_capacity = early_ ? early_->bytes.capacity() : 0;
  put(record_->query_bytes, input_.size() + early_size);
  put(record_->query_free_bytes, input_.capacity() - input_.size() + early_capacity - early_size);
  put(record_->argument_bytes, dispatcher_.argument_bytes());
  put(record_->output_capacity_bytes, output.capacity());
  put(record_->output_peak_bytes, output_peak_);
  // Redis has a buffer of 16 KiB and a list for what does not fit; tools watch the list.
  put(record_->output_bytes, std::min(waiting, first_output_bytes));
  put(record_->output_list_length, waiting > first_output_bytes ? 1u : 0u);
  put(record_->output_list_bytes, waiting - std::min(waiting, first_output_bytes));
  put(record_->total_bytes, sizeof *this + sizeof *record_ + input_.capacity() + early_capacity
                              + output.capacity() + pushes_.bytes() + later_pushes_.bytes()
                              + dispatcher_.capacity_bytes());
  put(record_->write_pending, waits_to_write);
}

} // namespace thespis::actors
