#include "actors/replaying_client.hpp"

#include "actors/dataset_loading.hpp"
#include "actors/messages.hpp"
#include "base/ascii.hpp"
#include "base/number.hpp"
#include "protocol/resp_value.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <utility>

namespace thespis::actors {

namespace {

/// Bytes of requests in a batch; a larger one has a batch for itself.
constexpr std::size_t batch_bytes = 64 * 1024;

} // namespace

/// Who is told that a batch has been run.
class replaying_client::owner final : public store_actor {
public:
  owner(caf::actor_config& config, std::binary_semaphore& answered)
    : store_actor(config), done_(answered) {
  }
  ~owner() override {
    outlived_references(*this);
  }
  caf::behavior make_behavior() override {
    return {[this](const batch_done&) { done_.release(); }};
  }

private:
  std::binary_semaphore& done_;
};

replaying_client::lane::lane(core& home, commands::client_record& record)
  : requests(home, home.client_statistics.size() - 1, record,
             {.local = true, .words_stay = false, .restores = true}) {
  requests.session().set_authenticated(true);
  bytes.reserve(batch_bytes);
}

replaying_client::replaying_client(core& home)
  : core_(home), record_(std::make_shared<commands::client_record>()) {
  auto& system = caf::actor_cast<caf::abstract_actor*>(home.partitions.front())->home_system();
  for (auto& one : lanes_) {
    one = std::make_unique<lane>(home, *record_);
    one->requests.start(system.spawn<owner, caf::hidden>(std::ref(one->done)), nullptr);
  }
}

replaying_client::~replaying_client() {
  for (auto& one : lanes_)
    one->requests.end();
}

void replaying_client::run(protocol::arguments words) {
  if (base::equals_nocase(words.front(), "select"))
    return select(words);
  std::size_t bytes = 0;
  for (const auto word : words)
    bytes += word.size();
  auto& requests = now().requests;
  if (now().bytes.size() + bytes > now().bytes.capacity() || !requests.has_room())
    send();
  for (;;) {
    auto& to = now().requests;
    if (now().bytes.empty())
      now().bytes.reserve(bytes);
    to.set_time({.ms = nothing_has_expired_ms, .us = core_.now().us});
    to.session().database = database_;
    const auto first_word = to.words().size();
    copy(words);
    switch (to.place(first_word, nullptr)) {
      case dispatcher::step::batched:
        return;
      case dispatcher::step::alone:
        return send();
      case dispatcher::step::run_first:
      case dispatcher::step::paused:
        send();
        break;
      case dispatcher::step::answered:
      case dispatcher::step::hang_up:
        return read_replies(now());
    }
  }
}

/// What is in the batch already is done in the database that it was meant for.
void replaying_client::select(protocol::arguments words) {
  const auto index = words.size() == 2 ? base::parse_int64(words[1]) : std::nullopt;
  if (!index || *index < 0 || *index >= now().requests.session().database_count) {
    ++errors_;
    some_error_ = "SELECT of a database that there is not";
    return;
  }
  if (*index == database_)
    return;
  if (now().requests.must_send())
    send();
  database_ = static_cast<int>(*index);
}

void replaying_client::copy(protocol::arguments words) {
  auto& to = now();
  for (const auto word : words) {
    const auto at = to.bytes.size();
    to.bytes += word;
    to.requests.words().push_back(std::string_view{to.bytes}.substr(at));
  }
}

/// What is placed from now on goes into the other lane. One batch is in flight at a time: it may
/// come back with requests that have not been run.
void replaying_client::send() {
  auto& full = now();
  if (!full.requests.must_send())
    return;
  auto& other = *lanes_[1 - current_];
  await(other);
  full.in_flight = full.requests.send(nullptr);
  if (!full.in_flight)
    full.requests.take_answers();
  current_ = 1 - current_;
}

void replaying_client::await(lane& which) {
  while (which.in_flight) {
    which.done.acquire();
    which.requests.take_answers();
    read_replies(which);
    which.in_flight = which.requests.unfinished() && which.requests.send(nullptr);
  }
  which.bytes.clear();
}

void replaying_client::read_replies(lane& which) {
  auto& output = which.requests.output();
  auto rest = output.view();
  while (!rest.empty()) {
    const auto reply = rest.substr(0, protocol::skip_resp_value(rest));
    if (reply.empty())
      break;
    if (reply.front() == '-') {
      ++errors_;
      some_error_ = reply.substr(1, reply.find('\r') - 1);
    }
    rest.remove_prefix(reply.size());
  }
  output.clear();
  if (!which.requests.complete()) {
    ++errors_;
    some_error_ = "there was no memory for a reply";
  }
}

void replaying_client::finish() {
  send();
  for (auto& one : lanes_)
    await(*one);
}

} // namespace thespis::actors
