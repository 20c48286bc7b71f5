#pragma once

/// The actor that decides in which order everything that was done stands in the journal, and that
/// knows how much of it is on the disk. It floats: what partitions tell it costs nobody a thread.
/// Writing is the work of the journal_writer, which gets one group of records after the other: what
/// comes while it writes is the next group, so that the slower the disk, the larger the groups.
///
/// A reply that has to wait for the disk is a batch that is not reported yet. It waits for
/// everything that was told before it came here, which is more than it shows, and never less.
///
/// States: off; beginning, until the multicast that begins the journal stands in the order; on.
/// While nobody can say what is on the disk (a synchronisation has failed, or a record got lost),
/// nothing is written and nothing counts as durable until there is a new base, which shows all of
/// it, and an increment behind it.

#include "actors/core.hpp"
#include "actors/durability_waits.hpp"
#include "actors/journal_messages.hpp"
#include "actors/store_actor.hpp"
#include "persistence/journal_order.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

namespace thespis::actors {

class journal final : public store_actor {
public:
  /// `home` outlives it.
  journal(caf::actor_config& config, core& home);
  ~journal() override;

  caf::behavior make_behavior() override;

private:
  using clock = std::chrono::steady_clock;
  enum class state : std::uint8_t { off, beginning, on };

  /// Records that go to one file.
  struct page {
    std::shared_ptr<persistence::journal_group> group;
    /// It begins with them.
    std::shared_ptr<const snapshot> mark{};
    /// All that there is before them is in the files.
    bool follows = true;
    /// Of how many tellings all is in it or before it.
    std::uint64_t covers = 0;
  };
  struct held_reply {
    std::uint64_t until;
    batch* work;
  };

  void expect(const journal_expectation& what);
  void receive(effects_told& told);
  void emit(persistence::journal_order::entry what);
  void turn_page(std::shared_ptr<const snapshot> mark);
  void drop_pages() noexcept;
  void go_on(const journal_continues& files);
  void end();
  persistence::journal_group& open_group();
  void distrust(int error, std::string_view why) noexcept;
  void write_soon();
  void write();
  void note_written(const journal_written& news);
  void note_synced(const journal_synced& news);
  void adopt_base();
  void note_base(const base_adopted& news);
  void note_durable();
  void release_replies();
  void decide_about_replies();
  void report_failure(int error, std::string_view why) noexcept;
  void hold(const reply_held& one);
  void tick();
  void count_buffered() noexcept;
  void synchronise();
  void hurry();
  void follow(const journal_settings& settings);
  void finish_if_quiet();

  core& core_;
  state state_ = state::off;
  journal_settings settings_{};
  persistence::journal_order order_;
  /// The last one is open.
  std::deque<page> pages_;
  /// A loop is going to say when.
  bool writes_soon_ = false;
  bool writing_ = false;
  /// It could not, and tries again.
  bool stalled_ = false;
  bool synchronising_ = false;
  /// What is in the file is not known, or not all there is: it is not written to any more.
  bool file_is_bad_ = false;
  /// The file is the increment of a base that is not there yet.
  bool lacks_base_ = false;
  /// Whose increment is the one that is written to, and the base that is to be adopted.
  std::shared_ptr<const snapshot> begun_;
  std::shared_ptr<const snapshot> waiting_base_;
  /// There is one, perhaps an older one.
  bool has_base_ = false;
  /// Of how many tellings all is in the file, will be on the disk when the synchronisation that
  /// runs is over, and is there.
  std::uint64_t written_ = 0;
  std::uint64_t synchronising_until_ = 0;
  std::uint64_t synchronised_ = 0;
  std::shared_ptr<owned_fd> file_;
  /// When the last synchronisation began, and the last one that is over.
  clock::time_point last_attempt_{};
  clock::time_point synchronised_as_of_{};
  /// What was told too long ago is not on the disk.
  bool is_behind_ = false;
  std::int64_t last_time_s_ = 0;
  std::deque<held_reply> held_;
  durability_waits waits_;
  bool finishing_ = false;
};

} // namespace thespis::actors
