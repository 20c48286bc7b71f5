#pragma once

/// Finds the patterns that match a channel without trying all of them.
///
///     "news.*"      prefix "news."      +--> { "news.", 5 characters }
///     "news.?"      prefix "news."      +
///     "*.today"     no prefix           ---> { "", 0 characters }
///
/// What a pattern says up to its first special character (* ? [ \) is its prefix: a channel that it
/// matches begins with that. Patterns with the same prefix share a bucket, and for every length
/// that a prefix has there is one look-up: of the first so many characters of the channel.
///
/// Cost of a search: O(different lengths of prefixes) look-ups, and one match for every pattern
/// that has one of the channel's beginnings as prefix.

#include "base/glob.hpp"
#include "base/owning_dictionary.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::pubsub {

/// `Item`: says by key() its pattern, which stays what it is while the item is in here.
template <class Item>
class pattern_index {
public:
  /// Throws std::bad_alloc with nothing changed but an empty bucket, which does no harm.
  void add(Item& item) {
    auto& members = bucket_for(prefix_of(item.key())).members;
    if (members.size() == members.capacity())
      members.reserve(std::max<std::size_t>(members.size() * 2, 1));
    ++lengths_[prefix_of(item.key()).size()];
    members.push_back(&item);
  }

  /// REQUIRES: the item is in here. Cost: O(patterns with the same prefix).
  void remove(const Item& item) noexcept {
    const auto prefix = prefix_of(item.key());
    auto* const in = buckets_.find(prefix);
    *std::find(in->members.begin(), in->members.end(), &item) = in->members.back();
    in->members.pop_back();
    if (in->members.empty())
      buckets_.take(prefix);
    if (const auto length = lengths_.find(prefix.size()); --length->second == 0)
      lengths_.erase(length);
  }

  /// Calls visit(Item&) for every pattern that matches.
  template <class Visitor>
  void for_each_match(std::string_view channel, Visitor&& visit) const {
    for (const auto& [length, patterns] : lengths_) {
      if (length > channel.size())
        return;
      const auto* const found = buckets_.find(channel.substr(0, length));
      if (found == nullptr)
        continue;
      for (auto* const item : found->members)
        if (base::glob_match(item->key(), channel))
          visit(*item);
    }
  }

private:
  struct bucket {
    std::string prefix;
    std::vector<Item*> members{};

    std::string_view key() const noexcept {
      return prefix;
    }
  };

  static std::string_view prefix_of(std::string_view pattern) noexcept {
    return pattern.substr(0, pattern.find_first_of("*?[\\"));
  }

  bucket& bucket_for(std::string_view prefix) {
    return buckets_.at(prefix,
                       [&] { return std::make_unique<bucket>(bucket{std::string{prefix}}); });
  }

  base::owning_dictionary<bucket> buckets_;
  /// How many patterns have a prefix of which length.
  std::map<std::size_t, std::size_t> lengths_;
};

} // namespace thespis::pubsub
