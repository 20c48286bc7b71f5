#include "tests/history/linearizability.hpp"

#include "tests/history/store_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace thespis::history {

namespace {

constexpr std::size_t no_event = SIZE_MAX;
constexpr std::size_t events_shown = 16;

/// The beginnings and ends of the operations in the order of time, as a list out of which those of
/// an operation are lifted. Operations are sorted by their beginning.
class timeline {
public:
  explicit timeline(const std::vector<operation>& history) {
    for (std::size_t i = 0; i < history.size(); ++i) {
      events_.push_back({i, history[i].invoked_ns, false});
      if (history[i].completed_ns != never)
        events_.push_back({i, history[i].completed_ns, true});
    }
    // At the same instant all begin before any ends: they may have been at the same time.
    std::stable_sort(events_.begin(), events_.end(), [](const event& a, const event& b) {
      return std::tie(a.at_ns, a.is_end) < std::tie(b.at_ns, b.is_end);
    });
    links_.resize(events_.size() + 1);
    places_.resize(history.size(), {no_event, no_event});
    for (std::size_t i = 0; i < links_.size(); ++i)
      links_[i] = {i == 0 ? events_.size() : i - 1, i == events_.size() ? 0 : i + 1};
    for (std::size_t i = 0; i < events_.size(); ++i)
      places_[events_[i].what][events_[i].is_end ? 1 : 0] = i;
  }

  // The place behind the last stands for the end, and what follows it is the first.
  std::size_t first() const {
    return links_.back().next;
  }
  std::size_t next(std::size_t at) const {
    return links_[at].next;
  }
  bool is_over(std::size_t at) const {
    return at == events_.size();
  }
  /// At which one has to be done that is not.
  bool is_end(std::size_t at) const {
    return is_over(at) || events_[at].is_end;
  }
  std::size_t operation_at(std::size_t at) const {
    return events_[at].what;
  }
  std::size_t beginning_of(std::size_t what) const {
    return places_[what][0];
  }

  void lift(std::size_t what) {
    for (const auto at : places_[what])
      if (at != no_event) {
        links_[links_[at].previous].next = links_[at].next;
        links_[links_[at].next].previous = links_[at].previous;
      }
  }
  /// REQUIRES: it was the last to be lifted.
  void put_back(std::size_t what) {
    const auto& places = places_[what];
    for (auto at = places.rbegin(); at != places.rend(); ++at)
      if (*at != no_event) {
        links_[links_[*at].previous].next = *at;
        links_[links_[*at].next].previous = *at;
      }
  }

private:
  struct event {
    std::size_t what;
    std::int64_t at_ns;
    bool is_end;
  };
  struct link {
    std::size_t previous;
    std::size_t next;
  };

  std::vector<event> events_;
  std::vector<link> links_;
  /// Beginning and end of each operation.
  std::vector<std::array<std::size_t, 2>> places_;
};

class search {
public:
  search(const std::vector<operation>& history, std::size_t keys)
    : history_(history),
      events_(history),
      state_(keys),
      done_(history.size() / 64 + 1),
      before_(history.size(), no_event) {
    std::map<int, std::size_t> latest;
    for (std::size_t i = 0; i < history.size(); ++i) {
      must_ += history[i].completed_ns == never ? 0 : 1;
      if (history[i].client < 0)
        continue;
      const auto [at, is_first] = latest.try_emplace(history[i].client, i);
      if (!is_first)
        before_[i] = std::exchange(at->second, i);
    }
  }

  linearizability run(std::size_t attempts) {
    auto at = events_.first();
    while (must_ > 0) {
      if (events_.is_end(at)) {
        note_failure();
        if (steps_.empty())
          return {linearizability::verdict::no, evidence_};
        at = events_.next(events_.beginning_of(take_back()));
      } else if (take(events_.operation_at(at))) {
        at = events_.first();
      } else {
        at = events_.next(at);
      }
      if (tried_.size() > attempts)
        return {linearizability::verdict::unknown, {}};
    }
    return {};
  }

private:
  struct step {
    std::size_t what;
    store_state before;
    std::size_t end_before;
  };

  bool is_done(std::size_t what) const {
    return ((done_[what / 64] >> (what % 64)) & 1) != 0;
  }
  void flip(std::size_t what) {
    done_[what / 64] ^= std::uint64_t{1} << (what % 64);
  }

  /// Returns false if it cannot be next, or has been tried.
  bool take(std::size_t what) {
    if (before_[what] != no_event && !is_done(before_[what]))
      return false;
    auto after = state_;
    if (!perform(after, history_[what]))
      return false;
    const auto end = std::max(end_, what + 1);
    flip(what);
    events_.lift(what);
    if (!tried_.insert(summary(after, end)).second) {
      flip(what);
      events_.put_back(what);
      return false;
    }
    steps_.push_back({what, std::exchange(state_, std::move(after)), std::exchange(end_, end)});
    must_ -= history_[what].completed_ns == never ? 0 : 1;
    return true;
  }

  std::size_t take_back() {
    auto last = std::move(steps_.back());
    steps_.pop_back();
    flip(last.what);
    events_.put_back(last.what);
    must_ += history_[last.what].completed_ns == never ? 0 : 1;
    state_ = std::move(last.before);
    end_ = last.end_before;
    return last.what;
  }

  /// Which operations are done, without those at the beginning that all are, and the state.
  std::string summary(const store_state& state, std::size_t end) const {
    std::size_t begin = 0;
    const auto words = end / 64 + 1;
    if (const auto at = events_.first(); !events_.is_over(at))
      begin = events_.operation_at(at) / 64;
    std::string out;
    const auto add = [&out](const void* data, std::size_t bytes) {
      out.append(static_cast<const char*>(data), bytes);
    };
    add(&begin, sizeof begin);
    if (words > begin)
      add(&done_[begin], (std::min(words, done_.size()) - begin) * sizeof done_[0]);
    for (const auto& value : state) {
      const auto size = value.size();
      add(&size, sizeof size);
      add(value.data(), size * sizeof(std::int64_t));
    }
    return out;
  }

  /// Nothing more can be done: if it is the furthest so far, remembers what there was to do.
  void note_failure() {
    if (steps_.size() < furthest_)
      return;
    furthest_ = steps_.size() + 1;
    evidence_ = fmt::format("{} of {} operations have an order; then the keys hold", steps_.size(),
                            history_.size());
    for (const auto& value : state_)
      evidence_ += ' ' + describe(list_reply(value));
    evidence_ += ", and none of these can be next:";
    std::size_t shown = 0;
    for (auto at = events_.first(); !events_.is_end(at) && shown < events_shown;
         at = events_.next(at))
      if (history_[events_.operation_at(at)].completed_ns != never) {
        evidence_ += "\n      " + describe(history_[events_.operation_at(at)]);
        ++shown;
      }
    evidence_ += "\n    after:";
    for (auto i = steps_.size() - std::min<std::size_t>(steps_.size(), 6); i < steps_.size(); ++i)
      evidence_ += "\n      " + describe(history_[steps_[i].what]);
  }

  const std::vector<operation>& history_;
  timeline events_;
  store_state state_;
  std::vector<std::uint64_t> done_;
  /// The operation of the same client before each.
  std::vector<std::size_t> before_;
  /// How many are not done and did end.
  std::size_t must_ = 0;
  /// Behind the last operation that is done.
  std::size_t end_ = 0;
  std::vector<step> steps_;
  std::unordered_set<std::string> tried_;
  std::size_t furthest_ = 0;
  std::string evidence_;
};

} // namespace

linearizability check_linearizability(std::vector<operation> history, std::size_t keys,
                                      std::size_t attempts) {
  std::erase_if(history, [](const operation& each) { return each.refused; });
  std::sort(history.begin(), history.end(), [](const operation& a, const operation& b) {
    return std::tie(a.invoked_ns, a.client, a.sequence)
           < std::tie(b.invoked_ns, b.client, b.sequence);
  });
  return search{history, keys}.run(attempts);
}

} // namespace thespis::history
