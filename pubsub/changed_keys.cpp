#include "pubsub/changed_keys.hpp"

#include "protocol/reply_writer.hpp"
#include "pubsub/exchange.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

namespace thespis::pubsub {

void changed_keys::add(std::string_view key, std::vector<std::uint64_t> readers) {
  changes_.push_back({std::string{key}, std::move(readers)});
}

void changed_keys::publish(exchange& to) const {
  if (all_)
    tell_all(to);
  tell_readers(to);
  tell_prefixes(to);
}

void changed_keys::tell_readers(exchange& to) const {
  base::byte_buffer keys;
  for (const auto& each : changes_) {
    if (each.readers.empty())
      continue;
    keys.clear();
    protocol::reply_writer writer{keys, 3};
    writer.array(1);
    writer.bulk(each.key);
    for (const auto reader : each.readers) {
      const fmt::format_int name{reader};
      if (const auto* const found = to.routes().find(topic_kind::copies,
                                                     {name.data(), name.size()}))
        to.tell_changed_keys(*found, topic_kind::copies, keys.view(), origin_);
    }
  }
}

void changed_keys::tell_prefixes(exchange& to) const {
  if (to.routes().size(topic_kind::key_prefix) == 0)
    return;
  std::map<const route*, std::set<std::string_view>> by_prefix;
  for (const auto& each : changes_)
    to.routes().for_each_prefix(each.key,
                                [&](const route& one) { by_prefix[&one].insert(each.key); });
  base::byte_buffer text;
  for (const auto& [prefix, keys] : by_prefix) {
    text.clear();
    protocol::reply_writer writer{text, 3};
    writer.array(keys.size());
    for (const auto key : keys)
      writer.bulk(key);
    to.tell_changed_keys(*prefix, topic_kind::key_prefix, text.view(), origin_);
  }
}

void changed_keys::tell_all(exchange& to) const {
  base::byte_buffer null;
  protocol::reply_writer{null, 3}.null();
  to.routes().for_each(topic_kind::copies, [&](const route& one) {
    to.tell_changed_keys(one, topic_kind::copies, null.view(), origin_);
  });
}

} // namespace thespis::pubsub
