#include "commands/zset_inputs.hpp"

#include "protocol/errors.hpp"

namespace thespis::commands {

scored_input::scored_input(const keyspace::database::slot& at) {
  if (!at)
    return;
  is_plain_ = at->type() == keyspace::value_type::set;
  if (!is_plain_) {
    ranked_ = types::sorted_set::adopt(at->object());
    return;
  }
  plain_ = types::set::adopt(at->object());
  if (plain_.stored() != types::set::form::integers)
    return;
  try {
    digits_ = std::make_unique<text_of_integer[]>(plain_.size());
  } catch (...) {
    plain_.release();
    throw;
  }
}

std::optional<scored_inputs> read_inputs(keyspace::command_context& ctx, protocol::arguments keys) {
  scored_inputs out;
  out.reserve(keys.size());
  for (const auto key : keys) {
    const auto at = ctx.find_to_read(key);
    if (at && !scored_input::is_scored(*at)) {
      ctx.reply.error(protocol::errors::wrong_type);
      return std::nullopt;
    }
    out.emplace_back(at);
  }
  return out;
}

} // namespace thespis::commands
