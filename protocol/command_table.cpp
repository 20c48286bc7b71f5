#include "protocol/command_table.hpp"

#include "base/ascii.hpp"
#include "base/ensure.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace thespis::protocol {

namespace {

static_assert(std::endian::native == std::endian::little, "load_padded assumes it");

constexpr std::uint64_t every_byte = 0x0101010101010101;

std::uint32_t load_4(const char* from) noexcept {
  std::uint32_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

std::uint64_t load_8(const char* from) noexcept {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// The first bytes of `name`, eight at most, padded with zeros. Loads that overlap replace a copy
/// of variable length. REQUIRES: not empty.
std::uint64_t load_padded(std::string_view name) noexcept {
  const char* const data = name.data();
  const std::size_t size = name.size();
  if (size >= 8)
    return load_8(data);
  if (size >= 4)
    return load_4(data) | (std::uint64_t{load_4(data + size - 4)} << ((size - 4) * 8));
  const auto byte = [data](std::size_t i) {
    return std::uint64_t{static_cast<unsigned char>(data[i])} << (i * 8);
  };
  return byte(0) | byte(size / 2) | byte(size - 1);
}

/// Turns the letters A to Z among eight bytes into lower case, all at once: for seven-bit bytes an
/// addition sets the top bit exactly if the byte is not below 'A' (or above 'Z').
std::uint64_t fold(std::uint64_t word) noexcept {
  const std::uint64_t low_bits = word & (0x7f * every_byte);
  const std::uint64_t above_z = low_bits + (0x7f - 'Z') * every_byte;
  const std::uint64_t from_a = low_bits + (0x80 - 'A') * every_byte;
  const std::uint64_t is_upper = ~word & (from_a ^ above_z) & (0x80 * every_byte);
  return word | (is_upper >> 2);
}

struct folded_name {
  std::uint64_t head;
  std::uint64_t hash;
};

folded_name fold_name(std::string_view name, std::uint16_t container) noexcept {
  const std::uint64_t head = fold(load_padded(name));
  std::uint64_t mixed = head + name.size() + (std::uint64_t{container} << 40);
  if (name.size() > 8)
    mixed ^= std::rotl(fold(load_8(name.data() + name.size() - 8)), 29);
  return {head, (mixed * 0x9e3779b97f4a7c15) >> 32};
}

bool well_formed(std::string_view name) noexcept {
  const auto allowed = [](char c) { return c > ' ' && c < 0x7f && base::lower(c) == c; };
  return !name.empty() && name.size() <= command_table::name_bytes_max
         && std::all_of(name.begin(), name.end(), allowed);
}

/// What the search for keys relies on.
bool keys_well_formed(std::span<const key_spec> keys) noexcept {
  return std::all_of(keys.begin(), keys.end(), [](const key_spec& spec) {
    const bool by_keyword = spec.begin_search == key_spec::begin::keyword;
    return spec.step > 0 && spec.limit >= 0 && (by_keyword ? spec.position != 0 : spec.position > 0)
           && by_keyword != spec.keyword.empty();
  });
}

} // namespace

command_table::command_table(std::span<const std::span<const command_spec>> families) {
  for (const std::span<const command_spec> family : families)
    rows_.insert(rows_.end(), family.begin(), family.end());
  THESPIS_ENSURE(rows_.size() < top_level);
  ranges_.resize(rows_.size());
  names_.resize(rows_.size());
  containers_.resize(rows_.size(), top_level);
  slots_.resize(std::bit_ceil(rows_.size() * 2 + 1));
  mask_ = slots_.size() - 1;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::string_view name = rows_[i].name;
    THESPIS_ENSURE(well_formed(name) && rows_[i].arity != 0 && keys_well_formed(rows_[i].keys));
    if (name.find('|') != std::string_view::npos)
      continue;
    add_name(name, top_level, static_cast<std::uint16_t>(i));
    if ((rows_[i].flags & hidden) == 0)
      commands_.push_back(static_cast<std::uint16_t>(i));
  }
  add_subcommands();
}

void command_table::add_subcommands() {
  std::vector<std::vector<std::uint16_t>> visible(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::string_view name = rows_[i].name;
    const std::size_t bar = name.find('|');
    if (bar == std::string_view::npos)
      continue;
    const command_spec* const container = find(name.substr(0, bar));
    THESPIS_ENSURE(container != nullptr && bar + 1 < name.size());
    const std::size_t at = index_of(*container);
    add_name(name.substr(bar + 1), static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(i));
    ranges_[at].has_rows = true;
    if ((rows_[i].flags & hidden) == 0)
      visible[at].push_back(static_cast<std::uint16_t>(i));
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    ranges_[i].first = static_cast<std::uint16_t>(members_.size());
    ranges_[i].count = static_cast<std::uint16_t>(visible[i].size());
    members_.insert(members_.end(), visible[i].begin(), visible[i].end());
    THESPIS_ENSURE(rows_[i].run != nullptr || ranges_[i].count != 0);
  }
}

void command_table::add_name(std::string_view name, std::uint16_t container, std::uint16_t row) {
  THESPIS_ENSURE(look_up(name, container) == nullptr);
  names_[row] = name;
  containers_[row] = container;
  insert(row);
}

void command_table::insert(std::uint16_t row) {
  const std::string_view name = names_[row];
  const folded_name folded = fold_name(name, containers_[row]);
  std::uint64_t at = folded.hash & mask_;
  while (slots_[at].length != 0)
    at = (at + 1) & mask_;
  slots_[at] = {folded.head, row, containers_[row], static_cast<std::uint32_t>(name.size())};
}

renaming command_table::rename(std::string_view name, std::string_view new_name) {
  const command_spec* const spec = find(name);
  if (spec == nullptr)
    return renaming::no_such_command;
  const command_spec* const holder = find(new_name);
  if (holder != nullptr && holder != spec)
    return renaming::name_is_taken;
  const auto row = static_cast<std::uint16_t>(index_of(*spec));
  names_[row] = new_name;
  if (new_name.empty())
    std::erase(commands_, row);
  std::fill(slots_.begin(), slots_.end(), slot{});
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (!names_[i].empty())
      insert(static_cast<std::uint16_t>(i));
  return renaming::done;
}

const command_spec* command_table::look_up(std::string_view name,
                                           std::uint16_t container) const noexcept {
  if (name.empty())
    return nullptr;
  const folded_name folded = fold_name(name, container);
  for (std::uint64_t at = folded.hash & mask_;; at = (at + 1) & mask_) {
    const slot& here = slots_[at];
    if (here.length == 0)
      return nullptr;
    if (here.head != folded.head || here.length != name.size() || here.container != container)
      continue;
    if (name.size() <= 8
        || base::equals_nocase(name.substr(8), std::string_view{names_[here.row]}.substr(8)))
      return &rows_[here.row];
  }
}

const command_spec* command_table::find(std::string_view name) const noexcept {
  return look_up(name, top_level);
}

const command_spec* command_table::find_subcommand(const command_spec& container,
                                                   std::string_view name) const noexcept {
  return look_up(name, static_cast<std::uint16_t>(index_of(container)));
}

const command_spec* command_table::find_full_name(std::string_view name) const noexcept {
  const std::size_t bar = name.find('|');
  const command_spec* spec = find(name.substr(0, bar));
  if (spec != nullptr && bar != std::string_view::npos)
    spec = find_subcommand(*spec, name.substr(bar + 1));
  return spec != nullptr && (spec->flags & hidden) == 0 ? spec : nullptr;
}

resolved_command command_table::resolve(arguments request) const noexcept {
  const command_spec* spec = find(request[0]);
  if (spec == nullptr)
    return {};
  const member_range& members = ranges_[index_of(*spec)];
  if (members.has_rows && request.size() > 1) {
    const command_spec* const sub = find_subcommand(*spec, request[1]);
    const bool chosen = sub != nullptr
                        && ((sub->flags & hidden) == 0 || arity_fits(sub->arity, request.size()));
    if (chosen)
      spec = sub;
    else if (members.count != 0)
      return {spec, resolution::unknown_subcommand};
  }
  const bool fits = arity_fits(spec->arity, request.size());
  return {spec, fits ? resolution::ok : resolution::wrong_arity};
}

std::span<const std::uint16_t> command_table::subcommands(
  const command_spec& container) const noexcept {
  const member_range& range = ranges_[index_of(container)];
  return std::span{members_}.subspan(range.first, range.count);
}

} // namespace thespis::protocol
