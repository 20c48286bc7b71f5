#pragma once

/// A server under load, and what the histories of it say. In rounds: each has keys of its own, all
/// clients work on them at the same time, one reads what is left, and the histories are checked
/// before the next begins. So the length of a run costs time only.

#include "tests/history/client.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <vector>

namespace thespis::history {

struct load_settings {
  std::uint16_t port = 6379;
  std::uint64_t seed = 1;
  std::size_t clients = 16;
  /// Of the server; keys are spread over them.
  std::size_t partitions = 1;
  /// Of the server; for the report alone.
  std::size_t threads = 1;
  /// It ends with the round in which so many are reached.
  std::size_t operations = 10'000;
  /// Whether it ends with the first round that has anomalies.
  bool until_anomaly = false;
};

struct load_report {
  std::size_t rounds = 0;
  /// Requests that are part of a history.
  std::size_t operations = 0;
  /// Of these, inside of transactions and scripts.
  std::size_t inside = 0;
  std::size_t transactions = 0;
  /// Transactions that did not happen, because something had changed that they watched.
  std::size_t refused = 0;
  /// Histories that were checked, and those whose check was given up.
  std::size_t histories = 0;
  std::size_t undecided = 0;
  bool scripts = false;
  double load_s = 0;
  double check_s = 0;
  std::vector<anomaly> anomalies{};
};

class load {
public:
  /// Throws connection_failure, as run().
  explicit load(const load_settings& settings);

  load_report run();

private:
  void run_round();
  /// All clients at the same time.
  void run_clients(const std::vector<group>& groups);
  void count(const operation& done);
  void check(const group& of, const std::vector<operation>& history);

  load_settings settings_;
  load_report report_;
  key_names names_;
  std::vector<std::unique_ptr<client>> clients_;
};

/// Lines for people; each anomaly with its evidence, up to a few.
void print(std::ostream& out, const load_settings& settings, const load_report& report);

} // namespace thespis::history
