#include "base/option_rows.hpp"

#include "base/ascii.hpp"
#include "base/option_checks.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace thespis::base {

namespace {

using namespace option_checks;
using namespace option_flags;
using namespace option_grammars;
using namespace option_kinds;

/// An identifier with '-' for '_'; as a template's parameter it lives as long as the program.
template <std::size_t N>
struct hyphenated {
  char text[N];

  consteval hyphenated(const char (&identifier)[N]) {
    for (std::size_t i = 0; i < N; ++i)
      text[i] = identifier[i] == '_' ? '-' : identifier[i];
  }
};

template <hyphenated Name>
constexpr std::string_view name_of = {Name.text, sizeof(Name.text) - 1};

#define THESPIS_OPTION_ROW(identifier, ...) option_row{name_of<#identifier>, __VA_ARGS__},
constexpr std::array<option_row, option_count> rows{{THESPIS_OPTIONS(THESPIS_OPTION_ROW)}};
#undef THESPIS_OPTION_ROW

bool before_nocase(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return lower(x) < lower(y); });
}

std::vector<named_option> sorted_names() {
  std::vector<named_option> names;
  for (std::size_t i = 0; i < option_count; ++i) {
    names.push_back({static_cast<option>(i), rows[i].name});
    if (!rows[i].alias().empty())
      names.push_back({static_cast<option>(i), rows[i].alias()});
  }
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return before_nocase(a.name, b.name); });
  return names;
}

} // namespace

std::span<const option_row, option_count> option_rows() noexcept {
  return rows;
}

std::optional<named_option> find_option(std::string_view name) {
  static const auto names = sorted_names();
  const auto found = std::lower_bound(
    names.begin(), names.end(), name,
    [](const auto& one, std::string_view wanted) { return before_nocase(one.name, wanted); });
  if (found == names.end() || !equals_nocase(found->name, name))
    return {};
  return *found;
}

} // namespace thespis::base
