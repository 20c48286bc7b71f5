#include "tests/history/load.hpp"

#include "tests/history/bank.hpp"
#include "tests/history/linearizability.hpp"
#include "tests/history/list_append.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <exception>
#include <iterator>
#include <latch>
#include <map>
#include <mutex>
#include <ostream>
#include <thread>

namespace thespis::history {

namespace {

/// Of each client in a round: short enough for the memory of a search, long enough that clients
/// rarely wait for each other.
constexpr std::size_t pipelines_per_round = 25;

constexpr std::size_t anomalies_shown = 3;

bool has_scripts(std::uint16_t port) {
  connection probe{port};
  std::string bytes;
  encode(bytes, {"EVAL", "return 1", "0"});
  probe.send(bytes);
  return probe.receive() == integer_reply(1);
}

double seconds_since(std::int64_t start_ns) {
  return static_cast<double>(now_ns() - start_ns) / 1e9;
}

} // namespace

load::load(const load_settings& settings) : settings_(settings), names_(settings.partitions) {
  report_.scripts = has_scripts(settings.port);
  // One more sets up and looks at the end.
  for (std::size_t i = 0; i <= settings.clients; ++i)
    clients_.push_back(std::make_unique<client>(settings.port, static_cast<int>(i),
                                                settings.seed * 1000 + i, report_.scripts));
}

load_report load::run() {
  while (report_.operations < settings_.operations
         && (report_.anomalies.empty() || !settings_.until_anomaly))
    run_round();
  for (const auto& each : clients_)
    for (const auto& text : each->surprises())
      report_.anomalies.push_back({"unexpected reply", text});
  return report_;
}

void load::run_round() {
  const auto load_ns = now_ns();
  const auto groups = make_groups(names_);
  auto& reader = *clients_.back();
  reader.set_up(groups);
  run_clients(groups);
  reader.read_all(groups);
  histories all(groups.size());
  for (const auto& each : clients_) {
    auto done = each->take_done();
    for (std::size_t i = 0; i < done.size(); ++i)
      all[i].insert(all[i].end(), std::make_move_iterator(done[i].begin()),
                    std::make_move_iterator(done[i].end()));
  }
  ++report_.rounds;
  report_.load_s += seconds_since(load_ns);
  const auto check_ns = now_ns();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    for (const auto& each : all[i])
      count(each);
    check(groups[i], all[i]);
  }
  report_.check_s += seconds_since(check_ns);
}

void load::run_clients(const std::vector<group>& groups) {
  std::exception_ptr failure;
  std::mutex lock;
  std::latch ready{static_cast<std::ptrdiff_t>(settings_.clients)};
  const auto run = [&](client& one) {
    ready.arrive_and_wait();
    try {
      one.run(groups, pipelines_per_round);
    } catch (...) {
      const std::lock_guard guard{lock};
      failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < settings_.clients; ++i)
      threads.emplace_back(run, std::ref(*clients_[i]));
  }
  if (failure)
    std::rethrow_exception(failure);
}

void load::count(const operation& done) {
  std::size_t requests = 0;
  for (const auto& each : done.calls)
    requests += each.what < verb::expect ? 1 : 0;
  report_.refused += done.refused ? 1 : 0;
  if (done.refused)
    return;
  report_.operations += requests;
  if (done.calls.size() > 1) {
    ++report_.transactions;
    report_.inside += requests;
  }
}

void load::check(const group& of, const std::vector<operation>& history) {
  ++report_.histories;
  const auto keys = of.names.size();
  std::vector<anomaly> found;
  if (of.kind == group_kind::appends) {
    found = check_list_append(history, keys);
  } else if (of.kind == group_kind::bank) {
    found = check_bank(history, keys, account_start * static_cast<std::int64_t>(keys));
  } else {
    const auto result = check_linearizability(history, keys);
    report_.undecided += result.is == linearizability::verdict::unknown ? 1 : 0;
    if (result.is == linearizability::verdict::no)
      found.push_back({"not linearizable", result.evidence});
  }
  std::move(found.begin(), found.end(), std::back_inserter(report_.anomalies));
}

void print(std::ostream& out, const load_settings& settings, const load_report& report) {
  fmt::print(out,
             "partitions {}, threads {}, clients {}, seed {}, scripts {}\n"
             "  operations    {:>10} in {} rounds, {:.1f} s, {:.0f} a second\n"
             "  transactions  {:>10} of {} operations; {} more were refused (WATCH)\n"
             "  histories     {:>10} checked in {:.1f} s, {} undecided\n"
             "  anomalies     {:>10}\n",
             settings.partitions, settings.threads, settings.clients, settings.seed,
             report.scripts ? "yes" : "no", report.operations, report.rounds, report.load_s,
             static_cast<double>(report.operations) / report.load_s, report.transactions,
             report.inside, report.refused, report.histories, report.check_s, report.undecided,
             report.anomalies.size());
  std::map<std::string, std::size_t> kinds;
  for (const auto& each : report.anomalies)
    ++kinds[each.kind];
  for (const auto& [kind, number] : kinds)
    fmt::print(out, "    {}: {}\n", kind, number);
  std::map<std::string, std::size_t> shown;
  for (const auto& each : report.anomalies)
    if (shown[each.kind]++ < anomalies_shown)
      fmt::print(out, "  {}: {}\n", each.kind, each.evidence);
}

} // namespace thespis::history
