#include "tests/history/store_model.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace thespis::history {

namespace {

using numbers = std::vector<std::int64_t>;

bool is_integer(const reply& what, std::size_t number) {
  return what.what == reply::kind::integer && what.number == static_cast<std::int64_t>(number);
}

bool is_text(const reply& what, std::int64_t number) {
  return what.what == reply::kind::text && what.number == number;
}

/// The string of a key, or null.
bool is_string(const reply& what, const numbers& value) {
  return value.empty() ? what.what == reply::kind::null : is_text(what, value.front());
}

bool is_list(const reply& what, const numbers& value) {
  return what.what == reply::kind::array
         && std::equal(what.elements.begin(), what.elements.end(), value.begin(), value.end(),
                       is_text);
}

bool is_ok(const reply& what) {
  return what.what == reply::kind::ok;
}

bool apply_to_strings(store_state& state, const call& what) {
  auto& value = state[what.keys.front()];
  const auto& answer = what.answer;
  switch (what.what) {
    case verb::set:
      value = {what.values.front()};
      return is_ok(answer);
    case verb::get:
      return is_string(answer, value);
    case verb::getdel: {
      const auto fits = is_string(answer, value);
      value.clear();
      return fits;
    }
    case verb::incrby:
      value = {(value.empty() ? 0 : value.front()) + what.values.front()};
      return answer.what == reply::kind::integer && answer.number == value.front();
    case verb::msetnx:
      for (const auto key : what.keys)
        if (!state[key].empty())
          return is_integer(answer, 0);
      [[fallthrough]];
    case verb::mset:
      for (std::size_t i = 0; i < what.keys.size(); ++i)
        state[what.keys[i]] = {what.values[i]};
      return what.what == verb::mset ? is_ok(answer) : is_integer(answer, 1);
    default:
      return answer.what == reply::kind::array
             && std::equal(
               answer.elements.begin(), answer.elements.end(), what.keys.begin(), what.keys.end(),
               [&](const reply& each, std::size_t key) { return is_string(each, state[key]); });
  }
}

bool apply_to_any(store_state& state, const call& what) {
  auto& value = state[what.keys.front()];
  switch (what.what) {
    case verb::del: {
      std::size_t gone = 0;
      for (const auto key : what.keys) {
        gone += state[key].empty() ? 0 : 1;
        state[key].clear();
      }
      return is_integer(what.answer, gone);
    }
    case verb::rename:
      if (value.empty())
        return what.answer.what == reply::kind::error;
      if (what.keys[0] != what.keys[1]) {
        state[what.keys[1]] = value;
        value.clear();
      }
      return is_ok(what.answer);
    case verb::expect:
      return value == what.values;
    default:
      if (value != what.values)
        return false;
      value.clear();
      return true;
  }
}

void push(numbers& list, bool right, std::int64_t element) {
  list.insert(right ? list.end() : list.begin(), element);
}

std::int64_t pop(numbers& list, bool right) {
  const auto at = right ? std::prev(list.end()) : list.begin();
  const auto element = *at;
  list.erase(at);
  return element;
}

bool pops(numbers& list, bool right, const reply& answer) {
  return list.empty() ? answer.what == reply::kind::null : is_text(answer, pop(list, right));
}

/// From the first key that has something.
bool pops_first(store_state& state, const call& what) {
  for (const auto key : what.keys) {
    auto& list = state[key];
    if (list.empty())
      continue;
    const auto& found = what.answer.elements;
    return what.answer.what == reply::kind::array && found.size() == 2 && found[0] == key_reply(key)
           && is_text(found[1], pop(list, false));
  }
  return what.answer.what == reply::kind::null;
}

bool moves(store_state& state, const call& what) {
  auto& from = state[what.keys[0]];
  if (from.empty())
    return what.answer.what == reply::kind::null;
  const auto element = pop(from, what.values[0] != 0);
  push(state[what.keys[1]], what.values[1] != 0, element);
  return is_text(what.answer, element);
}

bool apply_to_lists(store_state& state, const call& what) {
  auto& list = state[what.keys.front()];
  const auto& answer = what.answer;
  switch (what.what) {
    case verb::lpush:
    case verb::rpush:
      for (const auto each : what.values)
        push(list, what.what == verb::rpush, each);
      return is_integer(answer, list.size());
    case verb::lpop:
      return pops(list, false, answer);
    case verb::rpop:
      return pops(list, true, answer);
    case verb::llen:
      return is_integer(answer, list.size());
    case verb::lrange:
      return is_list(answer, list);
    case verb::blpop:
      return pops_first(state, what);
    default:
      return moves(state, what);
  }
}

/// Puts the elements in, or takes them out. Returns how many that changed.
std::size_t change(numbers& set, const numbers& elements, bool in) {
  std::size_t changed = 0;
  for (const auto each : elements) {
    const auto at = std::lower_bound(set.begin(), set.end(), each);
    if ((at != set.end() && *at == each) == in)
      continue;
    ++changed;
    if (in)
      set.insert(at, each);
    else
      set.erase(at);
  }
  return changed;
}

numbers combine(const store_state& state, const call& what) {
  auto out = state[what.keys[1]];
  for (std::size_t i = 2; i < what.keys.size(); ++i) {
    const auto& other = state[what.keys[i]];
    numbers next;
    const auto into = std::back_inserter(next);
    if (what.what == verb::sunionstore)
      std::set_union(out.begin(), out.end(), other.begin(), other.end(), into);
    else if (what.what == verb::sinterstore)
      std::set_intersection(out.begin(), out.end(), other.begin(), other.end(), into);
    else
      std::set_difference(out.begin(), out.end(), other.begin(), other.end(), into);
    out = std::move(next);
  }
  return out;
}

bool apply_to_sets(store_state& state, const call& what) {
  auto& set = state[what.keys.front()];
  switch (what.what) {
    case verb::sadd:
    case verb::srem:
      return is_integer(what.answer, change(set, what.values, what.what == verb::sadd));
    case verb::smembers:
      return is_list(what.answer, set);
    default:
      set = combine(state, what);
      return is_integer(what.answer, set.size());
  }
}

} // namespace

bool perform(store_state& state, const call& what) {
  if (what.what <= verb::mget)
    return apply_to_strings(state, what);
  if (what.what <= verb::rename || what.what >= verb::expect)
    return apply_to_any(state, what);
  return what.what <= verb::blmove ? apply_to_lists(state, what) : apply_to_sets(state, what);
}

bool perform(store_state& state, const operation& what) {
  return std::all_of(what.calls.begin(), what.calls.end(),
                     [&](const call& each) { return perform(state, each); });
}

} // namespace thespis::history
