/// The picks by chance of `set`.

#include "base/sampling.hpp"
#include "types/set.hpp"

#include <cstdint>

namespace thespis::types {

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
  std::vector<set_element> picked;
  picked.reserve(count);
  if (count == 0)
    return picked;
  const auto take = [&](set_element member) { picked.push_back(member); };
  const auto all = size();
  if (stored() == form::packed || !base::are_few(count, all)) {
    base::selection choice{count, all, random};
    any_of([&](set_element member) {
      if (choice.take())
        take(member);
      return choice.done();
    });
  } else if (stored() == form::integers) {
    auto own = integers();
    base::visit_distinct(
      count, [&] { return random.below(all); }, [](std::uint64_t index) { return index; },
      [&](std::uint64_t index) { take(set_element{own->at(index)}); });
  } else {
    base::visit_distinct(
      count, [&] { return table()->members().random(random.next()); },
      [](const set_member* member) { return reinterpret_cast<std::uintptr_t>(member); },
      [&](const set_member* member) { take(set_element{member->key()}); });
  }
  return picked;
}

} // namespace thespis::types
