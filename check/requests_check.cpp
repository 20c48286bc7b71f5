#include "check/requests_check.hpp"

#include "base/ascii.hpp"
#include "base/quote.hpp"
#include "commands/rows.hpp"
#include "persistence/journal_reader.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace thespis::check {

namespace {

using persistence::journal_reader;
using protocol::resolution;

std::string_view explain(resolution outcome) noexcept {
  switch (outcome) {
    case resolution::unknown_command:
      return "an unknown command";
    case resolution::unknown_subcommand:
      return "an unknown subcommand";
    case resolution::wrong_arity:
      return "a wrong number of arguments";
    default:
      return {};
  }
}

/// The beginning of a request, which may be of any length.
std::string shown(protocol::arguments words) {
  constexpr std::size_t words_max = 4;
  constexpr std::size_t bytes_max = 32;
  std::string out;
  for (const auto word : words.first(std::min(words.size(), words_max)))
    out += (out.empty() ? "" : " ") + base::quoted(word.substr(0, bytes_max));
  return words.size() > words_max ? out + " …" : out;
}

class requests_check {
public:
  requests_check(persistence::input_window& file, persistence::log_number after)
    : file_(file), after_(after), reader_(file, after) {
  }

  requests_outcome run() {
    auto found = reader_.next();
    for (; found == journal_reader::outcome::request; found = reader_.next())
      take(reader_.words());
    print_figures();
    requests_outcome out{.found = wrong_ == 0 ? verdict::fine : verdict::damaged,
                         .is_torn = found == journal_reader::outcome::torn,
                         .whole_until = reader_.whole_until(),
                         .last = reader_.last()};
    if (out.is_torn)
      fmt::print("  TORN: {}, {} of {} bytes are whole\n", reader_.why(), out.whole_until, size());
    if (found == journal_reader::outcome::damaged) {
      explain_damage();
      out.found = verdict::damaged;
    }
    return out;
  }

private:
  std::uint64_t size() const noexcept {
    return file_.source().size();
  }

  void take(protocol::arguments words) {
    ++requests_;
    if (base::equals_nocase(words.front(), "exec"))
      ++transactions_;
    const auto outcome = commands::all_commands().resolve(words).outcome;
    if (outcome == resolution::ok)
      return;
    if (++wrong_ == 1)
      first_wrong_ = fmt::format("{}: {} at offset {}", explain(outcome), shown(words),
                                 reader_.offset());
  }

  void print_figures() const {
    if (reader_.is_verified())
      fmt::print("  frames with checksums, {}\n", records());
    else
      fmt::print("  without checksums\n");
    fmt::print("  requests {}, transactions {}\n", requests_, transactions_);
    if (wrong_ != 0)
      fmt::print("  DAMAGED: {} requests that the server does not take, the first one has {}\n",
                 wrong_, first_wrong_);
  }

  std::string records() const {
    const auto first = reader_.first();
    return reader_.last() < first ? std::string{"no whole record"}
                                  : fmt::format("records {} to {}", first, reader_.last());
  }

  void explain_damage() const {
    fmt::print("  DAMAGED: {}\n", reader_.why());
    const auto last = reader_.last();
    if (last != 0 && last != after_)
      fmt::print("  the last record that is good is {}, it ends at offset {}\n", last,
                 reader_.whole_until());
    else
      fmt::print("  what is good ends at offset {}\n", reader_.whole_until());
    fmt::print("  this is left as it is: to cut there, as redis-check-aof --fix does, would throw "
               "away {} bytes, and with them all that is good in them\n",
               size() - reader_.whole_until());
  }

  persistence::input_window& file_;
  persistence::log_number after_;
  journal_reader reader_;
  std::uint64_t requests_ = 0;
  std::uint64_t transactions_ = 0;
  std::uint64_t wrong_ = 0;
  std::string first_wrong_;
};

} // namespace

requests_outcome check_requests(persistence::input_window& file, persistence::log_number after) {
  return requests_check{file, after}.run();
}

} // namespace thespis::check
