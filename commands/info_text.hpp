#pragma once

/// The text of INFO while it is written: sections with a head line, a blank line between them, and
/// one "name:value" a line. Lines end with CR LF.

#include "base/time_units.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>

namespace thespis::commands {

class info_text {
public:
  void section(std::string_view title) {
    if (!text_.empty())
      text_ += "\r\n";
    fmt::format_to(std::back_inserter(text_), "# {}\r\n", title);
  }

  template <class T>
  void field(std::string_view name, const T& value) {
    fmt::format_to(std::back_inserter(text_), "{}:{}\r\n", name, value);
  }
  /// Booleans are 0 and 1.
  void field(std::string_view name, bool value) {
    field(name, value ? 1 : 0);
  }
  /// Two digits behind the point.
  void field(std::string_view name, double value) {
    fmt::format_to(std::back_inserter(text_), "{}:{:.2f}\r\n", name, value);
  }
  void percentage(std::string_view name, double value) {
    fmt::format_to(std::back_inserter(text_), "{}:{:.2f}%\r\n", name, value);
  }
  /// With six digits behind the point.
  void seconds(std::string_view name, std::int64_t us) {
    fmt::format_to(std::back_inserter(text_), "{}:{}.{:06}\r\n", name, us / base::us_per_s,
                   us % base::us_per_s);
  }
  /// The number, and `name`_human with a unit: 895.13K.
  void bytes(std::string_view name, std::uint64_t value) {
    field(name, value);
    fmt::format_to(std::back_inserter(text_), "{}_human:{}\r\n", name, human(value));
  }
  template <class... Ts>
  void line(fmt::format_string<Ts...> format, Ts&&... values) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Ts>(values)...);
    text_ += "\r\n";
  }

  const std::string& str() const noexcept {
    return text_;
  }

  /// With a unit: 895.13K.
  static std::string human(std::uint64_t value) {
    constexpr std::string_view units = "KMGTPE";
    constexpr double step = 1024;
    if (value < 1024)
      return fmt::format("{}B", value);
    auto scaled = static_cast<double>(value) / step;
    std::size_t unit = 0;
    for (; scaled >= step && unit + 1 < units.size(); ++unit)
      scaled /= step;
    return fmt::format("{:.2f}{}", scaled, units[unit]);
  }

private:
  std::string text_;
};

} // namespace thespis::commands
