#include "commands/sort_options.hpp"

#include "protocol/argument_reader.hpp"
#include "protocol/errors.hpp"

namespace thespis::commands {

namespace errors = protocol::errors;

sort_pattern::sort_pattern(std::string_view text) noexcept
  : is_element_(text.substr(0, text.find('\0')) == "#") {
  constexpr auto none = std::string_view::npos;
  const auto readable = text.substr(0, text.find('\0'));
  const auto star = readable.find('*');
  if (star == none)
    return;
  names_keys_ = true;
  in_front_ = text.substr(0, star);
  behind_ = text.substr(star + 1);
  const auto arrow = readable.find("->", star + 1);
  if (arrow == none || arrow + 2 == readable.size())
    return;
  behind_ = text.substr(star + 1, arrow - star - 1);
  field_ = text.substr(arrow + 2);
}

std::string_view sort_pattern::key_for(std::string_view element, std::string& scratch) const {
  scratch.assign(in_front_);
  scratch.append(element);
  scratch.append(behind_);
  return scratch;
}

std::optional<sort_options> read_sort_options(keyspace::command_context& ctx,
                                              protocol::arguments args, bool may_store) {
  protocol::argument_reader in{args, 2};
  sort_options out;
  while (in.more())
    if (in.option("ASC"))
      out.descending = false;
    else if (in.option("DESC"))
      out.descending = true;
    else if (in.option("ALPHA"))
      out.alpha = true;
    else if (in.option("LIMIT", 2)) {
      out.offset = in.integer();
      out.count = in.integer();
    } else if (may_store && in.option("STORE", 1))
      out.store_in = in.next();
    else if (in.option("BY", 1)) {
      out.by.emplace(in.next());
      out.keeps_order = out.keeps_order || !out.by->names_keys();
    } else if (in.option("GET", 1))
      out.gets.emplace_back(in.next());
    else
      in.fail(errors::syntax);
  if (!in.failed())
    return out;
  ctx.reply.error(in.error());
  return std::nullopt;
}

} // namespace thespis::commands
