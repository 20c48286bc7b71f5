#pragma once

/// The server's log: one line per event, in the format that operators of Redis know:
///
///     4711:M 22 Nov 2026 12:00:00.123 * Ready to accept connections tcp
///     (process id : role)  (local time)  (level: . debug, - verbose, * notice, # warning)
///
/// A line is one write(2) to a descriptor opened for appending, so lines of several threads never
/// mix and no lock is needed. No ordinary request logs anything. A line that there is no memory for
/// is not written.

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <string>
#include <string_view>

namespace thespis::actors::log {

enum class level : int { debug = 0, verbose = 1, notice = 2, warning = 3, nothing = 4 };

/// Lines below it are dropped. From any thread.
void set_level(level least) noexcept;
bool is_on(level which) noexcept;

/// Where lines go from now on: a file (appended to), or standard output if `path` is empty. Returns
/// false, with errno, if the file cannot be opened; nothing changes then. From one thread at a
/// time.
bool open(const std::string& path);

/// Writes one line; line feeds in `text` become spaces.
void write(level which, std::string_view text) noexcept;

/// The same, from a format.
void write(level which, fmt::string_view text, fmt::format_args values) noexcept;

/// What errno means, in words.
std::string system_error(int number);

/// What an exception says.
std::string what(const std::exception_ptr& thrown);

/// From here on an exception that nobody catches is named in the log before the process aborts.
void write_last_words() noexcept;

/// For lines that a client can cause at will: lets one through, and the next one not before
/// `interval` is over, whoever asks. From any thread.
class rate_limit {
public:
  explicit constexpr rate_limit(std::chrono::seconds interval) noexcept : interval_(interval) {
  }

  bool allows(std::chrono::steady_clock::time_point now
              = std::chrono::steady_clock::now()) noexcept;

private:
  std::chrono::steady_clock::duration interval_;
  /// Time since the clock's epoch.
  std::atomic<std::chrono::steady_clock::rep> next_{0};
};

template <class... Ts>
void debug(fmt::format_string<Ts...> text, Ts&&... values) noexcept {
  if (is_on(level::debug))
    write(level::debug, text, fmt::make_format_args(values...));
}

template <class... Ts>
void verbose(fmt::format_string<Ts...> text, Ts&&... values) noexcept {
  if (is_on(level::verbose))
    write(level::verbose, text, fmt::make_format_args(values...));
}

template <class... Ts>
void notice(fmt::format_string<Ts...> text, Ts&&... values) noexcept {
  if (is_on(level::notice))
    write(level::notice, text, fmt::make_format_args(values...));
}

template <class... Ts>
void warning(fmt::format_string<Ts...> text, Ts&&... values) noexcept {
  if (is_on(level::warning))
    write(level::warning, text, fmt::make_format_args(values...));
}

} // namespace thespis::actors::log
