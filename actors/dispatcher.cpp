#include "actors/dispatcher.hpp"

#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "actors/messages.hpp"
#include "base/ascii.hpp"
#include "base/ensure.hpp"
#include "commands/admission.hpp"
#include "commands/execute.hpp"
#include "commands/inner_requests.hpp"
#include "commands/monitor.hpp"
#include "protocol/errors.hpp"
#include "protocol/reply_writer.hpp"
#include "pubsub/subscriber_table.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>
#include <vector>

namespace thespis::actors {

namespace {

/// A batch holds no more requests than this, so that one client's pipeline takes turns with
/// others'.
constexpr std::size_t requests_per_batch_max = 1024;

/// With several partitions replies wait in memory until all parts are in; fewer requests bound
/// them.
constexpr std::size_t requests_per_spread_batch_max = 256;

/// Whether a row can have no subcommands, visible or not: those of keys.
bool stands_alone(const protocol::command_spec& spec) noexcept {
  return spec.route == protocol::way::single || spec.route == protocol::way::split;
}

/// The first words of an HTTP request: somebody's browser is being used to attack the server.
bool is_http(std::string_view word) noexcept {
  return base::equals_nocase(word, "post") || base::equals_nocase(word, "host:");
}

/// Anybody can cause that line, without a password: once a minute is enough, as in Redis.
constinit log::rate_limit attack_warnings{std::chrono::seconds{60}};

} // namespace

dispatcher::dispatcher(core& home, std::size_t loop, commands::client_record& record,
                       manners client)
  : core_(home),
    unheeded_gates_(client.restores ? ~std::uint32_t{0} : std::uint32_t{commands::gate_password}),
    loop_(static_cast<std::uint32_t>(loop)),
    statistics_(home.client_statistics[loop]),
    record_(record),
    batch_(home.partitions.size()),
    builder_(home.partitions.size(), home.server.script_hints),
    blocked_(std::make_shared<blocked_request>(home, batch_)),
    words_stay_(client.words_stay) {
  record.waiter = blocked_;
  batch_.blocked = blocked_.get();
  batch_.client = &session_;
  batch_.output = &output_;
  session_.id = record.id;
  session_.address = record.address;
  session_.local = client.local;
  session_.database_count = static_cast<int>(home.options.get(base::option::databases));
  session_.set_authenticated(!home.gates.is_up(commands::gate_password));
}

bool dispatcher::has_room() const noexcept {
  if (!takes_several()) [[unlikely]]
    return batch_.empty();
  return batch_.request_count < requests_max();
}

/// Whether nothing has been said about one request alone.
bool dispatcher::takes_several() const noexcept {
  return session_.replies == protocol::reply_mode::on
         && !(session_.tracking && session_.tracking->caching_called);
}

std::size_t dispatcher::requests_max() const noexcept {
  return batch_.parts.size() == 1 ? requests_per_batch_max : requests_per_spread_batch_max;
}

/// Throws std::bad_alloc with the batch in need of drop_uncounted().
dispatcher::step dispatcher::try_to_place(std::size_t first_word, caf::execution_unit* here) {
  if (batch_.empty())
    output_before_ = output_.size();
  const auto words = protocol::arguments{batch_.words}.subspan(first_word);
  const auto found = resolve(words);
  if (found.outcome != protocol::resolution::ok || !is_plain(*found.spec)) [[unlikely]] {
    if (gathers())
      return gather(found, first_word);
    const auto verdict = !batch_.empty()            ? step::run_first
                         : is_plainly_queued(found) ? queue(*found.spec, words)
                                                    : look_closer(found, words, here);
    if (verdict == step::answered)
      finish_request(found.spec);
    if (verdict != step::batched) {
      batch_.words.resize(first_word);
      return verdict;
    }
  }
  if (batch_.for_broker != (found.spec->route == protocol::way::broker)) [[unlikely]] {
    if (!batch_.empty()) {
      batch_.words.resize(first_word);
      return step::run_first;
    }
    batch_.for_broker = !batch_.for_broker;
  }
  const auto count = static_cast<std::uint32_t>(words.size());
  const auto where = builder_.place(batch_, *found.spec, count);
  if (where == placement::session && can_begin_to_gather(*found.spec)) [[unlikely]] {
    begin_to_gather(*found.spec);
    return step::batched;
  }
  if (where != placement::batched && !batch_.empty()) {
    batch_.words.resize(first_word);
    return step::run_first;
  }
  record_.last_command.store(found.spec, std::memory_order_relaxed);
  if (where == placement::batched)
    return step::batched;
  if (where == placement::session) {
    run_session_command(*found.spec, here);
    return session_.close_after_reply || lost_replies_ ? step::hang_up : step::answered;
  }
  lone_spec_ = found.spec;
  lone_place_ = where;
  return step::alone;
}

/// `asked`: null if it is not known.
void dispatcher::note_refusal(const protocol::command_spec* asked) noexcept {
  if (asked != nullptr && asked->route == protocol::way::transaction)
    end_transaction();
  else if (session_.in_transaction())
    session_.queued->abort();
}

dispatcher::step dispatcher::refuse(std::size_t first_word,
                                    const protocol::command_spec* asked) noexcept {
  batch_.drop_uncounted();
  batch_.words.resize(first_word);
  if (!batch_.empty())
    return step::run_first;
  if (gathers()) {
    queue_gathered();
    return step::run_first;
  }
  note_refusal(asked);
  output_before_ = std::min(output_before_, output_.size());
  output_.truncate(output_before_);
  reply_out_of_memory();
  finish_request(nullptr);
  return lost_replies_ ? step::hang_up : step::answered;
}

void dispatcher::reply_out_of_memory() noexcept try {
  protocol::reply_writer{output_, session_.protocol}.error(protocol::errors::out_of_memory);
} catch (const std::bad_alloc&) {
  lost_replies_ = true;
}

/// A client tends to repeat itself, letter by letter: then the table need not be asked.
protocol::resolved_command dispatcher::resolve(protocol::arguments words) noexcept {
  const auto name = words.front();
  if (recent_.spec != nullptr && name == recent_.name()
      && protocol::arity_fits(recent_.spec->arity, words.size()))
    return {recent_.spec, protocol::resolution::ok};
  const auto found = core_.commands.resolve(words);
  if (found.outcome == protocol::resolution::ok && stands_alone(*found.spec)
      && name.size() <= recent_.letters.size() && found.spec->name.size() == name.size()) {
    recent_.spec = found.spec;
    recent_.size = name.size();
    std::copy(name.begin(), name.end(), recent_.letters.begin());
  }
  return found;
}

/// A loop's clients take turns; those on no loop run on any thread.
std::unique_lock<std::mutex> dispatcher::lock_statistics() const {
  if (&statistics_ != &core_.client_statistics.back())
    return {};
  return std::unique_lock{core_.shared_statistics_lock};
}

/// Asks the policies; `batched` means that they let the request pass.
dispatcher::step dispatcher::look_closer(const protocol::resolved_command& found,
                                         protocol::arguments words, caf::execution_unit* here) {
  const auto counting = lock_statistics();
  protocol::reply_writer reply{output_, session_.protocol};
  const auto reply_at = output_.size();
  if (found.outcome != protocol::resolution::ok) {
    if (is_http(words.front())) {
      if (attack_warnings.allows())
        log::warning(
          "Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: "
          "commands to Thespis. This is likely due to an attacker attempting to use Cross "
          "Protocol Scripting to compromise your Thespis instance. Connection from {} "
          "aborted.",
          session_.address);
      return step::hang_up;
    }
    commands::reject_unresolved(found, words, reply, statistics_);
    note_rejection(found, reply_at);
    return step::answered;
  }
  switch (commands::admit(*found.spec, core_.gates, session_, batch_.time.ms, reply, statistics_)) {
    case commands::verdict::pass:
      if (session_.in_transaction() && (found.spec->flags & protocol::never_queued) == 0)
        return queue(*found.spec, words);
      if (core_.gates.is_up(commands::gate_monitored))
        show_to_monitors(*found.spec, words, here);
      return step::batched;
    case commands::verdict::wait:
      return step::paused;
    case commands::verdict::rejected:
      note_rejection(found, reply_at);
      break;
  }
  return step::answered;
}

void dispatcher::end() noexcept {
  session_.end_watch();
  note_end_of_watch(nullptr);
  batch_.owner = nullptr;
}

/// Without memory for it they do not see it.
void dispatcher::show_to_monitors(const protocol::command_spec& spec, protocol::arguments words,
                                  caf::execution_unit* here) noexcept try {
  auto database = session_.database;
  const auto show = [&](const protocol::command_spec& one, protocol::arguments said) {
    database = commands::database_behind(one, said, session_, database);
    if (commands::is_monitored(one))
      post(core_.broker, here,
           monitored{commands::monitor_line(one, said, session_.address, database, batch_.time)});
  };
  if (session_.in_transaction() && spec.route == protocol::way::transaction
      && !session_.queued->aborted() && !has_broken_watch()) {
    session_.queued->seal();
    for (const auto& one : session_.queued->requests())
      show(*one.spec, session_.queued->words_of(one));
  }
  show(spec, words);
} catch (const std::bad_alloc&) {
  return;
}

void dispatcher::run_session_command(const protocol::command_spec& spec,
                                     caf::execution_unit* here) {
  const auto counting = lock_statistics();
  protocol::reply_writer reply{output_, session_.protocol};
  keyspace::command_context ctx{reply, session_, keyspace::shard_map::none(), batch_.time};
  commands::inner_requests inner{statistics_};
  ctx.inner = &inner;
  statistics_.start();
  if (commands::make_room(output_)) [[likely]]
    commands::execute(ctx, spec, batch_.words, statistics_);
  else
    ctx.lost_reply = true;
  lost_replies_ = lost_replies_ || ctx.lost_reply;
  core_.report_slow(statistics_, here);
  batch_.clear();
  finish_request(&spec);
  note_end_of_watch(here);
  mirror_session();
}

std::size_t dispatcher::argument_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const auto word : batch_.words)
    bytes += word.size();
  return bytes;
}

bool dispatcher::send(caf::execution_unit* here) {
  THESPIS_ENSURE(!std::exchange(in_flight_, true));
  const memory_reserve::delivery may_fail;
  try {
    batch_.prepare_report();
    hand_over(here);
  } catch (const std::bad_alloc&) {
    unsent_ = true;
  }
  return !unsent_;
}

/// Throws std::bad_alloc with nothing sent.
void dispatcher::hand_over(caf::execution_unit* here) {
  if (lone_spec_ == nullptr) {
    if (batch_.for_broker)
      post(core_.broker, here, publish{&batch_});
    else if (batch_.joined())
      meet(batch_.meeting_partitions(), here);
    else
      core_.send(batch_, here);
    return;
  }
  add_lone_item();
  batch_.reply_at = output_.size();
  if (lone_place_ == placement::fan_out) {
    post(core_.fan_outs[loop_], here, change_subscriptions{&batch_});
    return;
  }
  if (lone_place_ == placement::administrator) {
    post(core_.administrator, here, administer{&batch_});
    return;
  }
  meet(builder_.meeting_partitions(), here);
}

/// Throws std::bad_alloc with nothing sent.
void dispatcher::meet(std::vector<partition_index> partitions, caf::execution_unit* here) {
  if (!meeting_)
    meeting_ = std::make_unique<rendezvous>();
  meeting_->prepare(batch_, std::move(partitions), core_.partitions.size());
  core_.send(*meeting_, here);
}

/// The request becomes the only item of the first part, which is otherwise unused.
void dispatcher::add_lone_item() {
  batch_.add_item(0, {.spec = lone_spec_,
                      .first_word = 0,
                      .word_count = static_cast<std::uint32_t>(batch_.words.size()),
                      .request = 0,
                      .own_words = false,
                      .leads = true,
                      .key_hash = 0,
                      .reply_end = 0});
}

void dispatcher::take_answers() noexcept {
  THESPIS_ENSURE(std::exchange(in_flight_, false));
  if (unsent_) [[unlikely]]
    return refuse_all();
  THESPIS_ENSURE(batch_.pending.load(std::memory_order_relaxed) == 0);
  if (batch_.cut_short.load(std::memory_order_relaxed)) [[unlikely]]
    lost_replies_ = true;
  const auto* const lone = std::exchange(lone_spec_, nullptr);
  if (lone != nullptr) {
    note_subscriptions();
    note_end_of_watch(nullptr);
    mirror_session();
    // Confirmations come whatever CLIENT REPLY says, as all pushes do.
    if (lone_place_ == placement::fan_out)
      output_before_ = output_.size();
  } else if (batch_.unfinished()) {
    return;
  } else if (batch_.replies_in_parts() && !batch_.merge_replies()) {
    lost_replies_ = true;
  }
  // An EXEC may have been in the batch.
  if (session_.queued && session_.queued->unwatched) [[unlikely]] {
    note_end_of_watch(nullptr);
    mirror_transaction();
  }
  if (std::exchange(keeps_gathered_, false)) [[unlikely]]
    batch_.clear_before_gathered();
  else if (gathers()) [[unlikely]]
    queue_gathered();
  else
    batch_.clear();
  finish_request(lone);
}

/// Answers what could not be sent.
void dispatcher::refuse_all() noexcept {
  unsent_ = false;
  batch_.pending.store(0, std::memory_order_relaxed);
  const auto requests = lone_spec_ != nullptr ? 1 : batch_.request_count;
  for (auto i = batch_.requests_run(); i < requests && !lost_replies_; ++i) {
    refuse_gathered(i);
    reply_out_of_memory();
  }
  note_end_of_watch(nullptr);
  note_refusal(lone_spec_);
  keeps_gathered_ = false;
  lone_spec_ = nullptr;
  gathers() ? queue_gathered() : batch_.clear();
  finish_request(nullptr);
}

/// What was said about one request alone is over. `spec`: null for several requests, or none.
void dispatcher::finish_request(const protocol::command_spec* spec) {
  apply_reply_mode();
  if (session_.tracking) [[unlikely]]
    session_.tracking->caching_called
      = session_.tracking->caching_called
        && (session_.in_transaction() || (spec != nullptr && spec->name.starts_with("client|")));
}

/// CLIENT REPLY OFF and SKIP: takes back what a request has written.
void dispatcher::apply_reply_mode() {
  using protocol::reply_mode;
  if (session_.replies == reply_mode::on) [[likely]]
    return;
  if (session_.replies == reply_mode::skip_next) {
    session_.replies = reply_mode::skip;
    return;
  }
  output_.truncate(output_before_);
  if (session_.replies == reply_mode::skip)
    session_.replies = reply_mode::on;
}

/// RESET ends subscriptions as far as the session knows.
void dispatcher::note_subscriptions() noexcept {
  leaves_all_topics_ = batch_.subscriber != nullptr && batch_.subscriber->subscribes()
                       && (session_.special & protocol::special_subscribed) == 0;
}

/// What CLIENT LIST shows of the session.
void dispatcher::mirror_session() const {
  mirror_transaction();
  record_.database.store(session_.database, std::memory_order_relaxed);
  record_.protocol.store(session_.protocol, std::memory_order_relaxed);
  record_.set_flag(commands::client_no_touch, session_.no_touch);
  record_.set_flag(commands::client_no_evict, session_.no_evict);
  if (batch_.subscriber == nullptr)
    return;
  using pubsub::topic_kind;
  const auto show = [this](std::atomic<int>& figure, topic_kind kind) {
    figure.store(static_cast<int>(batch_.subscriber->count(kind)), std::memory_order_relaxed);
  };
  show(record_.channels, topic_kind::channel);
  show(record_.patterns, topic_kind::pattern);
  show(record_.shard_channels, topic_kind::shard_channel);
  record_.set_flag(commands::client_pubsub, batch_.subscriber->subscribes());
}

} // namespace thespis::actors
