#pragma once

#include "base/options.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::server {

/// Settings that are known, checked and shown, and wait for their feature.
struct settings_in_waiting {
  /// What somebody who relies on them has to know.
  std::string_view meaning;
  std::vector<base::option> options;
};

/// All of them. When a feature comes, its line goes.
std::span<const settings_in_waiting> settings_without_effect();

/// A sentence for each of them that has another value than its default, in the order of the table.
/// Saving is the default, so `save` counts if the configuration asks for it.
std::vector<std::string> explain_settings_without_effect(const base::options& settings);

} // namespace thespis::server
