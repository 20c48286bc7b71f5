#include "protocol/command_description.hpp"

#include "protocol/acl_categories.hpp"
#include "protocol/argument_syntax.hpp"
#include "protocol/key_finder.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string_view>

namespace thespis::protocol {

namespace {

using text = std::string_view;

struct flag_name {
  std::uint32_t flag;
  text name;
};

/// In the order in which Redis prints them; flags that are not here are not printed.
constexpr flag_name command_flag_names[] = {
  {write, "write"},
  {readonly, "readonly"},
  {denyoom, "denyoom"},
  {module_command, "module"},
  {admin, "admin"},
  {pubsub, "pubsub"},
  {noscript, "noscript"},
  {blocking, "blocking"},
  {loading, "loading"},
  {stale, "stale"},
  {skip_monitor, "skip_monitor"},
  {skip_slowlog, "skip_slowlog"},
  {asking, "asking"},
  {fast, "fast"},
  {no_auth, "no_auth"},
  {may_replicate, "may_replicate"},
  {no_mandatory_keys, "no_mandatory_keys"},
  {no_async_loading, "no_async_loading"},
  {no_multi, "no_multi"},
  {allow_busy, "allow_busy"},
};

constexpr flag_name key_flag_names[] = {
  {key_ro, "RO"},
  {key_rw, "RW"},
  {key_ow, "OW"},
  {key_rm, "RM"},
  {key_access, "access"},
  {key_update, "update"},
  {key_insert, "insert"},
  {key_delete, "delete"},
  {key_not_key, "not_key"},
  {key_incomplete, "incomplete"},
  {key_variable_flags, "variable_flags"},
};

/// By `command_group`.
constexpr std::array<text, 17> group_names = {
  "generic", "string",       "list",       "set",    "sorted-set", "hash",
  "pubsub",  "transactions", "connection", "server", "scripting",  "hyperloglog",
  "cluster", "sentinel",     "geo",        "stream", "bitmap"};

std::size_t count_flags(std::span<const flag_name> names, std::uint32_t flags) {
  return static_cast<std::size_t>(std::count_if(
    names.begin(), names.end(), [&](const flag_name& each) { return (flags & each.flag) != 0; }));
}

void write_flag_names(std::span<const flag_name> names, std::uint32_t flags, reply_writer& out) {
  for (const flag_name& each : names)
    if ((flags & each.flag) != 0)
      out.simple(each.name);
}

void write_command_flags(const command_spec& spec, reply_writer& out) {
  const bool movable = has_movable_keys(spec);
  out.set(count_flags(command_flag_names, spec.flags) + movable);
  write_flag_names(command_flag_names, spec.flags, out);
  if (movable)
    out.simple("movablekeys");
}

void write_acl_categories(const command_spec& spec, reply_writer& out) {
  const std::uint32_t categories = acl_categories(spec);
  out.set(static_cast<std::size_t>(std::popcount(categories)));
  std::array<char, 32> buffer = {'@'};
  for (std::size_t i = 0; i < acl_category_names.size(); ++i) {
    if ((categories & (1u << i)) == 0)
      continue;
    const text name = acl_category_names[i];
    const std::size_t size = name.copy(buffer.data() + 1, buffer.size() - 1) + 1;
    out.simple({buffer.data(), size});
  }
}

void write_tips(text tips, reply_writer& out) {
  const auto spaces = std::count(tips.begin(), tips.end(), ' ');
  out.set(tips.empty() ? 0 : static_cast<std::size_t>(spaces) + 1);
  while (!tips.empty()) {
    const text tip = tips.substr(0, tips.find(' '));
    out.bulk(tip);
    tips.remove_prefix(std::min(tip.size() + 1, tips.size()));
  }
}

void write_number(text name, int value, reply_writer& out) {
  out.bulk(name);
  out.integer(value);
}

/// The beginning of a map {type, spec} whose second value, a map of `pairs`, follows.
void begin_typed(text type, std::size_t pairs, reply_writer& out) {
  out.map(2);
  out.bulk("type");
  out.bulk(type);
  out.bulk("spec");
  out.map(pairs);
}

void write_begin_search(const key_spec& spec, reply_writer& out) {
  out.bulk("begin_search");
  switch (spec.begin_search) {
    case key_spec::begin::index:
      begin_typed("index", 1, out);
      return write_number("index", spec.position, out);
    case key_spec::begin::keyword:
      begin_typed("keyword", 2, out);
      out.bulk("keyword");
      out.bulk(spec.keyword);
      return write_number("startfrom", spec.position, out);
    case key_spec::begin::unknown:
      return begin_typed("unknown", 0, out);
  }
}

void write_find_keys(const key_spec& spec, reply_writer& out) {
  out.bulk("find_keys");
  switch (spec.find_keys) {
    case key_spec::find::range:
      begin_typed("range", 3, out);
      write_number("lastkey", spec.last_key, out);
      write_number("keystep", spec.step, out);
      return write_number("limit", spec.limit, out);
    case key_spec::find::keynum:
      begin_typed("keynum", 3, out);
      write_number("keynumidx", spec.key_count_index, out);
      write_number("firstkey", spec.first_key, out);
      return write_number("keystep", spec.step, out);
    case key_spec::find::unknown:
      return begin_typed("unknown", 0, out);
  }
}

void write_key_spec(const key_spec& spec, reply_writer& out) {
  out.map(spec.notes.empty() ? 3 : 4);
  if (!spec.notes.empty()) {
    out.bulk("notes");
    out.bulk(spec.notes);
  }
  out.bulk("flags");
  write_key_flags(spec.flags, out);
  write_begin_search(spec, out);
  write_find_keys(spec, out);
}

void write_doc_flags(const command_spec& spec, reply_writer& out) {
  const bool deprecated = !spec.deprecated_since.empty();
  const bool system = (spec.flags & system_command) != 0;
  if (!deprecated && !system)
    return;
  out.bulk("doc_flags");
  out.set(std::size_t{deprecated} + system);
  if (deprecated)
    out.simple("deprecated");
  if (system)
    out.simple("syscmd");
}

std::size_t count_docs(const command_table& table, const command_spec& spec) {
  const bool has_doc_flags = !spec.deprecated_since.empty() || (spec.flags & system_command) != 0;
  return std::size_t{1} + !spec.summary.empty() + !spec.since.empty() + !spec.complexity.empty()
         + has_doc_flags + !spec.deprecated_since.empty() + !spec.replaced_by.empty()
         + !spec.syntax.empty() + table.is_container(spec);
}

} // namespace

void write_key_flags(std::uint16_t flags, reply_writer& out) {
  out.set(count_flags(key_flag_names, flags));
  write_flag_names(key_flag_names, flags, out);
}

void write_command_info(const command_table& table, const command_spec& spec, reply_writer& out) {
  const key_range keys = simple_key_range(spec);
  out.array(10);
  out.bulk(spec.name);
  out.integer(spec.arity);
  write_command_flags(spec, out);
  out.integer(keys.first);
  out.integer(keys.last);
  out.integer(keys.step);
  write_acl_categories(spec, out);
  write_tips(spec.tips, out);
  out.set(spec.keys.size());
  for (const key_spec& each : spec.keys)
    write_key_spec(each, out);
  const auto subcommands = table.subcommands(spec);
  // Redis says that there are none with a set, and lists them in an array.
  if (subcommands.empty())
    return out.set(0);
  out.array(subcommands.size());
  for (const std::uint16_t row : subcommands)
    write_command_info(table, table.rows()[row], out);
}

void write_command_docs(const command_table& table, const command_spec& spec, reply_writer& out) {
  out.map(count_docs(table, spec));
  write_pair("summary", spec.summary, out);
  write_pair("since", spec.since, out);
  write_pair("group", group_names[static_cast<std::size_t>(spec.group)], out);
  write_pair("complexity", spec.complexity, out);
  write_doc_flags(spec, out);
  write_pair("deprecated_since", spec.deprecated_since, out);
  write_pair("replaced_by", spec.replaced_by, out);
  if (!spec.syntax.empty()) {
    out.bulk("arguments");
    write_arguments(spec.syntax, out);
  }
  if (!table.is_container(spec))
    return;
  const auto subcommands = table.subcommands(spec);
  out.bulk("subcommands");
  out.map(subcommands.size());
  for (const std::uint16_t row : subcommands) {
    out.bulk(table.rows()[row].name);
    write_command_docs(table, table.rows()[row], out);
  }
}

} // namespace thespis::protocol
