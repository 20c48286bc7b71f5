#include "actors/embedded_client.hpp"

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

embedded_client::embedded_client(caf::actor_config& config, core& home)
  : store_actor(config),
    core_(home),
    record_(make_record(home)),
    dispatcher_(home, home.client_statistics.size() - 1, record_, true) {
  dispatcher_.session().protocol = 3;
  // Whoever can send it messages is inside.
  dispatcher_.session().set_authenticated(true);
  set_exit_handler([this](const caf::exit_msg&) { close(); });
}

embedded_client::~embedded_client() {
  outlived_references(*this);
}

caf::behavior embedded_client::make_behavior() {
  dispatcher_.start(caf::actor_cast<caf::actor>(this), nullptr);
  post(core_.administrator, context(), client_came{record_, caf::actor_cast<caf::actor>(this)});
  return {[this](embedded_request& request) {
            const turn now{this};
            return accept(std::move(request));
          },
          [this](const batch_done&) {
            const turn now{this};
            in_flight_ = false;
            record_->set_flag(commands::client_blocked, false);
            dispatcher_.take_answers();
            deliver();
            work();
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
            record_->set_flag(commands::client_blocked, dispatcher_.waits(news.wait));
          },
          [this](const close_connection&) { close(); }};
}

void embedded_client::on_exit() {
  post(core_.administrator, context(), client_went{record_->id});
  dispatcher_.end();
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
/// an error if it got lost.
void embedded_client::deliver() {
  const auto complete = dispatcher_.complete();
  auto& output = dispatcher_.output();
  auto rest = output.view();
  while (placed_ > 0 && (!rest.empty() || !dispatcher_.unfinished())) {
    const auto bytes = rest.substr(0, protocol::skip_resp_value(rest));
    rest.remove_prefix(bytes.size());
    auto reply = bytes.empty() && !complete ? out_of_memory() : read_reply(bytes);
    published(static_cast<caf::abstract_actor*>(this));
    const unwatched envelope;
    requests_.front().promise.deliver(std::move(reply));
    requests_.pop_front();
    --placed_;
  }
  output.clear();
}

/// What is in flight must come back before the actor may go.
void embedded_client::close() {
  const turn now{this};
  closing_ = true;
  dispatcher_.give_up_waiting();
  quit_if_idle();
}

void embedded_client::quit_if_idle() {
  if (closing_ && !in_flight_)
    quit();
}

} // namespace thespis::actors
