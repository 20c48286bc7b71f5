/// The picks by chance of `set`.

#include "types/set.hpp"

#include <utility>

namespace thespis::types {

namespace {

/// Goes through `left` members, of which `wanted` are to be taken: tells of one after the other
/// whether to take it, each choice having the same probability. Source: Knuth, "The Art of Computer
/// Programming" 3.4.2, algorithm S.
class selection {
public:
  selection(std::size_t left, std::size_t wanted, base::random_bits& random) noexcept
    : left_(left), wanted_(wanted), random_(random) {
  }
  bool take() noexcept {
    const auto taken = random_.below(left_--) < wanted_;
    wanted_ -= taken ? 1 : 0;
    return taken;
  }
  bool done() const noexcept {
    return wanted_ == 0;
  }

private:
  std::size_t left_;
  std::size_t wanted_;
  base::random_bits& random_;
};

} // namespace

set_element set::pick(base::random_bits& random) const noexcept {
  switch (stored()) {
    case form::packed: {
      auto list = packed();
      return set_element{*list->at(random.below(list->size()))};
    }
    case form::integers: {
      auto all = integers();
      return set_element{all->at(random.below(all->size()))};
    }
    case form::table:
      break;
  }
  return set_element{table()->members().random(random.next())->key()};
}

std::vector<set_element> set::sample(std::size_t count, base::random_bits& random) const {
  // Beyond a third of a table, most of its lines would be visited anyway.
  constexpr std::size_t walk_from = 3;
  const auto all = size();
  if (table() != nullptr && count < all / walk_from)
    return sample_of_table(count, random);
  if (stored() == form::integers && count < all / walk_from)
    return sample_of_integers(count, random);
  std::vector<set_element> picked;
  picked.reserve(count);
  if (count == 0)
    return picked;
  selection choice{all, count, random};
  any_of([&](set_element member) {
    if (choice.take())
      picked.push_back(member);
    return choice.done();
  });
  return picked;
}

/// Picks single ones and leaves out what it has already. At most every third pick is in vain.
std::vector<set_element> set::sample_of_table(std::size_t count, base::random_bits& random) const {
  std::vector<set_element> picked;
  picked.reserve(count);
  // Knows the members without owning them.
  set_table::dictionary seen{hash_seed()};
  while (picked.size() < count) {
    auto* const member = table()->members().random(random.next());
    const auto hash = set_table::hash(member->key());
    if (seen.find_if(hash, [=](const set_member* other) { return other == member; }).item)
      continue;
    seen.make_room(hash);
    set_table::dictionary::position at{hash};
    seen.insert(at, member);
    picked.emplace_back(member->key());
  }
  return picked;
}

std::vector<set_element> set::sample_of_integers(std::size_t count,
                                                 base::random_bits& random) const {
  auto all = integers();
  std::vector<set_element> picked;
  picked.reserve(count);
  std::vector<bool> seen(all->size());
  while (picked.size() < count) {
    const auto index = random.below(seen.size());
    if (seen[index])
      continue;
    seen[index] = true;
    picked.emplace_back(all->at(index));
  }
  return picked;
}

} // namespace thespis::types
