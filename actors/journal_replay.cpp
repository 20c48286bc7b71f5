#include "actors/journal_replay.hpp"

#include "actors/dataset_loader.hpp"
#include "actors/input_file.hpp"
#include "actors/log.hpp"
#include "actors/replaying_client.hpp"
#include "base/ascii.hpp"
#include "persistence/input_window.hpp"
#include "persistence/journal_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::actors {

namespace {

using base::equals_nocase;
using persistence::journal_file;
using persistence::journal_reader;
using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds between_reports{2};
constexpr std::string_view rdb_magic = "REDIS";
constexpr std::string_view rdb_magic_of_valkey = "VALKEY";

/// What stands between MULTI and EXEC, until it is known that EXEC is there.
class open_transaction {
public:
  bool is_open() const noexcept {
    return open_;
  }
  void begin() noexcept {
    open_ = true;
  }
  void add(const std::vector<std::string_view>& words) {
    requests_.emplace_back(words.begin(), words.end());
  }
  void run(replaying_client& client) {
    for (const auto& one : requests_)
      client.run(std::vector<std::string_view>{one.begin(), one.end()});
    requests_.clear();
    open_ = false;
  }

private:
  bool open_ = false;
  std::vector<std::vector<std::string>> requests_;
};

class replay {
public:
  replay(core& into, const journal_files& files) noexcept : core_(into), files_(files) {
  }

  base::result<replayed_journal> run() {
    const auto& manifest = files_.manifest();
    if (const auto& base = manifest.base(); !base.name.empty())
      if (auto loaded = load_base(base, manifest.increments().empty()); !loaded)
        return base::fault{loaded.why()};
    for (const auto& one : manifest.increments()) {
      const auto is_last = &one == &manifest.increments().back();
      if (auto loaded = load_increment(one, is_last); !loaded)
        return base::fault{loaded.why()};
    }
    outcome_.next = last_ + 1;
    outcome_.is_complete = !core_.end_asked.load();
    return outcome_;
  }

private:
  /// redis-server takes an RDB file for one by its first bytes, whatever its name is. Requests may
  /// stand behind it: so Redis wrote journals before version 7.
  base::result<void> load_base(const journal_file& file, bool is_last) {
    const auto path = files_.path_of(file);
    auto opened = input_file::open(path);
    if (!opened)
      return base::fault{opened.why()};
    char head[rdb_magic_of_valkey.size()] = {};
    const auto got = opened->read(head);
    const std::string_view begins{head, got ? *got : 0};
    std::uint64_t end = 0;
    if (begins.starts_with(rdb_magic) || begins == rdb_magic_of_valkey) {
      const auto loaded = load_dataset(core_, path, expired_entries::stay, &end);
      if (!loaded)
        return base::fault{loaded.why()};
      if (!*loaded || end == opened->size())
        return {};
    }
    return load_requests(file, is_last, end);
  }

  base::result<void> load_increment(const journal_file& file, bool is_last) {
    const auto began = clock::now();
    auto loaded = load_requests(file, is_last, 0);
    const std::chrono::duration<double> took = clock::now() - began;
    if (loaded)
      log::notice("DB loaded from incr file {}: {:.3f} seconds", file.name, took.count());
    return loaded;
  }

  /// `begin`: where the first one stands.
  base::result<void> load_requests(const journal_file& file, bool may_be_torn,
                                   std::uint64_t begin) {
    const auto path = files_.path_of(file);
    auto opened = input_file::open(path);
    if (!opened)
      return base::fault{opened.why()};
    persistence::input_window window{*opened};
    if (auto passed = pass(window, begin); !passed)
      return passed;
    journal_reader reader{window, last_};
    replaying_client client{core_};
    const auto how = feed(reader, client, window);
    client.finish();
    if (client.errors() != 0)
      log::warning("{}: {} requests were answered with errors while it was loaded, such as: {}",
                   path, client.errors(), client.some_error());
    if (how == journal_reader::outcome::damaged)
      return base::fault{
        fmt::format("Bad file format reading the append only file {}: {}", path, reader.why())};
    if (how == journal_reader::outcome::torn)
      if (auto accepted = accept_torn(path, opened->size(), reader, may_be_torn); !accepted)
        return accepted;
    last_ = reader.last();
    outcome_.whole_until = reader.whole_until();
    outcome_.is_framed = reader.is_verified() || reader.whole_until() == 0;
    return {};
  }

  static base::result<void> pass(persistence::input_window& window, std::uint64_t until) {
    while (window.offset() < until) {
      const auto more = window.read_more();
      if (!more)
        return base::fault{more.why()};
      if (!*more)
        return base::fault{fmt::format("{} became shorter", window.source().name())};
      window.pass(std::min<std::uint64_t>(window.bytes().size(), until - window.offset()));
    }
    return {};
  }

  journal_reader::outcome feed(journal_reader& reader, replaying_client& client,
                               const persistence::input_window& window) {
    open_transaction transaction;
    for (;;) {
      const auto found = core_.end_asked.load() ? journal_reader::outcome::end : reader.next();
      if (found != journal_reader::outcome::request)
        return found;
      const auto& words = reader.words();
      if (equals_nocase(words.front(), "multi"))
        transaction.begin();
      else if (equals_nocase(words.front(), "exec"))
        transaction.run(client);
      else if (transaction.is_open())
        transaction.add(words);
      else
        client.run(words);
      report(window);
    }
  }

  base::result<void> accept_torn(const std::string& path, std::uint64_t bytes,
                                 const journal_reader& reader, bool may_be_torn) const {
    if (!may_be_torn)
      return base::fault{
        fmt::format("{} is not the last file of the journal, and {}", path, reader.why())};
    if (!core_.options.is_on(base::option::aof_load_truncated))
      return base::fault{fmt::format(
        "Unexpected end of file reading the append only file {}: {}. aof-load-truncated yes "
        "loads what is whole: the first {} of {} bytes",
        path, reader.why(), reader.whole_until(), bytes)};
    log::warning("!!! Warning: short read while loading the AOF file {} !!!", path);
    log::warning("{}. The last {} of {} bytes are cut off.", reader.why(),
                 bytes - reader.whole_until(), bytes);
    return {};
  }

  /// Asks the clock rarely.
  void report(const persistence::input_window& window) {
    if ((++requests_ & 0xfffu) != 0 || clock::now() - reported_ < between_reports)
      return;
    reported_ = clock::now();
    log::notice("Loading: {} of {} MB", window.offset() >> 20, window.source().size() >> 20);
  }

  core& core_;
  const journal_files& files_;
  persistence::log_number last_ = 0;
  replayed_journal outcome_;
  std::uint64_t requests_ = 0;
  clock::time_point reported_ = clock::now();
};

} // namespace

base::result<replayed_journal> replay_journal(core& into, const journal_files& files) {
  return replay{into, files}.run();
}

} // namespace thespis::actors
