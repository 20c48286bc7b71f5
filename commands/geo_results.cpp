#include "commands/geo_results.hpp"

#include "commands/geo_value.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace thespis::commands {

using types::geo_match;
using types::geo_search;
using types::geo_search_order;

namespace {

/// Whether `a` comes before `b` in a reply. Equal distances keep the order of the search.
struct nearer {
  bool operator()(const geo_match& a, const geo_match& b) const noexcept {
    return a.distance != b.distance ? a.distance < b.distance : a.order < b.order;
  }
};
struct farther {
  bool operator()(const geo_match& a, const geo_match& b) const noexcept {
    return a.distance != b.distance ? a.distance > b.distance : a.order < b.order;
  }
};

/// All of them, or the first `limit` ones; 0: all.
std::vector<geo_match> find_first(const types::sorted_set& in, const geo_query& query,
                                  std::size_t limit) {
  std::vector<geo_match> found;
  const auto take = [&](const geo_match& match) {
    found.push_back(match);
    return found.size() != limit;
  };
  geo_search{in, *query.shape, geo_search_order::by_cell, take}.run();
  return found;
}

/// The first ones of all by that order: the worst of those that are kept is on top of a heap.
template <class Before>
std::vector<geo_match> find_best(const types::sorted_set& in, geo_query& query, Before before) {
  constexpr bool nearest = std::is_same_v<Before, nearer>;
  std::vector<geo_match> heap;
  const auto take = [&](const geo_match& match) {
    if (heap.size() == query.count) {
      if (!before(match, heap.front()))
        return true;
      std::pop_heap(heap.begin(), heap.end(), before);
      heap.back() = match;
    } else {
      heap.push_back(match);
    }
    std::push_heap(heap.begin(), heap.end(), before);
    if (nearest && heap.size() == query.count)
      query.shape->narrow(heap.front().distance);
    return true;
  };
  geo_search{in, *query.shape,
             nearest ? geo_search_order::nearest_first : geo_search_order::by_cell, take}
    .run();
  std::sort_heap(heap.begin(), heap.end(), before);
  return heap;
}

void sort_matches(std::vector<geo_match>& matches, geo_order order) {
  if (order == geo_order::ascending)
    std::sort(matches.begin(), matches.end(), nearer{});
  else if (order == geo_order::descending)
    std::sort(matches.begin(), matches.end(), farther{});
}

} // namespace

std::vector<geo_match> find_matches(const types::sorted_set& in, geo_query& query) {
  if (query.count != 0 && !query.any) {
    // A number of them without an order would mean nothing.
    if (query.order == geo_order::descending)
      return find_best(in, query, farther{});
    return find_best(in, query, nearer{});
  }
  auto found = find_first(in, query, query.count);
  sort_matches(found, query.order);
  return found;
}

void reply_matches(protocol::reply_writer& reply, const std::vector<geo_match>& matches,
                   const geo_query& query) {
  const std::size_t details = std::size_t{query.with_distance} + std::size_t{query.with_hash}
                              + std::size_t{query.with_coordinates};
  reply.array(matches.size());
  for (const auto& match : matches) {
    if (details != 0)
      reply.array(details + 1);
    reply.bulk(match.member);
    if (query.with_distance)
      reply_distance(reply, match.distance / query.metres_per_unit);
    if (query.with_hash)
      reply.integer(static_cast<std::int64_t>(match.score));
    if (query.with_coordinates)
      reply_place(reply, place_of(match.score));
  }
}

} // namespace thespis::commands
