#pragma once

/// One client under load: sends pipelines of requests that it chooses, reads the replies and keeps
/// what happened, for each group of keys.

#include "tests/history/connection.hpp"
#include "tests/history/workload.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace thespis::history {

/// What clients did, for each group.
using histories = std::vector<std::vector<operation>>;

class client {
public:
  client(std::uint16_t port, int number, std::uint64_t seed, bool scripts)
    : connection_(port), choose_(seed, number, scripts), number_(number) {
  }

  /// Throws connection_failure.
  void run(const std::vector<group>& groups, std::size_t pipelines);
  /// Reads all keys, whatever they hold. For one client, when the others rest.
  void read_all(const std::vector<group>& groups);
  /// Empties the server, and gives the accounts of banks what they have at first.
  void set_up(const std::vector<group>& groups);

  /// Since the last call.
  histories take_done() {
    return std::exchange(done_, {});
  }
  /// Replies that no request can have.
  const std::vector<std::string>& surprises() const {
    return surprises_;
  }

private:
  enum class part : std::uint8_t { watch, calls, whole };
  struct piece {
    std::size_t request;
    part what;
    std::size_t replies;
  };

  void choose_pipeline(const std::vector<group>& groups);
  void add(request what, part which, const std::vector<group>& groups);
  void send_and_read(const std::vector<group>& groups);
  /// Returns false if these are no replies to it.
  bool note_watch(request& what, std::span<const reply> replies);
  void note_calls(const request& what, const group& of, std::span<const reply> replies);
  void keep(std::size_t group, operation done);
  void surprise(const request& what, std::span<const reply> replies);

  connection connection_;
  chooser choose_;
  int number_;
  std::uint64_t sequence_ = 0;
  histories done_;
  std::vector<std::string> surprises_;
  /// A transaction of which the first step is done.
  std::optional<request> half_done_;

  // The pipeline at hand.
  std::string bytes_;
  std::vector<request> requests_;
  std::vector<piece> pieces_;
  std::int64_t sent_ns_ = 0;
};

} // namespace thespis::history
