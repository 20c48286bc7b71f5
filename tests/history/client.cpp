#include "tests/history/client.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace thespis::history {

namespace {

constexpr std::size_t requests_max = 6;
constexpr std::size_t surprises_max = 10;

bool may_wait(const request& what) {
  const auto first = what.calls.front().what;
  return what.how == wrapping::plain && (first == verb::blpop || first == verb::blmove);
}

/// A transfer that was chosen as changes becomes one of balances.
void settle_balances(request& what) {
  for (std::size_t i = 0; i < what.calls.size(); ++i)
    what.calls[i].values[0] += what.watched.front().answer.elements[i].number;
}

/// The call that reads a key of such a group.
verb reader_of(group_kind kind) {
  switch (kind) {
    case group_kind::list:
    case group_kind::lists:
    case group_kind::appends:
      return verb::lrange;
    case group_kind::sets:
      return verb::smembers;
    default:
      return verb::get;
  }
}

} // namespace

void client::run(const std::vector<group>& groups, std::size_t pipelines) {
  done_.resize(groups.size());
  for (std::size_t i = 0; i < pipelines || half_done_; ++i) {
    choose_pipeline(groups);
    send_and_read(groups);
    // Something that is watched may expire meanwhile.
    if (half_done_ && groups[half_done_->group].kind == group_kind::expiring)
      std::this_thread::sleep_for(std::chrono::microseconds{choose_.below(3000)});
  }
}

/// Perhaps the second step of a transaction, some requests, perhaps the first step of another. What
/// may wait is the last.
void client::choose_pipeline(const std::vector<group>& groups) {
  // Often it is one: what several of them need together hides what one of them could see.
  auto left = choose_.one_in(3) ? 1 : 1 + choose_.below(requests_max);
  if (half_done_)
    add(*std::exchange(half_done_, std::nullopt), part::calls, groups);
  for (; left > 0; --left) {
    auto next = choose_.next(groups, left == 1);
    if (next.in_two_steps) {
      half_done_ = next;
      add(std::move(next), part::watch, groups);
      return;
    }
    add(std::move(next), part::whole, groups);
    if (may_wait(requests_.back()))
      return;
  }
}

void client::add(request what, part which, const std::vector<group>& groups) {
  const auto& names = groups[what.group].names;
  std::size_t replies = 0;
  if (which != part::calls)
    replies += encode_watch(bytes_, what, names);
  if (which != part::watch)
    replies += encode_calls(bytes_, what, names);
  requests_.push_back(std::move(what));
  pieces_.push_back({requests_.size() - 1, which, replies});
}

void client::send_and_read(const std::vector<group>& groups) {
  sent_ns_ = now_ns();
  connection_.send(bytes_);
  std::vector<reply> replies;
  for (const auto& [at, which, count] : pieces_) {
    replies.clear();
    while (replies.size() < count)
      replies.push_back(connection_.receive());
    auto& what = requests_[at];
    std::span<const reply> rest{replies};
    if (which != part::calls && !what.watched.empty()) {
      const auto reads = rest.first(what.watched.size() + 1);
      rest = rest.subspan(reads.size());
      if (!note_watch(what, reads))
        half_done_.reset();
    }
    if (which == part::watch) {
      if (half_done_)
        half_done_->watched = what.watched;
      if (half_done_ && groups[what.group].kind == group_kind::bank)
        settle_balances(*half_done_);
    } else {
      note_calls(what, groups[what.group], rest);
    }
  }
  bytes_.clear();
  requests_.clear();
  pieces_.clear();
}

bool client::note_watch(request& what, std::span<const reply> replies) {
  if (!decode_watch(what, replies)) {
    surprise(what, replies);
    return false;
  }
  for (const auto& each : what.watched)
    keep(what.group, {.calls = {each}});
  return true;
}

void client::note_calls(const request& what, const group& of, std::span<const reply> replies) {
  operation done;
  if (!decode_calls(done, what, of.names, replies))
    return surprise(what, replies);
  const auto expires = of.kind == group_kind::expiring && what.calls[0].what == verb::set
                       && what.calls[0].values.size() > 1;
  keep(what.group, std::move(done));
  if (expires)
    // Nobody knows when it expires, nor whether it is there then.
    done_[what.group].push_back({.client = -1,
                                 .invoked_ns = sent_ns_,
                                 .completed_ns = never,
                                 .calls = {{verb::expire, {0}, {what.calls[0].values[0]}}}});
}

void client::keep(std::size_t group, operation done) {
  done.client = number_;
  done.sequence = sequence_++;
  done.invoked_ns = sent_ns_;
  done.completed_ns = connection_.received_ns();
  done_[group].push_back(std::move(done));
}

void client::surprise(const request& what, std::span<const reply> replies) {
  if (surprises_.size() == surprises_max)
    return;
  std::string text;
  for (const auto& each : what.calls)
    text += describe(each) + "; ";
  for (const auto& each : replies)
    text += ' ' + describe(each);
  surprises_.push_back(std::move(text));
}

void client::set_up(const std::vector<group>& groups) {
  std::string flush;
  encode(flush, {"FLUSHALL"});
  connection_.send(flush);
  connection_.receive();
  done_.resize(groups.size());
  for (std::size_t at = 0; at < groups.size(); ++at)
    if (groups[at].kind == group_kind::bank) {
      call all{verb::mset, all_keys(groups[at].names.size())};
      all.values.assign(all.keys.size(), account_start);
      add({.group = at, .calls = {all}}, part::whole, groups);
    }
  send_and_read(groups);
}

void client::read_all(const std::vector<group>& groups) {
  done_.resize(groups.size());
  for (std::size_t at = 0; at < groups.size(); ++at) {
    request reads{.group = at, .how = wrapping::transaction};
    for (const auto key : all_keys(groups[at].names.size()))
      reads.calls.push_back({reader_of(groups[at].kind), {key}});
    add(std::move(reads), part::whole, groups);
  }
  send_and_read(groups);
}

} // namespace thespis::history
