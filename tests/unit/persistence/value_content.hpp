#pragma once

/// Values for the tests of what writes and reads them: entries that are in no server, and all that
/// can be seen in one, whatever its form is.

#include "keyspace/database.hpp"
#include "keyspace/shard.hpp"
#include "persistence/restored_value.hpp"
#include "persistence/value_reader.hpp"
#include "persistence/value_writer.hpp"
#include "types/lent.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::persistence::tests {

inline constexpr std::int64_t now_ms = 1'700'000'000'000;

/// A value under a key, in a database of its own.
class kept_value {
public:
  explicit kept_value(restored_value&& value) {
    auto at = in_.find("key");
    std::move(value).put(in_, at);
  }
  const keyspace::entry& entry() {
    return *in_.find("key");
  }
  /// The value itself. REQUIRES: it is of that type, and the lent one is only looked at.
  template <class Value>
  types::lent<Value> look() {
    return types::lent<Value>{entry().object()};
  }

private:
  keyspace::database in_{7};
};

using content = std::vector<std::string>;

class content_reader {
public:
  /// All of the value. `with_activity`: also when consumers were active, which not all forms keep.
  static content of(const keyspace::entry& value, bool with_activity = true) {
    content_reader reader{with_activity};
    reader.read(value);
    return std::move(reader.out_);
  }

private:
  explicit content_reader(bool with_activity) noexcept : with_activity_(with_activity) {
  }
  void read(const keyspace::entry& value) {
    char scratch[24];
    add(keyspace::type_name(value.type()));
    switch (value.type()) {
      case keyspace::value_type::string:
        return add(value.text(scratch));
      case keyspace::value_type::list:
        return read(*types::lent<types::list>{value.object()});
      case keyspace::value_type::set:
        return read(*types::lent<types::set>{value.object()});
      case keyspace::value_type::zset:
        return read(*types::lent<types::sorted_set>{value.object()});
      case keyspace::value_type::hash:
        return read(*types::lent<types::hash>{value.object()});
      case keyspace::value_type::stream:
        return read(*types::lent<types::stream>{value.object()});
    }
  }
  void read(const types::list& value) {
    value.for_each_run(0, value.size(), [&](const types::list_run& run) {
      for (const auto element : run)
        add(element);
      return true;
    });
  }
  void read(const types::set& value) {
    value.for_each([&](types::set_element each) {
      char scratch[24];
      add(each.text(scratch));
    });
    std::sort(out_.begin() + 1, out_.end());
  }
  void read(const types::sorted_set& value) {
    value.visit_all([&](std::string_view member, double score) {
      add(member);
      add(std::bit_cast<std::int64_t>(score));
    });
  }
  void read(const types::hash& value) {
    std::vector<content> fields;
    value.for_each([&](const types::hash_item& each) {
      fields.push_back(
        {std::string{each.field}, std::string{each.value}, std::to_string(each.expire_at_ms)});
    });
    std::sort(fields.begin(), fields.end());
    for (const auto& field : fields)
      out_.insert(out_.end(), field.begin(), field.end());
  }
  void read(const types::stream& value) {
    for (const auto& id : {value.first_id(), value.last_id(), value.max_deleted_id()})
      add(id);
    add(static_cast<std::int64_t>(value.entries_added()));
    for (auto at = value.first(); at; ++at) {
      add((*at).id);
      (*at).for_each([&](std::string_view field, std::string_view text) {
        add(field);
        add(text);
      });
    }
    for (const auto& [name, group] : value.groups()) {
      add(name);
      read(*group);
    }
  }
  void read(const types::consumer_group& group) {
    add(group.last_id);
    add(group.entries_read);
    for (const auto& [name, consumer] : group.consumers()) {
      add(name);
      add(consumer->name);
      add(consumer->seen_ms);
      if (with_activity_)
        add(consumer->active_ms);
      for (auto at = consumer->pending.first(); at; ++at)
        add(at.id());
    }
    for (auto at = group.pending().first(); at; ++at) {
      add(at.id());
      add(at->owner == nullptr ? std::string_view{"-"} : std::string_view{at->owner->name});
      add(at->delivered_ms);
      add(at->deliveries);
    }
  }
  void add(std::string_view text) {
    out_.emplace_back(text);
  }
  void add(std::int64_t number) {
    out_.push_back(std::to_string(number));
  }
  void add(const types::stream_id& id) {
    out_.emplace_back(std::string_view{types::stream_id_text{id}});
  }

  content out_;
  bool with_activity_;
};

/// The value, without its type.
inline std::string written(const keyspace::entry& value, const value_format& how) {
  std::string out;
  append_value(out, value, how);
  return out;
}

inline base::result<restored_value> read_with(const keyspace::access_settings& settings,
                                              rdb_type type, std::string_view bytes) {
  rdb_reader in{bytes};
  return read_value(in, type, {settings, now_ms});
}

} // namespace thespis::persistence::tests
