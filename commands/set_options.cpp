#include "commands/set_options.hpp"

#include "base/ascii.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

using base::equals_nocase;
using protocol::arguments;

namespace {

struct condition_word {
  std::string_view word;
  set_condition meaning;
  bool has_operand;
};

constexpr condition_word condition_words[] = {
  {"nx", set_condition::missing, false},        {"xx", set_condition::present, false},
  {"ifeq", set_condition::equal, true},         {"ifne", set_condition::not_equal, true},
  {"ifdeq", set_condition::digest_equal, true}, {"ifdne", set_condition::digest_not_equal, true},
};

struct time_word {
  std::string_view word;
  time_notation notation;
};

constexpr time_word time_words[] = {
  {"ex", relative_seconds},
  {"px", relative_milliseconds},
  {"exat", unix_seconds},
  {"pxat", unix_milliseconds},
};

bool same(time_notation a, time_notation b) {
  return a.unit == b.unit && a.origin == b.origin;
}

/// One pass over the words. Each `take_…` returns whether it has taken the word at `at_`.
class option_reader {
public:
  option_reader(arguments args, std::size_t first, set_grammar grammar)
    : args_(args), at_(first), grammar_(grammar) {
  }

  bool read() {
    for (; at_ < args_.size(); ++at_)
      if (!take_condition() && !take_get() && !take_time() && !take_ttl_word())
        return false;
    return true;
  }

  const set_options& options() const {
    return options_;
  }

private:
  bool take_condition() {
    if (grammar_ == set_grammar::getex)
      return false;
    for (const auto& known : condition_words) {
      if (!equals_nocase(args_[at_], known.word))
        continue;
      if (known.has_operand && (grammar_ != set_grammar::set || at_ + 1 == args_.size()))
        return false;
      if (options_.condition != set_condition::none && options_.condition != known.meaning)
        return false;
      options_.condition = known.meaning;
      if (known.has_operand)
        options_.compared = args_[++at_];
      return true;
    }
    return false;
  }

  bool take_get() {
    if (grammar_ != set_grammar::set || !equals_nocase(args_[at_], "get"))
      return false;
    options_.get = true;
    return true;
  }

  bool take_time() {
    for (const auto& known : time_words) {
      if (!equals_nocase(args_[at_], known.word))
        continue;
      const bool again = options_.ttl == ttl_option::at_time
                         && same(options_.notation, known.notation);
      if (at_ + 1 == args_.size() || (options_.ttl != ttl_option::none && !again))
        return false;
      options_.ttl = ttl_option::at_time;
      options_.notation = known.notation;
      options_.time = args_[++at_];
      return true;
    }
    return false;
  }

  bool take_ttl_word() {
    const bool getex = grammar_ == set_grammar::getex;
    const auto meaning = getex ? ttl_option::persist : ttl_option::keep;
    if (!equals_nocase(args_[at_], getex ? "persist" : "keepttl"))
      return false;
    if (options_.ttl != ttl_option::none && options_.ttl != meaning)
      return false;
    options_.ttl = meaning;
    return true;
  }

  arguments args_;
  std::size_t at_;
  set_grammar grammar_;
  set_options options_;
};

} // namespace

std::optional<set_options> read_set_options(keyspace::command_context& ctx, arguments args,
                                            std::size_t first, set_grammar grammar) {
  option_reader reader{args, first, grammar};
  if (reader.read())
    return reader.options();
  ctx.reply.error(protocol::errors::syntax);
  return std::nullopt;
}

} // namespace thespis::commands
