#include "commands/element_scan.hpp"

#include "base/ascii.hpp"
#include "base/glob.hpp"
#include "base/number.hpp"
#include "protocol/errors.hpp"

#include <cstdint>

namespace thespis::commands {

using base::equals_nocase;
using keyspace::command_context;
using protocol::arguments;
namespace errors = protocol::errors;

bool element_scan_options::want(std::string_view element) const noexcept {
  return !pattern || base::glob_match(*pattern, element);
}

std::optional<element_scan_options> read_element_scan_options(command_context& ctx, arguments args,
                                                              std::string_view bare_option) {
  element_scan_options out;
  const auto refuse = [&](std::string_view why) {
    ctx.reply.error(why);
    return std::nullopt;
  };
  for (std::size_t i = 3; i < args.size(); ++i) {
    const bool has_value = i + 1 < args.size();
    if (has_value && equals_nocase(args[i], "count")) {
      const auto count = base::parse_int64(args[++i]);
      if (!count)
        return refuse(errors::not_an_integer);
      if (*count < 1)
        return refuse(errors::syntax);
      out.count = static_cast<std::size_t>(*count);
    } else if (has_value && equals_nocase(args[i], "match")) {
      out.pattern = args[++i];
    } else if (!bare_option.empty() && equals_nocase(args[i], bare_option)) {
      out.bare = true;
    } else if (equals_nocase(args[i], "novalues")) {
      return refuse(errors::novalues_not_here);
    } else {
      return refuse(errors::syntax);
    }
  }
  if (out.pattern == "*")
    out.pattern.reset();
  return out;
}

} // namespace thespis::commands
