#include "actors/embedded_client.hpp"

#include "actors/log.hpp"
#include "actors/memory_reserve.hpp"
#include "protocol/errors.hpp"

#include <chrono>
#include <new>
#include <utility>

namespace thespis::actors {

namespace {

constexpr std::chrono::milliseconds pause_retry_interval{10};

/// To itself: look at the requests again.
struct retry {};

} // namespace

} // namespace thespis::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(thespis::actors::retry)

namespace thespis::actors {

namespace {

embedded_reply out_of_memory() {
  return {protocol::resp_value::make_error(protocol::errors::out_of_memory)};
}

/// `bytes`: one reply, or nothing for null.
embedded_reply read_reply(std::string_view bytes) try {
  const memory_reserve::client_work may_fail;
  std::size_t consumed = 0;
  if (auto value = protocol::parse_resp_value(bytes, consumed))
    return {std::move(*value)};
  return {};
} catch (const std::bad_alloc&) {
  return out_of_memory();
}

/// `bytes`: the confirmations, one for each name. An error among them is the reply.
embedded_reply read_confirmations(std::string_view bytes) try {
  const memory_reserve::client_work may_fail;
  embedded_reply all{protocol::resp_value::make_array({})};
  while (!bytes.empty()) {
    const auto size = protocol::skip_resp_value(bytes);
    auto one = read_reply(bytes.substr(0, size));
    if (size == 0 || one.is_error())
      return one;
    all.value.items.push_back(std::move(one.value));
    bytes.remove_prefix(size);
  }
  return all;
} catch (const std::bad_alloc&) {
  return out_of_memory();
}

commands::client_record_ptr make_record(core& home) {
  auto record = std::make_shared<commands::client_record>();
  record->id = home.next_client_id.fetch_add(1, std::memory_order_relaxed);
  record->address = "embedded:0";
  record->local_address = "embedded:0";
  record->created_ms = home.now().ms;
  record->last_interaction_ms.store(record->created_ms, std::memory_order_relaxed);
  return record;
}

} // namespace

embedded_client::embedded_client(caf::actor_config& config, core& home, caf::actor receiver)
  : store_actor(config),
    core_(home),
    record_(make_record(home)),
    dispatcher_(home, home.client_statistics.size() - 1, *record_,
                {.local = true, .words_stay = false}),
    receiver_(std::move(receiver)) {
  dispatcher_.session().protocol = 3;
  // Whoever can send it messages is inside.
  dispatcher_.session().set_authenticated(true);
  set_exit_handler([this](const caf::exit_msg&) { close(); });
  // Nobody else is monitored.
  set_down_handler([this](const caf::down_msg&) { close(); });
}

embedded_client::~embedded_client() {
  outlived_references(*this);
}

caf::behavior embedded_client::make_behavior() {
  const auto self = caf::actor_cast<caf::actor>(this);
  if (receiver_) {
    subscriber_ = std::make_shared<embedded_subscriber>(self);
    farewell_ = wrap(leave_topics{subscriber_, nullptr});
    monitor(receiver_);
  }
  dispatcher_.start(self, subscriber_.get());
  post(core_.administrator, context(), client_came{record_, self});
  return {[this](embedded_request& request) {
            const turn now{this};
            return accept(std::move(request));
          },
          [this](const batch_done&) {
            const turn now{this};
            take_answers();
          },
          [this](const topics_left&) {
            const turn now{this};
            in_flight_ = false;
            dispatcher_.left_all_topics();
            deliver();
            work();
          },
          [this](const forward& news) {
            const turn now{this};
            hand_over(news);
          },
          [this](const client_admitted&) {
            const turn now{this};
            admitted_ = true;
            work();
          },
          [this](const retry&) {
            const turn now{this};
            retrying_ = false;
            work();
          },
          [this](const request_waits& news) {
            const turn now{this};
            note_waiting(news);
          },
          [this](const close_connection&) { close(); }};
}

void embedded_client::on_exit() {
  post(core_.administrator, context(), client_went{record_->id});
  dispatcher_.end();
  if (farewell_)
    post_wrapped(core_.fan_outs.back(), context(), std::move(farewell_));
  subscriber_.reset();
  receiver_ = nullptr;
  for (auto& one : requests_)
    one.promise.deliver(caf::make_error(caf::sec::request_receiver_down));
  requests_.clear();
}

caf::typed_response_promise<embedded_reply> embedded_client::accept(embedded_request request) {
  auto promise = make_response_promise<embedded_reply>();
  if (request.words.empty()) {
    promise.deliver(embedded_reply{protocol::resp_value::make_error("ERR empty command")});
    return promise;
  }
  try {
    requests_.push_back({std::move(request.words), promise});
  } catch (const std::bad_alloc&) {
    promise.deliver(out_of_memory());
    return promise;
  }
  work();
  return promise;
}

void embedded_client::take_answers() {
  in_flight_ = false;
  record_->set_flag(commands::client_blocked, false);
  dispatcher_.take_answers();
  if (dispatcher_.leaves_all_topics())
    return leave_all_topics();
  deliver();
  work();
}

/// It may have been answered meanwhile, or begun to wait after the client was closed.
void embedded_client::note_waiting(const request_waits& news) {
  record_->set_flag(commands::client_blocked, dispatcher_.waits(news.wait));
  if (closing_)
    dispatcher_.give_up_waiting();
}

/// Runs requests until one batch is in flight or none is left.
void embedded_client::work() {
  if (in_flight_ || !admitted_)
    return quit_if_idle();
  const auto now = core_.now();
  dispatcher_.set_time(now);
  record_->last_interaction_ms.store(now.ms, std::memory_order_relaxed);
  while (!in_flight_ && !closing_) {
    const auto looked_at_all = !fill_batch();
    if (dispatcher_.must_send()) {
      confirming_ = dispatcher_.changes_subscriptions();
      in_flight_ = dispatcher_.send(context());
      if (in_flight_)
        return;
      dispatcher_.take_answers();
      deliver();
      continue;
    }
    deliver();
    if (looked_at_all)
      break;
  }
  quit_if_idle();
}

/// Places requests; returns whether it should be called again once the batch has run.
bool embedded_client::fill_batch() {
  using step = dispatcher::step;
  if (dispatcher_.unfinished())
    return true;
  while (placed_ < requests_.size() && dispatcher_.has_room()) {
    const auto first_word = dispatcher_.words().size();
    const auto next = put_words(requests_[placed_].words) ? dispatcher_.place(first_word, context())
                                                          : dispatcher_.refuse(first_word);
    if (next == step::paused) {
      if (!std::exchange(retrying_, true))
        delayed_send(this, pause_retry_interval, retry{});
      return false;
    }
    if (next == step::run_first)
      return true;
    ++placed_;
    closing_ = closing_ || next == step::hang_up;
    if (next != step::batched)
      return true;
  }
  if (placed_ == requests_.size())
    dispatcher_.end_gathering();
  return placed_ < requests_.size();
}

bool embedded_client::put_words(const std::vector<std::string>& request) noexcept try {
  const memory_reserve::delivery may_fail;
  auto& words = dispatcher_.words();
  words.insert(words.end(), request.begin(), request.end());
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

/// Hands out what has been answered. A request without a reply gets a null (CLIENT REPLY OFF), or
/// an error if it got lost; what waited for a key until the client was closed has none either.
void embedded_client::deliver() {
  if (std::exchange(confirming_, false))
    return confirm();
  const auto complete = dispatcher_.complete();
  auto& output = dispatcher_.output();
  auto rest = output.view();
  while (placed_ > 0 && (!rest.empty() || !dispatcher_.unfinished())) {
    const auto bytes = rest.substr(0, protocol::skip_resp_value(rest));
    rest.remove_prefix(bytes.size());
    if (bytes.empty() && complete && closing_)
      break;
    answer_first(bytes.empty() && !complete ? out_of_memory() : read_reply(bytes));
  }
  output.clear();
}

/// The one request in flight was SUBSCRIBE or its like. If a confirmation got lost, the broker may
/// not know of the topic.
void embedded_client::confirm() {
  auto& output = dispatcher_.output();
  const auto complete = dispatcher_.complete();
  closing_ = closing_ || !complete;
  answer_first(complete ? read_confirmations(output.view()) : out_of_memory());
  output.clear();
}

void embedded_client::answer_first(embedded_reply reply) {
  published(static_cast<caf::abstract_actor*>(this));
  const unwatched envelope;
  requests_.front().promise.deliver(std::move(reply));
  requests_.pop_front();
  --placed_;
}

/// Throws std::bad_alloc.
caf::mailbox_element_ptr embedded_client::wrap_message(const forward& news, std::size_t number) {
  const memory_reserve::client_work may_fail;
  const auto one = (*news.from)[number];
  const auto is_pattern = one.kind == pubsub::topic_kind::pattern;
  channel_message message{.kind = one.kind,
                          .pattern = is_pattern ? one.topic : std::string_view{},
                          .channel = one.channel,
                          .payload = one.payload,
                          .bytes = news.from};
  published(static_cast<caf::abstract_actor*>(this));
  const unwatched envelope;
  return caf::make_mailbox_element(caf::actor_cast<caf::strong_actor_ptr>(this),
                                   caf::make_message_id(), {}, std::move(message));
}

/// Without memory the client is closed: the receiver would not know that it missed a message. The
/// handler may not fail, because something may be in flight.
void embedded_client::hand_over(const forward& news) try {
  if (closing_)
    return;
  for (auto i = news.which.first; i < news.which.end; ++i)
    post_wrapped(receiver_, context(), wrap_message(news, i));
} catch (const std::bad_alloc&) {
  log::warning("Closing an embedded client, there is no memory for its messages");
  close();
}

/// The fan-out changes the subscriber, and so the client waits.
void embedded_client::leave_all_topics() {
  in_flight_ = true;
  post(core_.fan_outs.back(), context(),
       leave_topics{subscriber_, caf::actor_cast<caf::actor>(this)});
}

/// What is in flight must come back before the actor may go.
void embedded_client::close() {
  const turn now{this};
  closing_ = true;
  dispatcher_.give_up_waiting();
  quit_if_idle();
}

void embedded_client::quit_if_idle() {
  if (!closing_ || in_flight_)
    return;
  if (subscriber_ && subscriber_->subscribes())
    leave_all_topics();
  else
    quit();
}

} // namespace thespis::actors
