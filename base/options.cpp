#include "base/options.hpp"

#include "base/ascii.hpp"
#include "base/ensure.hpp"
#include "base/glob.hpp"
#include "base/split_words.hpp"

#include <algorithm>
#include <bitset>

#include <fmt/format.h>

namespace thespis::base {

namespace {

/// As sdssplitlen does: every single space separates, so two of them enclose an empty word.
std::vector<std::string_view> split_at_spaces(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const auto end = text.find(' ');
    words.push_back(text.substr(0, end));
    if (end == text.npos)
      return words;
    text.remove_prefix(end + 1);
  }
}

/// The words of a value that came as one argument.
std::vector<std::string_view> words_of_value(const option_row& row, std::string_view value) {
  if (!row.is(option_flags::multi_argument))
    return {value};
  if (value.empty())
    return {};
  return split_at_spaces(value);
}

std::array<option_value, option_count> make_presets() {
  std::array<option_value, option_count> presets;
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto& row = option_rows()[i];
    auto parsed = parse_option(row.kind, words_of_value(row, row.kind.preset), {});
    THESPIS_ENSURE(parsed);
    presets[i] = std::move(*parsed);
  }
  return presets;
}

fault set_fault(std::string_view name, std::string_view why) {
  return fault{
    fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}", name, why)};
}

/// An option or its alias: two names of one value.
std::size_t number_of(const named_option& name) {
  const auto which = static_cast<std::size_t>(name.which);
  return which * 2 + (name.name == option_rows()[which].name ? 0 : 1);
}

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?[") != pattern.npos;
}

bool guards_open(const options& values, const options::change_origin& origin) {
  const auto who = values.get_as<permission>(option::enable_protected_configs);
  return who == permission::yes || (who == permission::local && origin.from_this_machine);
}

} // namespace

const option_value& preset_of(option which) {
  static const auto presets = make_presets();
  return presets[static_cast<std::size_t>(which)];
}

bool is_sensitive_option(std::string_view name) {
  const auto found = find_option(name);
  return found && row_of(found->which).is(option_flags::sensitive);
}

options::options() {
  for (std::size_t i = 0; i < option_count; ++i)
    store(static_cast<option>(i), preset_of(static_cast<option>(i)));
}

options::options(const options& from) : loaded_(from.loaded_) {
  for (std::size_t i = 0; i < option_count; ++i)
    store(static_cast<option>(i), from.value(static_cast<option>(i)));
}

// -- reading --------------------------------------------------------------------------------------

output_limit options::output_limit_of(client_class cls) const noexcept {
  const auto& limit = output_limits_[static_cast<std::size_t>(cls)];
  return {limit.hard_bytes.load(std::memory_order_relaxed),
          limit.soft_bytes.load(std::memory_order_relaxed),
          limit.soft_seconds.load(std::memory_order_relaxed)};
}

std::string options::formatted(option which) const {
  return format_option(row_of(which).kind, value(which));
}

std::vector<save_point> options::save_points() const {
  return save_points_of(text(option::save));
}

std::vector<double> options::latency_percentiles() const {
  return percentiles_of(text(option::latency_tracking_info_percentiles));
}

std::vector<std::string> options::bind_addresses() const {
  return words_of(text(option::bind));
}

bool options::is_default(option which) const {
  return value(which) == preset_of(which);
}

std::vector<options::name_and_value> options::list(
  std::span<const std::string_view> patterns) const {
  std::vector<name_and_value> found;
  std::bitset<option_count * 2> taken;
  const auto add = [&](const named_option& one, std::string_view spelling) {
    if (taken.test(number_of(one)))
      return;
    taken.set(number_of(one));
    found.emplace_back(std::string{spelling}, formatted(one.which));
  };
  for (auto pattern : patterns) {
    if (!has_wildcard(pattern)) {
      if (const auto one = find_option(pattern))
        add(*one, pattern);
      continue;
    }
    pattern = before_zero(pattern);
    for (std::size_t i = 0; i < option_count; ++i) {
      const auto& row = option_rows()[i];
      for (auto name : {row.name, row.alias()})
        if (!name.empty() && !row.is(option_flags::hidden) && glob_match(pattern, name, true))
          add({static_cast<option>(i), name}, name);
    }
  }
  return found;
}

// -- changing -------------------------------------------------------------------------------------

result<void> options::set(std::string_view name, std::string_view value) {
  const setting one{name, value};
  return apply({&one, 1});
}

result<void> options::apply(std::span<const setting> settings, const change_origin& origin) {
  auto planned = plan(settings, origin);
  if (!planned)
    return fault{planned.why()};
  auto& changes = *planned;
  if (auto parsed = parse(settings, changes); !parsed)
    return parsed;
  for (const auto& one : changes)
    store(one.target.which, one.after);
  return run_callbacks(changes);
}

result<std::vector<options::change>> options::plan(std::span<const setting> settings,
                                                   const change_origin& origin) const {
  std::vector<change> changes;
  bool refused_by_loading = false;
  for (const auto& [name, text] : settings) {
    const auto found = find_option(name);
    if (!found)
      return fault{
        fmt::format("ERR Unknown option or number of arguments for CONFIG SET - '{}'", name)};
    const auto& row = row_of(found->which);
    if (row.is(option_flags::immutable))
      return set_fault(name, "can't set immutable config");
    if (row.is(option_flags::guarded) && !guards_open(*this, origin))
      return set_fault(name, "can't set protected config");
    if (origin.while_loading && row.is(option_flags::deny_loading)) {
      refused_by_loading = true;
      break;
    }
    // An option and its alias are two names here, as in Redis: the later one wins.
    for (const auto& other : changes)
      if (other.target.name == found->name)
        return set_fault(name, "duplicate parameter");
    changes.push_back({*found, value(found->which), {}});
  }
  if (refused_by_loading)
    return fault{"LOADING Redis is loading the dataset in memory"};
  return changes;
}

result<void> options::parse(std::span<const setting> settings, std::vector<change>& changes) const {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto& one = changes[i];
    const auto& row = row_of(one.target.which);
    auto current = one.before;
    if (one.target.which == option::save)
      current.text.clear();
    auto parsed = parse_option(row.kind, words_of_value(row, settings[i].value), current);
    if (!parsed)
      return set_fault(one.target.name, parsed.why());
    one.after = std::move(*parsed);
  }
  return {};
}

result<void> options::run_callbacks(const std::vector<change>& changes) {
  std::vector<std::size_t> ran;
  for (const auto& one : changes) {
    const auto callback = callback_of_[index(one.target.which)];
    const bool already = std::find(ran.begin(), ran.end(), callback) != ran.end();
    if (callback == 0 || already || one.after == one.before)
      continue;
    ran.push_back(callback);
    if (auto applied = callbacks_[callback - 1](*this); !applied) {
      for (const auto& back : changes)
        store(back.target.which, back.before);
      for (auto again : ran)
        static_cast<void>(callbacks_[again - 1](*this));
      return set_fault(one.target.name, applied.why());
    }
  }
  return {};
}

result<void> options::load(std::string_view name, option_words words) {
  const auto found = find_option(name);
  if (!found)
    return fault{"Bad directive or wrong number of arguments"};
  const auto& row = row_of(found->which);
  const bool several = row.is(option_flags::multi_argument);
  if (words.empty() || (words.size() > 1 && !several))
    return fault{"wrong number of arguments"};
  // save "900 1" and save 900 1 are the same.
  std::vector<std::string> split;
  std::vector<std::string_view> views(words.begin(), words.end());
  if (several && words.size() == 1) {
    auto inner = split_words(words.front());
    if (!inner)
      return fault{"Unbalanced quotes in configuration line"};
    split = std::move(*inner);
    views.assign(split.begin(), split.end());
  }
  auto current = value(found->which);
  if (found->which == option::save && !is_loaded(option::save))
    current.text.clear();
  auto parsed = parse_option(row.kind, views, current);
  if (!parsed)
    return fault{parsed.why()};
  store(found->which, *parsed);
  loaded_.set(index(found->which));
  return {};
}

result<void> options::adopt(option which, std::string_view text) {
  const auto& row = row_of(which);
  auto current = value(which);
  if (which == option::save)
    current.text.clear();
  auto parsed = parse_option(row.kind, words_of_value(row, text), current);
  if (!parsed)
    return fault{parsed.why()};
  store(which, *parsed);
  return {};
}

void options::on_change(std::initializer_list<option> which, change_callback callback) {
  callbacks_.push_back(std::move(callback));
  for (auto one : which)
    callback_of_[index(one)] = callbacks_.size();
}

option_value options::value(option which) const {
  return {get(which), text(which)};
}

void options::store(option which, const option_value& value) {
  numbers_[index(which)].store(value.number, std::memory_order_relaxed);
  texts_[index(which)] = value.text;
  if (which != option::client_output_buffer_limit)
    return;
  const auto limits = output_limits_of(value.text);
  for (std::size_t i = 0; i < limits.size() && i < client_class_count; ++i) {
    output_limits_[i].hard_bytes.store(limits[i].hard_bytes, std::memory_order_relaxed);
    output_limits_[i].soft_bytes.store(limits[i].soft_bytes, std::memory_order_relaxed);
    output_limits_[i].soft_seconds.store(limits[i].soft_seconds, std::memory_order_relaxed);
  }
}

} // namespace thespis::base
