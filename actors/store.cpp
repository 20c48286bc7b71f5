#include "actors/store.hpp"

#include "actors/administrator.hpp"
#include "actors/broker.hpp"
#include "actors/dataset_loader.hpp"
#include "actors/embedded_client.hpp"
#include "actors/fan_out.hpp"
#include "actors/journal.hpp"
#include "actors/journal_files.hpp"
#include "actors/journal_replay.hpp"
#include "actors/journal_writer.hpp"
#include "actors/listener.hpp"
#include "actors/loop_coordinator.hpp"
#include "actors/messages.hpp"
#include "actors/output_file.hpp"
#include "actors/partition.hpp"
#include "actors/process_figures.hpp"
#include "actors/reclaimer.hpp"
#include "actors/scheduler.hpp"
#include "actors/sizing.hpp"
#include "actors/snapshot_writer.hpp"
#include "actors/supervisor.hpp"
#include "actors/worker.hpp"
#include "base/ensure.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace thespis::actors {

using base::option;

namespace {

/// A floating actor that does not keep the actor system alive: the supervisor ends it.
template <class Actor, class... Ts>
caf::actor spawn_floating(caf::actor_system& system, Ts&&... xs) {
  return system.spawn<Actor, caf::hidden>(std::forward<Ts>(xs)...);
}

} // namespace

store::store(caf::actor_system& system, base::options& settings, wall_clock clock)
  : system_(system), loops_(event_loops_of(system)) {
  if (loops_ == nullptr) {
    own_loops_ = std::make_unique<loop_group>(system, loop_count_of(settings));
    own_loops_->start();
    loops_ = own_loops_.get();
  }
  core_ = std::make_unique<core>(settings, loops_->size(),
                                 partition_count_of(settings, loops_->size()), clock);
  core_->server.facts = gather_facts(*core_);
  core_->server.apply_settings();
  core_->server.saving.last_success_ms = core_->server.facts.started_ms;
  spawn_core_actors();
}

store::~store() {
  stop();
  wait();
  post(core_->supervisor, nullptr, farewell{});
  gone_.wait();
  if (own_loops_)
    own_loops_->stop();
}

/// Partitions announce to the scheduler, and the supervisor watches all of them: in this order each
/// finds the addresses that it needs.
void store::spawn_core_actors() {
  auto& home = *core_;
  for (std::size_t i = 0; i < loops_->size(); ++i)
    home.loops.push_back(&loops_->at(i));
  home.scheduler = spawn_pinned<scheduler>(system_, loops_->at(0), std::ref(home));
  home.reclaimer = system_.spawn<reclaimer, caf::detached + caf::hidden>(std::ref(home));
  home.snapshot_writer = system_.spawn<snapshot_writer, caf::detached + caf::hidden>(
    std::ref(home));
  home.journal = spawn_floating<journal>(system_, std::ref(home));
  home.journal_writer = system_.spawn<journal_writer, caf::detached + caf::hidden>(std::ref(home));
  home.journal_syncer = system_.spawn<journal_syncer, caf::detached + caf::hidden>(std::ref(home));
  for (std::size_t i = 0; i < loops_->size(); ++i)
    home.workers.push_back(system_.spawn<worker, caf::detached + caf::hidden>());
  home.administrator = spawn_floating<administrator>(system_, std::ref(home));
  for (pubsub::group_index i = 0; i < loops_->size(); ++i) {
    auto* const loop = &loops_->at(i);
    caf::actor_config pinned{loop};
    home.fan_outs.push_back(
      system_.spawn_class<fan_out, caf::hidden>(pinned, loop, std::ref(home), i));
  }
  home.fan_outs.push_back(spawn_floating<fan_out>(
    system_, nullptr, std::ref(home), static_cast<pubsub::group_index>(loops_->size())));
  home.broker = spawn_floating<broker>(system_, std::ref(home));
  for (partition_index i = 0; i < home.partitions.size(); ++i)
    home.partitions[i] = spawn_floating<partition>(system_, std::ref(home), i);
  for (std::size_t i = 0; i < loops_->size(); ++i)
    home.listeners.push_back(spawn_pinned<listener>(system_, loops_->at(i), std::ref(home)));
  // The promises belong to the supervisor: it may still be at work in them when the store is gone.
  const auto stopped = std::make_shared<std::promise<void>>();
  const auto gone = std::make_shared<std::promise<void>>();
  stopped_ = stopped->get_future();
  gone_ = gone->get_future();
  std::function<void()> on_stopped = [stopped] { stopped->set_value(); };
  std::function<void()> on_gone = [gone] { gone->set_value(); };
  home.supervisor = spawn_floating<supervisor>(system_, std::ref(home), std::move(on_stopped),
                                               std::move(on_gone));
  post(home.scheduler, nullptr, begin_ticking{});
}

caf::actor store::connect(caf::actor receiver) {
  auto client = spawn_floating<embedded_client>(system_, std::ref(*core_), std::move(receiver));
  post(core_->supervisor, nullptr, client_opened{client});
  return client;
}

void store::listen(listening_sockets sockets) {
  THESPIS_ENSURE(sockets.loop_count() == loops_->size());
  post(core_->administrator, nullptr,
       open_sockets{std::make_shared<listening_sockets>(std::move(sockets))});
}

bool store::expect_data() {
  const auto& settings = core_->options;
  has_snapshot_ = may_exist(settings.text(option::dbfilename));
  expected_ = settings.is_on(option::appendonly) || has_snapshot_;
  core_->server.gates.set(commands::gate_loading, *expected_);
  return *expected_;
}

base::result<bool> store::load() {
  const auto& settings = core_->options;
  remove_leftovers(settings.text(option::dbfilename));
  const bool journals = settings.is_on(option::appendonly);
  const auto files = std::make_shared<journal_files>(settings.text(option::appenddirname),
                                                     settings.text(option::appendfilename));
  if (journals)
    if (auto read = files->read(); !read)
      return base::fault{read.why()};
  // Clients may be served by now, and a file that they have had made is none to load.
  if (!expected_)
    expect_data();
  const bool has_journal = journals && !files->manifest().empty();
  // Half of the data is not to be served, nor to be saved.
  if (auto loaded = has_journal ? load_journal(files) : load_snapshot(); !loaded || !*loaded)
    return loaded;
  post(core_->journal_writer, nullptr, adopt_files{files});
  if (has_journal)
    go_on_with_journal();
  else if (journals)
    if (auto begun = begin_journal(); !begun || !*begun)
      return begun;
  core_->server.gates.set(commands::gate_loading, false);
  return true;
}

base::result<bool> store::load_snapshot() {
  if (!has_snapshot_)
    return true;
  return load_dataset(*core_, core_->options.text(option::dbfilename));
}

/// What comes is going to be appended to it.
base::result<bool> store::load_journal(const std::shared_ptr<journal_files>& files) {
  const auto replayed = replay_journal(*core_, *files);
  if (!replayed)
    return base::fault{replayed.why()};
  if (!replayed->is_complete)
    return false;
  const bool has_increment = !files->manifest().increments().empty();
  if (has_increment)
    if (auto opened = files->continue_increment(replayed->whole_until); !opened)
      return base::fault{opened.why()};
  // A file has frames from its beginning to its end, or none.
  const bool frames = core_->options.is_on(option::aof_checksum);
  if (!has_increment || (replayed->whole_until != 0 && replayed->is_framed != frames))
    if (auto begun = files->begin_increment(true); !begun)
      return base::fault{begun.why()};
  core_->journal_gauges.bytes.store(files->bytes());
  core_->journal_gauges.base_bytes.store(files->base_bytes());
  next_record_ = replayed->next;
  return true;
}

void store::go_on_with_journal() {
  auto& gauges = core_->journal_gauges;
  gauges.has_base.store(true);
  gauges.holds_replies.store(core_->options.get_as<base::fsync_policy>(option::appendfsync)
                             == base::fsync_policy::always);
  post(core_->journal, nullptr, journal_continues{next_record_});
  core_->journal_gauges.epoch.store(first_journal);
  post(core_->administrator, nullptr, journal_replayed{});
}

/// What has been loaded is its first base.
base::result<bool> store::begin_journal() {
  const auto& gauges = core_->journal_gauges;
  post(core_->administrator, nullptr, journal_wanted{});
  while (!gauges.has_base.load()) {
    if (gauges.failed_bases.load() != 0)
      return base::fault{"the journal cannot be begun, see the lines before this one"};
    if (is_ending())
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

void store::end() {
  core_->end_asked.store(true);
  post(core_->administrator, nullptr, end_wanted{});
}

void store::stop() {
  core_->end_asked.store(true);
  post(core_->supervisor, nullptr, shut_down{});
}

void store::wait() {
  stopped_.wait();
}

} // namespace thespis::actors
