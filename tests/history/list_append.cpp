#include "tests/history/list_append.hpp"

#include "tests/history/dependencies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace thespis::history {

namespace {

using numbers = std::vector<std::int64_t>;

constexpr std::size_t nobody = SIZE_MAX;
constexpr std::size_t edges_shown = 12;

bool is_read(const call& what) {
  return what.what == verb::lrange || what.what == verb::expect;
}

numbers elements_of(const call& what) {
  if (what.what == verb::expect)
    return what.values;
  numbers out;
  for (const auto& each : what.answer.elements)
    out.push_back(each.number);
  return out;
}

bool begins_with(const numbers& whole, const numbers& start) {
  return start.size() <= whole.size() && std::equal(start.begin(), start.end(), whole.begin());
}

/// What a transaction says of a list: what was there before it, if it read that, and what it added.
struct view {
  std::optional<numbers> before;
  numbers added{};
};

/// An element's append.
struct append {
  std::size_t by = nobody;
  std::size_t key = 0;
  /// Whether the same transaction appended more to that list.
  bool is_last = true;
};

class analysis {
public:
  analysis(const std::vector<operation>& history, std::size_t keys)
    : history_(history),
      keys_(keys),
      views_(history.size()),
      orders_(keys),
      graph_(history.size()) {
  }

  std::vector<anomaly> run() {
    for (std::size_t i = 0; i < history_.size(); ++i)
      read_appends(i);
    for (std::size_t i = 0; i < history_.size(); ++i)
      if (!history_[i].refused && history_[i].completed_ns != never)
        read_views(i);
    find_orders();
    for (std::size_t key = 0; key < keys_; ++key)
      add_data_edges(key);
    find_lost();
    add_client_edges();
    add_time_edges();
    for (const auto& cycle : graph_.find_cycles())
      tell(cycle);
    return std::move(found_);
  }

private:
  void tell(std::string_view kind, std::string evidence) {
    found_.push_back({std::string{kind}, std::move(evidence)});
  }

  /// Each thing that is wrong with an element once.
  void tell_of(std::string_view kind, std::int64_t element, std::size_t reader) {
    if (told_.insert({std::string{kind}, element}).second)
      tell(kind, fmt::format("element {} in {}", element, describe(history_[reader])));
  }

  void tell(const dependencies::cycle& cycle) {
    static const std::map<reason, std::string_view> names{
      {reason::write_write, "its write was overwritten by"},
      {reason::write_read, "its write was read by"},
      {reason::read_write, "did not see the write of"},
      {reason::client, "is followed, at the same client, by"},
      {reason::time, "had ended before the beginning of"}};
    std::string text = "a circle:";
    for (std::size_t i = 0; i < cycle.edges.size() && i < edges_shown; ++i)
      text += fmt::format("\n      {}\n        {}", describe(history_[cycle.edges[i].from]),
                          names.at(cycle.edges[i].why));
    text += cycle.edges.size() > edges_shown ? "\n      ..." : " the first";
    tell(cycle.kind, std::move(text));
  }

  void read_appends(std::size_t at) {
    std::map<std::size_t, std::int64_t> last;
    for (const auto& each : history_[at].calls) {
      if (each.what != verb::rpush)
        continue;
      const auto key = std::size_t{each.keys.front()};
      const auto element = each.values.front();
      if (const auto earlier = last.find(key); earlier != last.end())
        appends_[earlier->second].is_last = false;
      last[key] = element;
      appends_[element] = {at, key, true};
    }
  }

  /// Holds the reads of one transaction against each other.
  void read_views(std::size_t at) {
    auto& views = views_[at];
    for (const auto& each : history_[at].calls) {
      auto& here = views[each.keys.front()];
      if (!is_read(each)) {
        here.added.push_back(each.values.front());
        continue;
      }
      auto seen = elements_of(each);
      const auto own = here.added.size();
      const auto fits = seen.size() >= own
                        && std::equal(here.added.begin(), here.added.end(),
                                      seen.end() - static_cast<std::ptrdiff_t>(own));
      seen.resize(fits ? seen.size() - own : seen.size());
      if (!fits || (here.before && *here.before != seen))
        tell("internal inconsistency", describe(history_[at]));
      if (!here.before)
        here.before = std::move(seen);
    }
    for (const auto& [key, here] : views)
      if (here.before)
        check_elements(at, key, *here.before);
  }

  void check_elements(std::size_t reader, std::size_t key, const numbers& seen) {
    std::set<std::int64_t> met;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      const auto found = appends_.find(seen[i]);
      if (!met.insert(seen[i]).second)
        tell_of("duplicate element", seen[i], reader);
      if (found == appends_.end() || found->second.key != key) {
        tell_of("phantom element", seen[i], reader);
        continue;
      }
      const auto& by = found->second;
      if (history_[by.by].refused)
        tell_of("G1a", seen[i], reader);
      if (!by.is_last && by.by != reader
          && (i + 1 == seen.size() || writer_of(seen[i + 1]) != by.by))
        tell_of("G1b", seen[i], reader);
    }
  }

  std::size_t writer_of(std::int64_t element) const {
    const auto found = appends_.find(element);
    return found == appends_.end() ? nobody : found->second.by;
  }

  /// The longest read of each list is the order of its appends.
  void find_orders() {
    for (std::size_t i = 0; i < history_.size(); ++i)
      for (const auto& [key, here] : views_[i])
        if (here.before) {
          auto seen = *here.before;
          seen.insert(seen.end(), here.added.begin(), here.added.end());
          if (seen.size() > orders_[key].size())
            orders_[key] = std::move(seen);
        }
  }

  void add_data_edges(std::size_t key) {
    const auto& order = orders_[key];
    for (std::size_t i = 1; i < order.size(); ++i)
      add_edge(writer_of(order[i - 1]), writer_of(order[i]), reason::write_write);
    for (std::size_t reader = 0; reader < history_.size(); ++reader) {
      const auto here = views_[reader].find(key);
      if (here == views_[reader].end() || !here->second.before)
        continue;
      const auto& seen = *here->second.before;
      if (!begins_with(order, seen)) {
        if (!std::exchange(contradicts_[key], true))
          tell("incompatible orders",
               fmt::format("{} was read elsewhere, but here {}", describe(list_reply(order)),
                           describe(history_[reader])));
        continue;
      }
      if (!seen.empty())
        add_edge(writer_of(seen.back()), reader, reason::write_read);
      add_overwrite(reader, seen.size(), order);
    }
  }

  /// Who wrote what the reader did not see any more.
  void add_overwrite(std::size_t reader, std::size_t position, const numbers& order) {
    while (position < order.size() && writer_of(order[position]) == reader)
      ++position;
    if (position < order.size())
      add_edge(reader, writer_of(order[position]), reason::read_write);
  }

  void add_edge(std::size_t from, std::size_t to, reason why) {
    if (from != nobody && to != nobody && !history_[from].refused && !history_[to].refused)
      graph_.add(from, to, why);
  }

  /// Appends that were confirmed, and that a later read does not have.
  void find_lost() {
    std::vector<std::set<std::int64_t>> ordered(keys_);
    for (std::size_t key = 0; key < keys_; ++key)
      ordered[key].insert(orders_[key].begin(), orders_[key].end());
    for (std::size_t reader = 0; reader < history_.size(); ++reader)
      for (const auto& [key, here] : views_[reader])
        if (here.before)
          latest_read_[key] = std::max(latest_read_[key],
                                       std::pair{history_[reader].invoked_ns, reader});
    for (const auto& [element, by] : appends_) {
      const auto& writer = history_[by.by];
      if (writer.refused || writer.completed_ns == never || ordered[by.key].count(element) != 0)
        continue;
      const auto& [read_ns, reader] = latest_read_[by.key];
      if (writer.completed_ns < read_ns)
        tell("lost append", fmt::format("element {} of {}, which is not in {}", element,
                                        describe(writer), describe(history_[reader])));
    }
  }

  void add_client_edges() {
    std::map<int, std::map<std::uint64_t, std::size_t>> clients;
    for (std::size_t i = 0; i < history_.size(); ++i)
      if (!history_[i].refused && history_[i].client >= 0)
        clients[history_[i].client][history_[i].sequence] = i;
    for (const auto& [client, own] : clients)
      for (auto at = own.begin(); at != own.end() && std::next(at) != own.end(); ++at)
        graph_.add(at->second, std::next(at)->second, reason::client);
  }

  /// From each transaction to those that began when it had ended, without what follows from others.
  void add_time_edges() {
    std::vector<std::tuple<std::int64_t, bool, std::size_t>> events;
    for (std::size_t i = 0; i < history_.size(); ++i)
      if (!history_[i].refused && history_[i].completed_ns != never) {
        events.emplace_back(history_[i].invoked_ns, false, i);
        events.emplace_back(history_[i].completed_ns, true, i);
      }
    std::sort(events.begin(), events.end());
    std::set<std::size_t> latest;
    std::unordered_map<std::size_t, std::set<std::size_t>> before;
    for (const auto& [at_ns, is_end, what] : events) {
      if (!is_end) {
        for (const auto each : latest)
          graph_.add(each, what, reason::time);
        before[what] = latest;
        continue;
      }
      for (const auto each : before[what])
        latest.erase(each);
      before.erase(what);
      latest.insert(what);
    }
  }

  const std::vector<operation>& history_;
  std::size_t keys_;
  /// What each transaction says of each list.
  std::vector<std::map<std::size_t, view>> views_;
  std::unordered_map<std::int64_t, append> appends_;
  std::vector<numbers> orders_;
  std::map<std::size_t, bool> contradicts_;
  std::map<std::size_t, std::pair<std::int64_t, std::size_t>> latest_read_;
  std::set<std::pair<std::string, std::int64_t>> told_;
  dependencies graph_;
  std::vector<anomaly> found_;
};

} // namespace

std::vector<anomaly> check_list_append(const std::vector<operation>& history, std::size_t keys) {
  return analysis{history, keys}.run();
}

} // namespace thespis::history
