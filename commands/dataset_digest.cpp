#include "commands/dataset_digest.hpp"

#include "types/hash.hpp"
#include "types/list.hpp"
#include "types/set.hpp"
#include "types/sorted_set.hpp"
#include "types/stream.hpp"

#include <fmt/format.h>

#include <array>

namespace thespis::commands {

namespace {

/// A number as four bytes, the highest first.
std::array<char, 4> four_bytes(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
          static_cast<char>(number >> 8), static_cast<char>(number)};
}

void mix_number(content_digest& sum, std::uint32_t number) {
  const auto bytes = four_bytes(number);
  sum.mix({bytes.data(), bytes.size()});
}

/// Redis' numbers of the types.
std::uint32_t type_number(keyspace::value_type type) {
  switch (type) {
    case keyspace::value_type::string:
      return 0;
    case keyspace::value_type::list:
      return 1;
    case keyspace::value_type::set:
      return 2;
    case keyspace::value_type::zset:
      return 3;
    case keyspace::value_type::hash:
      return 4;
    case keyspace::value_type::stream:
      return 6;
  }
  return 0;
}

void add_members(const types::hash& value, content_digest& sum) {
  value.for_each([&](const types::hash_item& field) {
    content_digest one;
    one.mix(field.field);
    one.mix(field.value);
    sum.add(one.bytes());
  });
}

void add_members(const types::list& value, content_digest& sum) {
  value.for_each_run(0, value.size(), [&](const types::list_run& run) {
    for (const auto element : run)
      sum.mix(element);
    return true;
  });
}

void add_members(const types::set& value, content_digest& sum) {
  value.for_each([&](types::set_element member) {
    char scratch[24];
    sum.add(member.text(scratch));
  });
}

void add_members(const types::sorted_set& value, content_digest& sum) {
  value.visit_all([&](std::string_view member, double score) {
    content_digest one;
    one.mix(member);
    one.mix(fmt::format("{:.17g}", score));
    sum.add(one.bytes());
  });
}

void add_members(const types::stream& value, content_digest& sum) {
  for (auto at = value.first(); at; ++at) {
    const auto entry = *at;
    sum.mix(fmt::format("{}.{}", entry.id.ms, entry.id.seq));
    entry.for_each([&](std::string_view field, std::string_view text) {
      sum.mix(field);
      sum.mix(text);
    });
  }
}

/// Looks at the value that a word stands for, which stays its entry's.
template <class Value>
void digest_object(void* word, content_digest& sum) {
  auto value = Value::adopt(word);
  add_members(value, sum);
  value.release();
}

void digest_object(const keyspace::entry& value, content_digest& sum) {
  switch (value.type()) {
    case keyspace::value_type::list:
      return digest_object<types::list>(value.object(), sum);
    case keyspace::value_type::set:
      return digest_object<types::set>(value.object(), sum);
    case keyspace::value_type::zset:
      return digest_object<types::sorted_set>(value.object(), sum);
    case keyspace::value_type::hash:
      return digest_object<types::hash>(value.object(), sum);
    case keyspace::value_type::stream:
      return digest_object<types::stream>(value.object(), sum);
    case keyspace::value_type::string:
      return;
  }
}

} // namespace

void content_digest::add(std::string_view bytes) noexcept {
  const auto hash = base::sha1(bytes);
  for (std::size_t i = 0; i < sum_.size(); ++i)
    sum_[i] = static_cast<std::uint8_t>(sum_[i] ^ hash[i]);
}

void content_digest::mix(std::string_view content) noexcept {
  add(content);
  sum_ = base::sha1(bytes());
}

std::string_view content_digest::bytes() const noexcept {
  return {reinterpret_cast<const char*>(sum_.data()), sum_.size()};
}

void digest_value(const keyspace::entry& value, content_digest& sum) {
  mix_number(sum, type_number(value.type()));
  if (value.is_string()) {
    char scratch[24];
    sum.mix(value.text(scratch));
  } else {
    digest_object(value, sum);
  }
  if (value.has_expiry())
    sum.add("!!expire!!");
}

base::sha1_digest digest_dataset(std::span<keyspace::shard* const> shards) {
  content_digest all;
  const auto databases = shards.empty() ? 0 : shards.front()->databases.size();
  for (std::size_t i = 0; i < databases; ++i) {
    auto empty = true;
    for (const auto* shard : shards)
      empty = empty && shard->databases[i].size() == 0;
    if (empty)
      continue;
    mix_number(all, static_cast<std::uint32_t>(i));
    for (auto* shard : shards)
      shard->databases[i].for_each([&](keyspace::entry& value) {
        content_digest one;
        one.mix(value.key());
        digest_value(value, one);
        all.add(one.bytes());
      });
  }
  return all.sum();
}

} // namespace thespis::commands
