#include "tests/history/dependencies.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

namespace thespis::history {

namespace {

using edge = dependencies::edge;
using edge_lists = std::vector<std::vector<edge>>;
using reasons = unsigned;

constexpr std::size_t none = SIZE_MAX;
constexpr reasons ww = static_cast<reasons>(reason::write_write);
constexpr reasons wr = static_cast<reasons>(reason::write_read);
constexpr reasons rw = static_cast<reasons>(reason::read_write);

bool is_among(const edge& one, reasons allowed) {
  return (static_cast<reasons>(one.why) & allowed) != 0;
}

/// Strongly connected components of the edges with some reasons, without recursion.
class components {
public:
  components(const edge_lists& out, reasons allowed)
    : out_(out), allowed_(allowed), nodes_(out.size()) {
    for (std::size_t i = 0; i < out.size(); ++i)
      if (nodes_[i].number == none)
        visit(i);
  }

  /// Those of more than one transaction.
  std::vector<std::vector<std::size_t>> take_knots() {
    return std::move(knots_);
  }

private:
  struct node {
    std::size_t number = none;
    std::size_t low = none;
    std::size_t next_edge = 0;
    bool is_open = false;
  };

  void open(std::size_t at) {
    nodes_[at] = {count_, count_, 0, true};
    ++count_;
    path_.push_back(at);
    open_.push_back(at);
  }

  void visit(std::size_t root) {
    open(root);
    while (!path_.empty()) {
      const auto at = path_.back();
      auto& here = nodes_[at];
      if (here.next_edge < out_[at].size())
        follow(here, out_[at][here.next_edge++]);
      else
        close(at);
    }
  }

  void follow(node& here, const edge& along) {
    if (!is_among(along, allowed_))
      return;
    const auto& there = nodes_[along.to];
    if (there.number == none)
      open(along.to);
    else if (there.is_open)
      here.low = std::min(here.low, there.number);
  }

  void close(std::size_t at) {
    path_.pop_back();
    if (!path_.empty())
      nodes_[path_.back()].low = std::min(nodes_[path_.back()].low, nodes_[at].low);
    if (nodes_[at].low != nodes_[at].number)
      return;
    const auto begin = std::find(open_.begin(), open_.end(), at);
    for (auto each = begin; each != open_.end(); ++each)
      nodes_[*each].is_open = false;
    if (open_.end() - begin > 1)
      knots_.emplace_back(begin, open_.end());
    open_.erase(begin, open_.end());
  }

  const edge_lists& out_;
  reasons allowed_;
  std::vector<node> nodes_;
  std::vector<std::size_t> path_;
  std::vector<std::size_t> open_;
  std::vector<std::vector<std::size_t>> knots_;
  std::size_t count_ = 0;
};

/// The shortest way, or nothing.
std::optional<std::vector<edge>> find_way(const edge_lists& out, std::size_t from, std::size_t to,
                                          reasons allowed) {
  std::vector<const edge*> came_by(out.size(), nullptr);
  std::deque<std::size_t> next{from};
  while (!next.empty() && came_by[to] == nullptr) {
    const auto at = next.front();
    next.pop_front();
    for (const auto& each : out[at])
      if (is_among(each, allowed) && each.to != from && came_by[each.to] == nullptr) {
        came_by[each.to] = &each;
        next.push_back(each.to);
      }
  }
  if (came_by[to] == nullptr)
    return std::nullopt;
  std::vector<edge> way;
  for (auto at = to; at != from; at = came_by[at]->from)
    way.push_back(*came_by[at]);
  std::reverse(way.begin(), way.end());
  return way;
}

/// A circle that begins with an edge that has one of the reasons `first`.
std::optional<std::vector<edge>> find_circle(const edge_lists& out,
                                             const std::vector<std::size_t>& knot, reasons first,
                                             reasons rest) {
  for (const auto at : knot)
    for (const auto& each : out[at]) {
      if (!is_among(each, first))
        continue;
      if (auto way = find_way(out, each.to, at, rest)) {
        way->insert(way->begin(), each);
        return way;
      }
    }
  return std::nullopt;
}

struct level {
  std::string_view name;
  reasons first;
  reasons rest;
};

/// From the worst to the mildest.
constexpr level levels[] = {
  {"G0", ww, ww}, {"G1c", wr, ww | wr}, {"G-single", rw, ww | wr}, {"G2", rw, ww | wr | rw}};

} // namespace

void dependencies::add(std::size_t from, std::size_t to, reason why) {
  if (from != to)
    out_[from].push_back({from, to, why});
}

std::vector<dependencies::cycle> dependencies::find_cycles() const {
  const std::pair<std::string_view, reasons> orders[] = {
    {"", 0},
    {"-process", static_cast<reasons>(reason::client)},
    {"-realtime", static_cast<reasons>(reason::client) | static_cast<reasons>(reason::time)}};
  std::vector<cycle> found;
  std::vector<bool> is_told(out_.size());
  for (const auto& [suffix, order] : orders)
    for (const auto& [name, first, rest] : levels)
      for (const auto& knot : components{out_, first | rest | order}.take_knots()) {
        if (std::any_of(knot.begin(), knot.end(), [&](std::size_t at) { return is_told[at]; }))
          continue;
        auto circle = find_circle(out_, knot, first, rest | order);
        if (!circle)
          continue;
        for (const auto at : knot)
          is_told[at] = true;
        found.push_back({std::string{name} + std::string{suffix}, std::move(*circle)});
      }
  return found;
}

} // namespace thespis::history
