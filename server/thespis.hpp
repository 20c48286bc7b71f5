#pragma once

/// What a program includes to have a data server inside: in a CAF application, whose actors then
/// send requests to it and get replies as messages, or as a server on sockets, or both.
///
///     caf::actor_system_config config;
///     thespis::use_event_loops(config, 2);  // or not: the host may keep CAF's own scheduler
///     caf::actor_system system{config};
///     thespis::options settings;            // those of redis.conf
///     thespis::store store{system, settings};
///     auto client = store.connect();
///     …
///     self->request(client, caf::infinite, thespis::request{{"SET", "name", "Namal"}})
///       .then([](const thespis::reply& reply) { assert(reply.is_ok()); });
///
/// Complete programs: examples/embedded_in_caf.cpp and, for messages of channels,
/// examples/subscribe_from_actor.cpp; examples/serve_tcp.cpp with sockets.

#include "actors/embedded_messages.hpp"
#include "base/options.hpp"
#include "base/result.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

namespace thespis {

/// The settings of a store, those of redis.conf. See base/options.hpp.
using base::options;

/// Sets an option by its name in redis.conf, before the store is made. A fault says what is wrong.
base::result<void> configure(options& settings, std::string_view name, std::string_view value);

/// A command, as its words.
using request = actors::embedded_request;

/// The answer to a request. An error is an answer too.
using reply = actors::embedded_reply;

/// A message of a channel that a client subscribes to, for the client's receiver.
using channel_message = actors::channel_message;

/// By what a client got it: its subscription to a channel, a pattern or a shard channel.
using topic_kind = pubsub::topic_kind;

/// Makes an actor system that is built from `config` run on `threads` event loops, one thread each,
/// instead of CAF's own scheduler: the store's actors then share threads with the host's and run
/// where the messages come from. Its other actors need not know.
void use_event_loops(caf::actor_system_config& config, std::size_t threads);

/// A store inside an actor system. Its methods are for one thread at a time, `connect` and `stop`
/// for any.
class store {
public:
  /// `system` outlives the store. The settings are copied: what clients change with CONFIG SET is
  /// the store's own.
  store(caf::actor_system& system, const options& settings);
  /// Stops, and waits for it. REQUIRES: not in an actor of `system`.
  ~store();
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  /// A new client: an actor that takes `request` and answers each with `reply`, in the order of
  /// their arrival. Sessions are per client (SELECT, CLIENT SETNAME …). It lives until it is sent
  /// an exit message, is sent QUIT or the store stops; what it has not answered by then, and all
  /// that comes later, gets caf::sec::request_receiver_down. Handles of it may outlive the store.
  /// Do not send it exit_reason::kill, which leaves it no time to wait for what it has lent out.
  caf::actor connect();

  /// The same, and the client may subscribe (SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE). Messages go to
  /// `receiver`, an actor of the host, as `channel_message`, with the client as their sender;
  /// replies go to whoever sent the request. The reply to SUBSCRIBE, UNSUBSCRIBE and their like is
  /// an array of the confirmations, one for each name: (what, name, how many topics now).
  ///
  /// Messages of one publisher come in order. The receiver that subscribes by itself gets the
  /// confirmation before the first message, and no message after the confirmation of the end; of
  /// what it publishes by itself the message may come before or after the reply. Messages also come
  /// while a request of the client waits (BLPOP …).
  ///
  /// Nothing holds publishers back: what a slow receiver has not handled yet waits in its mailbox,
  /// which has no limit; client-output-buffer-limit is about sockets. The client ends when the
  /// receiver does, and is no subscriber any more when it has ended. Until then it keeps the
  /// receiver alive.
  caf::actor connect(caf::actor receiver);

  /// Serves Redis clients on the sockets that the settings given to the constructor ask for
  /// (`bind`, `port`, `unixsocket` …). A fault says which socket could not be opened and why;
  /// nothing is served then. At most once.
  base::result<void> listen();

  /// Loads the last snapshot (`dir`, `dbfilename`), if there is one, before anything is written. A
  /// fault says what is wrong with the file and where; the store is of no use then. Snapshots are
  /// taken on request (BGSAVE), and by themselves if the host has set `save`. Not in an actor.
  base::result<void> load();

  /// Begins the ordered end and returns at once: no socket is accepted or read any more, what is in
  /// flight is answered, then the data is gone: nothing is saved. (SHUTDOWN saves first where
  /// `save` is set.)
  void stop();

  /// Waits for the end, which `stop` or a client's SHUTDOWN began.
  void wait();

  /// Waits for SIGTERM, SIGINT or SHUTDOWN, and then for the end. A SIGINT after another signal
  /// ends the process at once, with exit code 1. REQUIRES: block_stop_signals() at the beginning of
  /// the program.
  void serve_until_stopped();

private:
  struct implementation;
  std::unique_ptr<implementation> inside_;
};

/// Keeps SIGTERM and SIGINT for `store::serve_until_stopped`: blocks them in this thread and in
/// those that it starts. SIGPIPE and SIGHUP are ignored from here on, in the whole process. Before
/// any thread is started, that is, before the actor system is made.
void block_stop_signals();

} // namespace thespis
