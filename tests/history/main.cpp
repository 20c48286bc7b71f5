/// The history checker as a program:
///
///     history-check --port N [--seed N] [--clients N] [--operations N] [--until-anomaly]
///                   --partitions N --threads N          as the server has them
///
/// Puts a server on this machine under load and tells what its histories say. Ends with 0 if no
/// anomaly was found, 1 if there were some or a check was given up, 2 if there is no server to
/// speak of.

#include "base/number.hpp"
#include "tests/history/load.hpp"

#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using thespis::history::load_settings;

std::uint64_t number_after(int& at, int count, char** words) {
  const auto number = at + 1 < count ? thespis::base::parse_uint64(words[at + 1]) : std::nullopt;
  if (!number)
    throw std::runtime_error{std::string{words[at]} + " needs a number"};
  ++at;
  return *number;
}

load_settings read_settings(int count, char** words) {
  load_settings out;
  for (int at = 1; at < count; ++at) {
    const std::string_view name = words[at];
    if (name == "--until-anomaly")
      out.until_anomaly = true;
    else if (name == "--port")
      out.port = static_cast<std::uint16_t>(number_after(at, count, words));
    else if (name == "--seed")
      out.seed = number_after(at, count, words);
    else if (name == "--clients")
      out.clients = number_after(at, count, words);
    else if (name == "--operations")
      out.operations = number_after(at, count, words);
    else if (name == "--partitions")
      out.partitions = number_after(at, count, words);
    else if (name == "--threads")
      out.threads = number_after(at, count, words);
    else
      throw std::runtime_error{"unknown option " + std::string{name}};
  }
  if (out.partitions == 0 || out.clients == 0)
    throw std::runtime_error{"there is at least one partition and one client"};
  return out;
}

} // namespace

int main(int count, char** words) try {
  const auto settings = read_settings(count, words);
  const auto report = thespis::history::load{settings}.run();
  thespis::history::print(std::cout, settings, report);
  return report.anomalies.empty() && report.undecided == 0 ? 0 : 1;
} catch (const std::exception& failure) {
  std::cerr << "history-check: " << failure.what() << '\n';
  return 2;
}
