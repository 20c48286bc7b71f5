#include "commands/zset_algebra.hpp"

#include "base/dictionary.hpp"
#include "types/hash_seed.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace thespis::commands {

namespace {

double weighted(double score, double weight) noexcept {
  const auto product = score * weight;
  return std::isnan(product) ? 0 : product;
}

double aggregate(double a, double b, aggregation how) noexcept {
  switch (how) {
    case aggregation::min:
      return b < a ? b : a;
    case aggregation::max:
      return b > a ? b : a;
    default:
      // Infinities of both signs have no sum.
      return std::isnan(a + b) ? 0 : a + b;
  }
}

/// Floats do not add up to the same in every order, so the order is Redis'.
void order_by_size(scored_inputs& inputs) {
  std::stable_sort(inputs.begin(), inputs.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
}

void sort_unless_sorted(scored_members& members) {
  if (!std::is_sorted(members.begin(), members.end()))
    std::sort(members.begin(), members.end());
}

scored_members all_of(const scored_input& input) {
  scored_members out;
  out.reserve(input.size());
  input.visit_until([&](std::string_view member, double score) {
    out.push_back({member, weighted(score, input.weight)});
    return false;
  });
  sort_unless_sorted(out);
  return out;
}

/// A member of a union, while it is being made.
struct union_member {
  std::string_view name;
  double score;
  bool is_shared = false;

  std::string_view key() const noexcept {
    return name;
  }
};

/// The members of all inputs, each once. They stay where they are: in the order of the inputs, and
/// within an input in its own order.
class union_table {
public:
  /// `members_max`: how many will be added at most.
  explicit union_table(std::size_t members_max) : by_name_(types::hash_seed()) {
    members_.reserve(members_max);
  }

  void add(const scored_input& input, aggregation how) {
    input.visit_until([&](std::string_view name, double score) {
      score = weighted(score, input.weight);
      const auto hash = by_name_.hash(name);
      auto at = by_name_.find(name, hash);
      if (at.item != nullptr) {
        at.item->score = aggregate(at.item->score, score, how);
        at.item->is_shared = true;
        return false;
      }
      by_name_.make_room(hash);
      at = {hash};
      by_name_.insert(at, &members_.emplace_back(union_member{name, score}));
      return false;
    });
    ends_.push_back(members_.size());
  }
  bool has(std::string_view name) const noexcept {
    return by_name_.find(name, by_name_.hash(name)).item != nullptr;
  }

  /// Sorted runs that together are the union: one for each input, and one of what several have.
  std::vector<scored_members> runs() const {
    std::vector<scored_members> out(ends_.size() + 1);
    std::size_t i = 0;
    for (std::size_t run = 0; run < ends_.size(); ++run)
      for (; i < ends_[run]; ++i) {
        const auto& member = members_[i];
        out[member.is_shared ? ends_.size() : run].push_back({member.name, member.score});
      }
    for (auto& run : out)
      sort_unless_sorted(run);
    return out;
  }

private:
  std::vector<union_member> members_;
  std::vector<std::size_t> ends_;
  base::dictionary<union_member> by_name_;
};

/// Merges neighbouring runs until one is left: O(n log runs).
scored_members merge_all(std::vector<scored_members> runs) {
  std::erase_if(runs, [](const auto& run) { return run.empty(); });
  while (runs.size() > 1) {
    std::vector<scored_members> merged;
    for (std::size_t i = 0; i + 1 < runs.size(); i += 2) {
      auto& both = merged.emplace_back();
      both.reserve(runs[i].size() + runs[i + 1].size());
      std::merge(runs[i].begin(), runs[i].end(), runs[i + 1].begin(), runs[i + 1].end(),
                 std::back_inserter(both));
    }
    if (runs.size() % 2 != 0)
      merged.push_back(std::move(runs.back()));
    runs = std::move(merged);
  }
  return runs.empty() ? scored_members{} : std::move(runs.front());
}

/// The score that a member has in the inputs behind the first, added to `score`. False: one does
/// not have it.
bool add_other_scores(const scored_inputs& inputs, std::string_view member, aggregation how,
                      double& score) {
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const auto other = inputs[i].score(member);
    if (!other)
      return false;
    score = aggregate(score, *other * inputs[i].weight, how);
  }
  return true;
}

} // namespace

scored_members unite(scored_inputs& inputs, aggregation how) {
  order_by_size(inputs);
  std::erase_if(inputs, [](const auto& input) { return input.size() == 0; });
  if (inputs.empty())
    return {};
  if (inputs.size() == 1)
    return all_of(inputs.front());
  std::size_t members_max = 0;
  for (const auto& input : inputs)
    members_max += input.size();
  union_table all{members_max};
  for (const auto& input : inputs)
    all.add(input, how);
  return merge_all(all.runs());
}

scored_members intersect(scored_inputs& inputs, aggregation how) {
  order_by_size(inputs);
  if (inputs.size() == 1)
    return all_of(inputs.front());
  scored_members out;
  const auto& smallest = inputs.front();
  smallest.visit_until([&](std::string_view member, double score) {
    score = weighted(score, smallest.weight);
    if (add_other_scores(inputs, member, how, score))
      out.push_back({member, score});
    return false;
  });
  sort_unless_sorted(out);
  return out;
}

scored_members subtract(const scored_inputs& inputs) {
  // What is packed would be searched from end to end for every member of the first input.
  std::vector<const scored_input*> indexed;
  std::vector<const scored_input*> packed;
  std::size_t packed_members = 0;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    (inputs[i].is_indexed() ? indexed : packed).push_back(&inputs[i]);
    packed_members += inputs[i].is_indexed() ? 0 : inputs[i].size();
  }
  union_table others{packed_members};
  for (const auto* input : packed)
    others.add(*input, aggregation::sum);
  scored_members out;
  inputs.front().visit_until([&](std::string_view member, double score) {
    const auto has = [member](const scored_input* input) {
      return input->score(member).has_value();
    };
    if (!others.has(member) && std::none_of(indexed.begin(), indexed.end(), has))
      out.push_back({member, score});
    return false;
  });
  sort_unless_sorted(out);
  return out;
}

std::size_t count_intersection(scored_inputs& inputs, std::size_t limit) {
  order_by_size(inputs);
  std::size_t count = 0;
  inputs.front().visit_until([&](std::string_view member, double) {
    const auto has = [member](const scored_input& input) {
      return input.score(member).has_value();
    };
    if (std::all_of(inputs.begin() + 1, inputs.end(), has))
      ++count;
    return count == limit && limit != 0;
  });
  return count;
}

} // namespace thespis::commands
