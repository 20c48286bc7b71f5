#include "actors/listener.hpp"

#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "actors/peer_address.hpp"
#include "protocol/errors.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <new>

namespace thespis::actors {

namespace {

/// How many clients are accepted before those that are connected have their turn.
constexpr int accepts_per_event = 100;

/// How long a client has to wait for a descriptor before it is tried again.
constexpr std::chrono::milliseconds backoff_interval{100};

/// As long as there is none, this is often enough for a reader of the log.
constinit log::rate_limit failed_accepts{std::chrono::seconds{1}};

constexpr std::chrono::seconds tick_interval{1};

/// A client that said nothing for so long gives back the buffers that it had grown.
constexpr std::int64_t idle_ms_before_trim = 2000;

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

/// tcp-keepalive: the first probe after `seconds` of silence, three probes a third of that apart.
void configure_tcp(int fd, std::int64_t keepalive_seconds) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (keepalive_seconds == 0)
    return;
  const auto seconds = static_cast<int>(keepalive_seconds);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, std::max(1, seconds / 3));
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

/// Whether to say nothing is its part: `timeout` is not about it, and that it hears something does
/// not make it busy.
bool is_audience(const commands::client_record& client) noexcept {
  return client.has_flag(commands::client_pubsub) || client.has_flag(commands::client_monitor);
}

} // namespace

listener::listener(caf::actor_config& config, event_loop& loop, core& home)
  : pinned_actor(config, loop), core_(home) {
}

listener::~listener() {
  outlived_references(*this);
}

caf::behavior listener::make_behavior() {
  timer_.emplace(loop().io().get_executor());
  expect_tick();
  return {[this](const open_sockets& given) {
            const turn now{this};
            open(*given.sockets);
          },
          [this](const close_sockets& gone) {
            const turn now{this};
            close(*gone.places);
            post(core_.administrator, &loop(), sockets_closed{gone.places});
          },
          [this](const adopt_socket& client) {
            const turn now{this};
            adopt(std::move(*client.socket));
          },
          [this](const pause_changed&) {
            const turn now{this};
            for (auto* one : connections_)
              one->end_pause();
          },
          [this](const shut_down&) {
            const turn now{this};
            drain();
          }};
}

// -- accepting ------------------------------------------------------------------------------------

void listener::open(listening_sockets& given) {
  if (draining_)
    return;
  for (auto& socket : given.of_loop(loop().index())) {
    const auto executor = loop().io().get_executor();
    doors_.push_back(std::make_shared<door>(door{std::move(socket.place), std::move(socket.file),
                                                 descriptor{executor, socket.fd.release()},
                                                 steady_timer{executor}}));
    expect_clients(doors_.back());
  }
}

/// Whoever knocked already is let in.
void listener::close(const std::vector<tcp_place>& places) {
  const auto goes = [&](const std::shared_ptr<door>& one) {
    if (std::none_of(places.begin(), places.end(),
                     [&](const tcp_place& place) { return place.name() == one->place; }))
      return false;
    while (accept_some(*one) == queue::not_empty) {
    }
    shut(*one);
    return true;
  };
  std::erase_if(doors_, goes);
}

void listener::shut(door& one) {
  one.closed = true;
  one.backoff.cancel();
  asio::error_code ignored;
  one.socket.close(ignored);
}

/// A wait that is over already is no longer cancelled by the end of its socket or timer, so what
/// waits keeps the listener and the door in memory, and looks whether they are at their end first.
void listener::expect_clients(const std::shared_ptr<door>& from) {
  from->socket.async_wait(descriptor::wait_read,
                          [this, from, alive = caf::actor_cast<caf::strong_actor_ptr>(this)](
                            const asio::error_code& failed) {
                            if (!failed)
                              accept_and_go_on(from);
                          });
}

void listener::expect_clients_later(const std::shared_ptr<door>& from) {
  from->backoff.expires_after(backoff_interval);
  from->backoff.async_wait([this, from, alive = caf::actor_cast<caf::strong_actor_ptr>(this)](
                             const asio::error_code& failed) {
    if (!failed)
      accept_and_go_on(from);
  });
}

void listener::accept_and_go_on(const std::shared_ptr<door>& from) {
  if (from->closed)
    return;
  if (accept_some(*from) == queue::stuck)
    expect_clients_later(from);
  else
    expect_clients(from);
}

listener::queue listener::accept_some(door& from) {
  for (int n = 0; n < accepts_per_event; ++n) {
    const auto fd = ::accept4(from.socket.native_handle(), nullptr, nullptr,
                              SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(owned_fd{fd});
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED)
      continue;
    if (errno == EAGAIN)
      return queue::empty;
    const auto why = errno;
    if (failed_accepts.allows())
      log::warning("Accepting client connection: {}", log::system_error(why));
    return queue::stuck;
  }
  return queue::not_empty;
}

void listener::admit(owned_fd client) noexcept try {
  const memory_reserve::client_work may_fail;
  welcome(std::move(client));
} catch (const std::bad_alloc&) {
  drop();
}

/// From another loop, where it has been admitted.
void listener::adopt(owned_fd client) noexcept try {
  const memory_reserve::client_work may_fail;
  serve(std::move(client));
} catch (const std::bad_alloc&) {
  drop();
}

/// There was no memory for a client that has been counted.
void listener::drop() noexcept {
  core_.client_count.fetch_sub(1, std::memory_order_relaxed);
  core_.network[loop().index()].connections_rejected.add();
  log::warning("Dropping a client, there is no memory for its connection");
}

/// Decides whether the client may stay, and on which loop. Throws std::bad_alloc with the client
/// counted, and nothing else done.
void listener::welcome(owned_fd client) {
  auto& figures = core_.network[loop().index()];
  const auto clients = core_.client_count.fetch_add(1, std::memory_order_relaxed) + 1;
  if (clients > static_cast<std::size_t>(core_.options.get(base::option::maxclients)))
    return turn_away(client, protocol::errors::too_many_clients);
  const auto peer = peer_address::of(client.get());
  if (!peer.local && core_.options.get(base::option::protected_mode) != 0
      && !core_.gates.is_up(commands::gate_password))
    return turn_away(client, protocol::errors::protected_mode);
  figures.connections_received.add();
  log::verbose("Accepted {}", peer.remote);
  if (!peer.unix_socket) {
    configure_tcp(client.get(), core_.options.get(base::option::tcp_keepalive));
    return serve(std::move(client));
  }
  const auto where = next_loop_++ % core_.listeners.size();
  if (where == loop().index())
    return serve(std::move(client));
  post(core_.listeners[where], &loop(),
       adopt_socket{std::make_shared<owned_fd>(std::move(client))});
}

void listener::turn_away(const owned_fd& client, std::string_view error) {
  std::string line{"-"};
  line.append(error).append("\r\n");
  // A client that does not take it at once does without.
  [[maybe_unused]] auto n = ::send(client.get(), line.data(), line.size(),
                                   MSG_NOSIGNAL | MSG_DONTWAIT);
  core_.client_count.fetch_sub(1, std::memory_order_relaxed);
  core_.network[loop().index()].connections_rejected.add();
}

/// Throws std::bad_alloc with nothing done.
void listener::serve(owned_fd client) {
  if (draining_) {
    core_.client_count.fetch_sub(1, std::memory_order_relaxed);
    return;
  }
  const auto peer = peer_address::of(client.get());
  auto record = std::make_shared<commands::client_record>();
  record->id = core_.next_client_id.fetch_add(1, std::memory_order_relaxed);
  record->address = peer.remote;
  record->local_address = peer.here;
  record->descriptor = client.get();
  record->created_ms = core_.now().ms;
  record->last_interaction_ms.store(record->created_ms, std::memory_order_relaxed);
  record->set_flag(commands::client_unix_socket, peer.unix_socket);
  // A place in the list comes first: a connection that is not in it would be lost.
  connections_.push_back(nullptr);
  caf::actor one;
  try {
    one = spawn_pinned<connection>(system(), loop(), std::ref(core_), std::ref(*this),
                                   std::move(client), record, peer.local);
  } catch (const std::bad_alloc&) {
    connections_.pop_back();
    throw;
  }
  auto* raw = dynamic_cast<connection*>(caf::actor_cast<caf::abstract_actor*>(one));
  raw->place_in_list = connections_.size() - 1;
  connections_.back() = raw;
  try {
    post(core_.administrator, &loop(), client_came{std::move(record), one});
  } catch (const std::bad_alloc&) {
    // Nobody would know of it.
    raw->close();
  }
}

void listener::forget(connection& gone) {
  auto* last = connections_.back();
  connections_[gone.place_in_list] = last;
  last->place_in_list = gone.place_in_list;
  connections_.pop_back();
  core_.client_count.fetch_sub(1, std::memory_order_relaxed);
  report_if_drained();
}

// -- once a second --------------------------------------------------------------------------------

void listener::expect_tick() {
  timer_->expires_after(tick_interval);
  timer_->async_wait(
    [this, alive = caf::actor_cast<caf::strong_actor_ptr>(this)](const asio::error_code& failed) {
      if (failed || draining_)
        return;
      tick();
      expect_tick();
    });
}

void listener::tick() {
  loop().review_manners();
  const auto now_ms = core_.now().ms;
  const auto timeout_ms = core_.options.get(base::option::timeout) * 1000;
  // Closing changes the list, but only later: connections end in their own coroutine.
  for (auto* one : connections_) {
    const auto idle_ms = now_ms - one->record().last_interaction_ms.load(std::memory_order_relaxed);
    if (timeout_ms != 0 && idle_ms > timeout_ms && one->waits_for_client()
        && !is_audience(one->record())) {
      log::verbose("Closing idle client {}", one->record().address);
      one->close();
    } else if (idle_ms > idle_ms_before_trim || is_audience(one->record())) {
      one->trim();
    }
    one->tick();
  }
}

// -- the end --------------------------------------------------------------------------------------

void listener::drain() {
  draining_ = true;
  for (const auto& one : doors_)
    shut(*one);
  doors_.clear();
  timer_.reset();
  for (auto* one : connections_)
    one->close();
  report_if_drained();
}

void listener::report_if_drained() {
  if (draining_ && connections_.empty()) {
    post(core_.supervisor, &loop(), drained{});
    quit();
  }
}

} // namespace thespis::actors
