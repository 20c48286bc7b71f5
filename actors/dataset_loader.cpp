#include "actors/dataset_loader.hpp"

#include "actors/dataset_loading.hpp"
#include "actors/input_file.hpp"
#include "actors/log.hpp"
#include "actors/messages.hpp"
#include "commands/library_loading.hpp"
#include "commands/library_source.hpp"
#include "keyspace/slots.hpp"
#include "persistence/input_window.hpp"
#include "persistence/rdb_file_reader.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace thespis::actors {

namespace {

using clock = std::chrono::steady_clock;
using base::option;
using persistence::file_item;

constexpr std::size_t block_bytes = 256 * std::size_t{1024};
/// So much may be under way to the partitions.
constexpr std::size_t bytes_waiting_max = 16 * std::size_t{1024} * 1024;
constexpr std::chrono::microseconds rest{200};
constexpr std::chrono::microseconds delay_step{10'000};
constexpr std::chrono::seconds between_reports{2};

class loader {
public:
  loader(core& into, persistence::input_window& file, expired_entries expired)
    : core_(into),
      file_(file),
      reader_(file, static_cast<int>(into.options.get(option::databases)),
              into.options.is_on(option::rdbchecksum)),
      blocks_(into.partitions.size()) {
    loading_->keeps_expired = expired == expired_entries::stay;
    for (auto& block : blocks_)
      block = std::make_shared<persistence::entry_block>();
  }

  base::result<bool> load() {
    read_all();
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      send(i);
    await(0);
    if (loading_->failed.load())
      return base::fault{loading_->fault()};
    if (is_ending())
      return false;
    note_outcome();
    return true;
  }

private:
  bool is_ending() const noexcept {
    return core_.end_asked.load();
  }

  void read_all() {
    while (!is_ending() && !loading_->failed.load()) {
      const auto item = reader_.next();
      if (!item)
        return loading_->fail(item.why());
      if (item->what == file_item::kind::end)
        return;
      if (item->what == file_item::kind::function)
        add_library(item->source);
      else if (item->what == file_item::kind::entry)
        add_entry(*item);
    }
  }

  void add_entry(const file_item& item) {
    const auto count = static_cast<unsigned>(blocks_.size());
    const auto index = count == 1 ? 0 : keyspace::partition_of_key(item.key, count);
    blocks_[index]->add(item);
    delay();
    if (blocks_[index]->bytes() < block_bytes)
      return;
    send(index);
    await(bytes_waiting_max);
    report();
  }

  /// Libraries belong to all partitions; no client is served yet, and no entry runs scripts.
  void add_library(std::string_view source) {
    auto& stage = core_.script_stages.front();
    const auto name = commands::read_library_name(source);
    auto library = name ? commands::load_library(stage, *name, source)
                        : base::result<commands::function_library::entry>{base::fault{name.why()}};
    if (!library)
      return loading_->fail("a library of functions cannot be loaded: " + library.why());
    if (auto wrong = core_.functions.join({*library}, commands::function_library::joining::append))
      loading_->fail("a library of functions cannot be loaded: " + *wrong);
  }

  /// key-load-delay: so long for each key, or a microsecond for so many keys.
  void delay() {
    const auto wanted = core_.key_load_delay.load(std::memory_order_relaxed);
    if (wanted == 0) [[likely]]
      return;
    ++delayed_;
    std::chrono::microseconds left{wanted > 0 ? wanted : delayed_ % -wanted == 0 ? 1 : 0};
    for (; left.count() > 0 && !is_ending(); left -= std::min(left, delay_step))
      std::this_thread::sleep_for(std::min(left, delay_step));
  }

  void send(std::size_t index) {
    auto block = std::exchange(blocks_[index], std::make_shared<persistence::entry_block>());
    if (block->empty())
      return;
    loading_->bytes_waiting.fetch_add(block->bytes());
    post(core_.partitions[index], nullptr, load_entries{std::move(block), loading_});
  }

  /// Until no more than that is under way. Partitions that end take nothing any more.
  void await(std::size_t bytes) const {
    while (loading_->bytes_waiting.load() > bytes && !is_ending())
      std::this_thread::sleep_for(rest);
  }

  void report() {
    const auto now = clock::now();
    if (now - reported_ < between_reports)
      return;
    reported_ = now;
    log::notice("Loading: {} of {} MB", file_.offset() >> 20, file_.source().size() >> 20);
  }

  void note_outcome() const {
    const dataset_loaded news{loading_->loaded.load(), loading_->expired.load()};
    post(core_.administrator, nullptr, news);
    const std::chrono::duration<double> took = clock::now() - began_;
    log::notice("Done loading RDB, keys loaded: {}, keys expired: {}.", news.keys, news.expired);
    log::notice("DB loaded from disk: {:.3f} seconds", took.count());
  }

  core& core_;
  persistence::input_window& file_;
  persistence::rdb_file_reader reader_;
  std::vector<std::shared_ptr<persistence::entry_block>> blocks_;
  std::shared_ptr<dataset_loading> loading_ = std::make_shared<dataset_loading>();
  std::int64_t delayed_ = 0;
  clock::time_point began_ = clock::now();
  clock::time_point reported_ = began_;
};

} // namespace

base::result<bool> load_dataset(core& into, const std::string& path, expired_entries expired,
                                std::uint64_t* end) {
  auto file = input_file::open(path);
  if (!file)
    return base::fault{file.why()};
  persistence::input_window window{*file};
  auto loaded = loader{into, window, expired}.load();
  if (end != nullptr)
    *end = window.offset();
  return loaded;
}

} // namespace thespis::actors
