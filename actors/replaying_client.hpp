#pragma once

/// The client that a journal's requests are run for. It takes them to whoever runs them as all
/// clients do, by dispatchers, of which it has two: while one batch runs, the next one is filled.

#include "actors/core.hpp"
#include "actors/dispatcher.hpp"
#include "actors/store_actor.hpp"
#include "commands/client_record.hpp"
#include "protocol/arguments.hpp"

#include <caf/actor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <semaphore>
#include <string>

namespace thespis::actors {

class replaying_client {
public:
  explicit replaying_client(core& home);
  ~replaying_client();
  replaying_client(const replaying_client&) = delete;
  replaying_client& operator=(const replaying_client&) = delete;

  /// Runs a request, now or soon; the words are copied. SELECT is a request like any other. Throws
  /// std::bad_alloc. REQUIRES: not on an event loop.
  void run(protocol::arguments words);
  /// Returns when all have been run.
  void finish();

  /// How many were answered with an error.
  std::uint64_t errors() const noexcept {
    return errors_;
  }
  /// One of these errors.
  const std::string& some_error() const noexcept {
    return some_error_;
  }

private:
  class owner;
  struct lane {
    explicit lane(core& home, commands::client_record& record);

    dispatcher requests;
    /// What the words are views of.
    std::string bytes;
    std::binary_semaphore done{0};
    bool in_flight = false;
  };

  lane& now() noexcept {
    return *lanes_[current_];
  }
  void copy(protocol::arguments words);
  void place(std::size_t first_word);
  void send();
  void await(lane& which);
  void read_replies(lane& which);
  void select(protocol::arguments words);

  core& core_;
  std::shared_ptr<commands::client_record> record_;
  std::array<std::unique_ptr<lane>, 2> lanes_;
  std::size_t current_ = 0;
  int database_ = 0;
  std::uint64_t errors_ = 0;
  std::string some_error_;
};

} // namespace thespis::actors
