/// DEBUG RELOAD: the data set is written as into a file, dropped, and read back, all in memory.
/// What does not survive that would not survive a restart.

#include "base/ascii.hpp"
#include "base/time_units.hpp"
#include "base/version.hpp"
#include "keyspace/active_expiry.hpp"
#include "keyspace/command_context.hpp"
#include "keyspace/slots.hpp"
#include "persistence/byte_source.hpp"
#include "persistence/crc64.hpp"
#include "persistence/entry_block.hpp"
#include "persistence/input_window.hpp"
#include "persistence/rdb_file.hpp"
#include "persistence/rdb_file_reader.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using persistence::file_item;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// A file that is in memory.
class memory_file final : public persistence::byte_source {
public:
  explicit memory_file(std::string_view bytes) noexcept : rest_(bytes), size_(bytes.size()) {
  }
  base::result<std::size_t> read(std::span<char> into) override {
    const auto count = std::min(into.size(), rest_.size());
    if (count != 0)
      std::memcpy(into.data(), rest_.data(), count);
    rest_.remove_prefix(count);
    return count;
  }
  std::string_view name() const noexcept override {
    return "DEBUG RELOAD";
  }
  std::uint64_t size() const noexcept override {
    return size_;
  }

private:
  std::string_view rest_;
  std::size_t size_;
};

using shard_list = std::vector<keyspace::shard*>;

std::string written(const shard_list& shards, std::int64_t now_ms) {
  const persistence::entry_format how{.value = {}, .now_ms = now_ms};
  auto version = persistence::rdb_version_default;
  for (const auto* shard : shards)
    version = std::max(version, persistence::version_needed(*shard));
  std::string out;
  persistence::append_file_head(out, version,
                                {.redis_version = base::redis_version,
                                 .own_version = base::thespis_version,
                                 .created_s = now_ms / base::ms_per_s});
  for (auto* shard : shards)
    for (std::size_t number = 0; number < shard->databases.size(); ++number) {
      auto& db = shard->databases[number];
      if (db.size() == 0)
        continue;
      persistence::append_database_head(out, static_cast<int>(number), db.size(), db.expires());
      db.for_each([&](keyspace::entry& each) { persistence::append_entry(out, each, how); });
    }
  persistence::append_file_end(out);
  persistence::append_checksum(out, persistence::crc64(out));
  return out;
}

void drop_all(const shard_list& shards) {
  for (auto* shard : shards)
    for (auto& db : shard->databases)
      db.clear();
}

base::result<void> read_back(const shard_list& shards, std::string_view bytes,
                             keyspace::instant now) {
  memory_file file{bytes};
  persistence::input_window window{file};
  persistence::rdb_file_reader reader{window, static_cast<int>(shards.front()->databases.size()),
                                      true};
  std::vector<persistence::entry_block> blocks(shards.size());
  for (;;) {
    const auto item = reader.next();
    if (!item)
      return base::fault{item.why()};
    if (item->what == file_item::kind::end)
      break;
    if (item->what != file_item::kind::entry)
      continue;
    const auto index = keyspace::partition_of_key(item->key, static_cast<unsigned>(shards.size()));
    blocks[index].add(*item);
  }
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (auto loaded = blocks[i].load_into(*shards[i], now); !loaded)
      return base::fault{loaded.why()};
    keyspace::publish_figures(*shards[i]);
  }
  return {};
}

} // namespace

/// DEBUG RELOAD [MERGE] [NOFLUSH] -> OK. With NOFLUSH and without MERGE keys must not exist, as
/// they all do. Errors: unknown options, NOSAVE (no file is read), what cannot be read back; then
/// the keys are gone. Cost: O(all data).
void cmd_debug_reload(command_context& ctx, arguments args) {
  bool keeps = false;
  bool merges = false;
  for (const auto word : args.subspan(2)) {
    if (equals_nocase(word, "nosave"))
      return ctx.reply.error("ERR DEBUG RELOAD reads what it has written itself, without NOSAVE.");
    if (!equals_nocase(word, "merge") && !equals_nocase(word, "noflush"))
      return ctx.reply.error(
        "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
    (equals_nocase(word, "merge") ? merges : keeps) = true;
  }
  const auto shards = ctx.shards.all();
  std::size_t keys = 0;
  for (const auto* shard : shards)
    for (const auto& db : shard->databases)
      keys += db.size();
  if (ctx.moves_for(keys))
    return;
  constexpr auto failed = "ERR Error trying to load the RDB dump, check server logs.";
  if (keeps && !merges && keys != 0)
    return ctx.reply.error(failed);
  const auto bytes = written(shards, ctx.now.ms);
  drop_all(shards);
  if (!read_back(shards, bytes, ctx.now))
    return ctx.reply.error(failed);
  ctx.reply.ok();
}

} // namespace thespis::commands
