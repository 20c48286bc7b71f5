#include "actors/journal_writer.hpp"

#include "actors/memory_reserve.hpp"
#include "actors/snapshot.hpp"

#include <unistd.h>

#include <cerrno>
#include <new>

namespace thespis::actors {

journal_writer::journal_writer(caf::actor_config& config, core& home)
  : store_actor(config), core_(home) {
}

journal_writer::~journal_writer() {
  outlived_references(*this);
}

caf::behavior journal_writer::make_behavior() {
  return {[this](const adopt_files& given) {
            const turn now{this};
            files_ = given.files;
          },
          [this](const write_journal& order) {
            const turn now{this};
            const memory_reserve::own_work answers;
            auto outcome = write(order);
            auto& gauges = core_.journal_gauges;
            gauges.bytes.store(files_->bytes());
            gauges.base_bytes.store(files_->base_bytes());
            post(core_.journal, nullptr, std::move(outcome));
          },
          [this](const base_written& news) {
            const turn now{this};
            adopt(news);
          }};
}

/// A file that was begun for the group stays, if the group then cannot be written: the next attempt
/// finds it.
journal_written journal_writer::write(const write_journal& order) try {
  if (order.mark && order.mark != begun_) {
    if (auto begun = files_->begin_increment(order.follows); !begun)
      return failed(begun.why());
    begun_ = order.mark;
  }
  if (auto appended = files_->append(order.group->text(order.frames)); !appended)
    return failed(appended.why());
  if (order.synchronise)
    if (auto synchronised = files_->synchronise(); !synchronised)
      return failed(synchronised.why());
  return {.how = journal_written::outcome::done,
          .error = 0,
          .why = {},
          .file = files_->file(),
          .synchronised = order.synchronise};
} catch (const std::bad_alloc&) {
  return {.how = journal_written::outcome::failed,
          .error = ENOMEM,
          .why = "out of memory",
          .file = nullptr,
          .synchronised = false};
}

journal_written journal_writer::failed(std::string_view why) const {
  return {.how = files_->is_lost() ? journal_written::outcome::lost
                                   : journal_written::outcome::failed,
          .error = files_->error(),
          .why = std::string{why},
          .file = nullptr,
          .synchronised = false};
}

void journal_writer::adopt(const base_written& news) {
  const memory_reserve::own_work now;
  std::string why;
  if (auto adopted = files_->adopt_base(news.of->path, news.of->epoch != no_journal); !adopted)
    why = adopted.why();
  auto& gauges = core_.journal_gauges;
  gauges.bytes.store(files_->bytes());
  gauges.base_bytes.store(files_->base_bytes());
  post(core_.journal, nullptr, base_adopted{news.of, std::move(why)});
}

journal_syncer::journal_syncer(caf::actor_config& config, core& home)
  : store_actor(config), core_(home) {
}

journal_syncer::~journal_syncer() {
  outlived_references(*this);
}

caf::behavior journal_syncer::make_behavior() {
  return {[this](const synchronise_journal& order) {
    const turn now{this};
    const memory_reserve::own_work answers;
    const auto failed = ::fdatasync(order.file->get()) != 0;
    post(core_.journal, nullptr, journal_synced{failed ? errno : 0});
  }};
}

} // namespace thespis::actors
