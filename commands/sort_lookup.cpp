#include "commands/sort_lookup.hpp"

#include "commands/hash_value.hpp"
#include "types/lent.hpp"

namespace thespis::commands {

std::optional<std::string_view> sort_lookup::find(const sort_pattern& pattern,
                                                  types::set_element element) {
  if (pattern.is_element())
    return element.text(element_digits_);
  if (!pattern.names_keys())
    return std::nullopt;
  const auto key = pattern.key_for(element.text(element_digits_), key_);
  auto at = ctx_.find_to_read(key);
  if (!at)
    return std::nullopt;
  if (pattern.field())
    return find_field(key, at, *pattern.field());
  if (!at->is_string())
    return std::nullopt;
  return at->text(value_digits_);
}

std::optional<std::string_view> sort_lookup::find_field(std::string_view key,
                                                        keyspace::database::slot& at,
                                                        std::string_view field) {
  if (at->type() != keyspace::type_of<types::hash>)
    return std::nullopt;
  if (stores_ && types::lent<types::hash> { at->object() } -> may_hold_expired(ctx_.now.ms))
    [[unlikely]] {
    opened<types::hash> changing{ctx_, key, at};
    drop_if_expired(ctx_, key, *changing, field);
    changing.settle();
  }
  if (!at)
    return std::nullopt;
  types::lent<types::hash> value{at->object()};
  const auto found = live_field(*value, field, ctx_.now.ms);
  return found ? std::optional{found->value} : std::nullopt;
}

} // namespace thespis::commands
