#include "tests/actor/running_store.hpp"

#include "actors/embedded_messages.hpp"
#include "actors/happens_before.hpp"
#include "actors/loop_coordinator.hpp"
#include "base/ensure.hpp"
#include "keyspace/slots.hpp"

#include <caf/actor_cast.hpp>
#include <caf/all.hpp>

namespace thespis::tests {

using protocol::resp_type;

std::string show(const protocol::resp_value& value) {
  switch (value.type) {
    case resp_type::null:
      return "null";
    case resp_type::error:
      return "-" + value.text;
    case resp_type::integer:
    case resp_type::boolean:
      return std::to_string(value.number);
    case resp_type::dbl:
      return std::to_string(value.real);
    case resp_type::simple:
      return value.text;
    case resp_type::bulk:
    case resp_type::big_number:
    case resp_type::verbatim:
      return '"' + value.text + '"';
    default:
      break;
  }
  std::string text = "[";
  for (const auto& item : value.items)
    text += (text.size() > 1 ? ", " : "") + show(item);
  return text + "]";
}

std::string key_in_partition(unsigned wanted, unsigned partition_count, unsigned number) {
  for (unsigned i = 0;; ++i) {
    auto key = "key:" + std::to_string(i);
    if (keyspace::partition_of_key(key, partition_count) == wanted && number-- == 0)
      return key;
  }
}

std::string conversation::say(words request) {
  return say_all({std::move(request)}).front();
}

actors::embedded_reply conversation::ask(words request) {
  actors::embedded_reply got;
  auto asked = [&] {
    const actors::unwatched envelope;
    return self_->request(client_, caf::infinite, actors::embedded_request{std::move(request)});
  }();
  asked.receive(
    [&](const actors::embedded_reply& reply) {
      actors::received(caf::actor_cast<caf::abstract_actor*>(client_));
      got = reply;
    },
    [](const caf::error&) { THESPIS_ENSURE(!"the client is alive"); });
  return got;
}

std::vector<std::string> conversation::say_all(const std::vector<words>& requests) {
  auto send = [this](const words& one) {
    const actors::unwatched envelope;
    return self_->request(client_, caf::infinite, actors::embedded_request{one});
  };
  std::vector<decltype(send({}))> asked;
  for (const auto& one : requests)
    asked.push_back(send(one));
  std::vector<std::string> replies;
  for (auto& one : asked)
    one.receive(
      [&](const actors::embedded_reply& reply) {
        actors::received(caf::actor_cast<caf::abstract_actor*>(client_));
        replies.push_back(show(reply.value));
      },
      [&](const caf::error& why) {
        THESPIS_ENSURE(why == caf::sec::request_receiver_down);
        replies.emplace_back(gone);
      });
  return replies;
}

running_store::running_store(unsigned partitions, unsigned loops, scheduling how,
                             actors::wall_clock clock) {
  const auto set = [this](std::string_view name, unsigned value) {
    const auto text = std::to_string(value);
    const std::string_view word = text;
    THESPIS_ENSURE(settings_.load(name, base::option_words{&word, 1}));
  };
  set("partitions", partitions);
  set("threads", loops);
  if (how == scheduling::event_loops)
    actors::use_event_loops(config_, loops);
  system_ = std::make_unique<caf::actor_system>(config_);
  store_ = std::make_unique<actors::store>(*system_, settings_, clock);
}

} // namespace thespis::tests
