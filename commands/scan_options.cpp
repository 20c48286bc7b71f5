#include "commands/scan_options.hpp"

#include "base/glob.hpp"
#include "base/number.hpp"
#include "protocol/argument_reader.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

namespace errors = protocol::errors;

bool scan_options::want(std::string_view element) const noexcept {
  return !pattern || base::glob_match(*pattern, element);
}

std::optional<scan_options> read_scan_options(keyspace::command_context& ctx,
                                              protocol::arguments args,
                                              const scan_grammar& grammar) {
  scan_options out;
  protocol::argument_reader in{args, grammar.first};
  while (in.more()) {
    if (in.option("count", 1)) {
      const auto count = in.integer();
      if (count < 1)
        in.fail(errors::syntax);
      out.count = static_cast<std::size_t>(count);
    } else if (in.option("match", 1)) {
      out.pattern = in.next();
    } else if (grammar.has_type && in.option("type", 1)) {
      out.type = in.next();
    } else if (!grammar.bare_option.empty() && in.option(grammar.bare_option)) {
      out.bare = true;
    } else {
      in.fail(errors::syntax);
    }
  }
  if (in.failed()) {
    ctx.reply.error(in.error());
    return std::nullopt;
  }
  if (out.pattern == "*")
    out.pattern.reset();
  return out;
}

void reply_scan_cursor(protocol::reply_writer& reply, std::uint64_t next) {
  char digits[24];
  reply.array(2);
  reply.bulk(base::format_uint64(next, digits));
}

} // namespace thespis::commands
