#include "tests/history/workload.hpp"

#include <numeric>
#include <utility>

namespace thespis::history {

namespace {

request plain(call what) {
  return {.how = wrapping::plain, .calls = {std::move(what)}};
}

} // namespace

std::vector<std::uint8_t> all_keys(std::size_t keys) {
  std::vector<std::uint8_t> out(keys);
  std::iota(out.begin(), out.end(), std::uint8_t{0});
  return out;
}

std::vector<group> make_groups(key_names& names) {
  struct row {
    group_kind kind;
    std::size_t groups;
    std::size_t keys;
  };
  constexpr row rows[] = {{group_kind::string, 3, 1},  {group_kind::expiring, 2, 1},
                          {group_kind::list, 3, 1},    {group_kind::strings, 3, 3},
                          {group_kind::lists, 2, 3},   {group_kind::sets, 2, 3},
                          {group_kind::appends, 1, 6}, {group_kind::bank, 1, 5}};
  std::vector<group> out;
  for (const auto& [kind, groups, keys] : rows)
    for (std::size_t i = 0; i < groups; ++i)
      out.push_back({kind, names.spread(keys)});
  return out;
}

request chooser::next(const std::vector<group>& groups, bool may_wait) {
  // Transactions are what it is most about.
  const auto at = one_in(3) ? groups.size() - 1 - below(2) : below(groups.size());
  const auto keys = groups[at].names.size();
  const auto choose = [&] {
    switch (groups[at].kind) {
      case group_kind::string:
        return for_string();
      case group_kind::expiring:
        return for_expiring();
      case group_kind::list:
        return for_list(may_wait);
      case group_kind::strings:
        return for_strings(keys);
      case group_kind::lists:
        return for_lists(keys, may_wait);
      case group_kind::sets:
        return for_sets(keys);
      case group_kind::appends:
        return for_appends(keys);
      default:
        return for_bank(keys);
    }
  };
  auto out = choose();
  out.group = at;
  return out;
}

request chooser::at_once(std::vector<call> calls) {
  return {.how = scripts_ && one_in(3) ? wrapping::script : wrapping::transaction,
          .calls = std::move(calls)};
}

request chooser::if_unchanged(std::vector<call> reads, std::vector<call> calls) {
  return {.how = wrapping::transaction,
          .calls = std::move(calls),
          .watched = std::move(reads),
          .in_two_steps = one_in(2)};
}

std::vector<std::uint8_t> chooser::different_keys(std::size_t keys, std::size_t count) {
  auto out = all_keys(keys);
  for (std::size_t i = 0; i < count; ++i)
    std::swap(out[i], out[i + below(keys - i)]);
  out.resize(count);
  return out;
}

std::vector<std::int64_t> chooser::new_values(std::size_t count) {
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(value());
  return out;
}

request chooser::for_string() {
  const auto dice = below(100);
  if (dice < 40)
    return plain({verb::get, {0}});
  if (dice < 60)
    return plain({verb::set, {0}, {value()}});
  if (dice < 78)
    return plain({verb::incrby, {0}, {1}});
  if (dice < 88)
    return plain({verb::getdel, {0}});
  if (dice < 94)
    return at_once({{verb::get, {0}}, {verb::set, {0}, {value()}}});
  return if_unchanged({{verb::get, {0}}}, {{verb::set, {0}, {value()}}, {verb::get, {0}}});
}

request chooser::for_expiring() {
  const auto dice = below(100);
  if (dice < 25)
    return plain({verb::set, {0}, {value(), static_cast<std::int64_t>(below(4)) + 1}});
  if (dice < 30)
    return plain({verb::set, {0}, {value()}});
  if (dice < 60)
    return plain({verb::get, {0}});
  if (dice < 65)
    return plain({verb::getdel, {0}});
  auto out = if_unchanged({{verb::get, {0}}}, {{verb::get, {0}}});
  out.in_two_steps = true;
  return out;
}

request chooser::for_list(bool may_wait) {
  const auto dice = below(100);
  if (dice < 25)
    return plain({verb::rpush, {0}, new_values(1 + below(2))});
  if (dice < 40)
    return plain({verb::lpush, {0}, new_values(1 + below(2))});
  if (dice < 56)
    return plain({verb::lpop, {0}});
  if (dice < 68)
    return plain({verb::rpop, {0}});
  if (dice < 73)
    return plain({verb::llen, {0}});
  if (dice < 80)
    return plain({verb::lrange, {0}});
  if (dice < 90)
    return may_wait ? plain({verb::blpop, {0}}) : plain({verb::lpop, {0}});
  if (dice < 95)
    return at_once({{verb::rpush, {0}, new_values(1)}, {verb::lpop, {0}}, {verb::llen, {0}}});
  return if_unchanged({{verb::lrange, {0}}}, {{verb::rpush, {0}, new_values(1)}});
}

request chooser::for_strings(std::size_t keys) {
  const auto dice = below(100);
  const auto some = different_keys(keys, 2 + below(keys - 1));
  if (dice < 20)
    return plain({verb::mset, some, new_values(some.size())});
  if (dice < 45)
    return plain({verb::mget, some});
  if (dice < 52)
    return plain({verb::set, {some[0]}, {value()}});
  if (dice < 60)
    return plain({verb::get, {some[0]}});
  if (dice < 70)
    return plain({verb::rename, {some[0], some[1]}});
  if (dice < 75)
    return plain({verb::del, some});
  if (dice < 79)
    return plain({verb::msetnx, some, new_values(some.size())});
  if (dice < 84)
    return plain({verb::incrby, {some[0]}, {1}});
  if (dice < 91)
    return at_once({{verb::set, {some[0]}, {value()}}, {verb::mget, some}, {verb::del, {some[1]}}});
  // Of keys that are written together one is watched, another is read.
  if (dice < 97)
    return if_unchanged({{verb::get, {some[0]}}}, {{verb::get, {some[1]}}});
  return if_unchanged({{verb::get, {some[0]}}, {verb::get, {some[1]}}},
                      {{verb::mset, some, new_values(some.size())}, {verb::get, {some[0]}}});
}

/// What is at once gives elements to one key at most: where several get some, one that waits for
/// them may have any.
request chooser::for_lists(std::size_t keys, bool may_wait) {
  const auto dice = below(100);
  const auto some = different_keys(keys, 2);
  const auto side = [this] { return static_cast<std::int64_t>(below(2)); };
  if (dice < 26)
    return plain({verb::rpush, {some[0]}, new_values(1)});
  if (dice < 38)
    return plain({verb::lpop, {some[0]}});
  if (dice < 54)
    return plain({verb::lmove, some, {side(), side()}});
  if (dice < 66)
    return plain({may_wait ? verb::blmove : verb::lmove, some, {side(), side()}});
  if (dice < 76)
    return may_wait ? plain({verb::blpop, some}) : plain({verb::lpop, {some[0]}});
  if (dice < 84)
    return plain({verb::lrange, {some[0]}});
  if (dice < 94)
    return at_once({{verb::lmove, some, {side(), side()}},
                    {verb::lrange, {some[0]}},
                    {verb::lrange, {some[1]}}});
  return if_unchanged({{verb::lrange, {some[0]}}},
                      {{verb::rpush, {some[0]}, new_values(1)}, {verb::llen, {some[1]}}});
}

request chooser::for_sets(std::size_t keys) {
  const auto dice = below(100);
  auto some = different_keys(keys, keys);
  const auto few = [this] {
    std::vector<std::int64_t> out;
    for (auto left = 1 + below(3); left > 0; --left)
      out.push_back(static_cast<std::int64_t>(below(8)));
    return out;
  };
  if (dice < 28)
    return plain({verb::sadd, {some[0]}, few()});
  if (dice < 40)
    return plain({verb::srem, {some[0]}, few()});
  if (dice < 60)
    return plain({verb::smembers, {some[0]}});
  if (dice < 72)
    return plain({verb::sunionstore, some});
  if (dice < 79)
    return plain({verb::sinterstore, some});
  if (dice < 87)
    return plain({verb::sdiffstore, some});
  return at_once({{verb::sunionstore, some}, {verb::smembers, {some[1]}}, {verb::del, {some[2]}}});
}

request chooser::for_appends(std::size_t keys) {
  std::vector<call> calls;
  for (auto left = 1 + below(4); left > 0; --left)
    if (one_in(2))
      calls.push_back({verb::rpush, {key(keys)}, {value()}});
    else
      calls.push_back({verb::lrange, {key(keys)}});
  if (calls.size() == 1 && one_in(2))
    return plain(calls.front());
  if (one_in(5))
    return if_unchanged({{verb::lrange, {key(keys)}}}, std::move(calls));
  return at_once(std::move(calls));
}

request chooser::for_bank(std::size_t accounts) {
  const auto dice = below(100);
  const auto amount = static_cast<std::int64_t>(below(50)) + 1;
  const auto two = different_keys(accounts, 2);
  if (dice < 50)
    return at_once({{verb::incrby, {two[0]}, {-amount}}, {verb::incrby, {two[1]}, {amount}}});
  if (dice < 65) {
    // What the accounts hold then follows from what is read: the values are the changes.
    auto out = if_unchanged({{verb::mget, two}},
                            {{verb::set, {two[0]}, {-amount}}, {verb::set, {two[1]}, {amount}}});
    out.in_two_steps = true;
    return out;
  }
  if (dice < 85)
    return plain({verb::mget, different_keys(accounts, accounts)});
  std::vector<call> reads;
  for (const auto each : different_keys(accounts, accounts))
    reads.push_back({verb::get, {each}});
  return at_once(std::move(reads));
}

} // namespace thespis::history
