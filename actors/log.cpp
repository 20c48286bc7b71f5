#include "actors/log.hpp"

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <span>
#include <system_error>

namespace thespis::actors::log {

namespace {

std::atomic<int> least_level{static_cast<int>(level::notice)};
std::atomic<int> descriptor{STDOUT_FILENO};

std::string time_stamp() {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  tm local{};
  ::localtime_r(&now.tv_sec, &local);
  std::array<char, 64> text{};
  const auto size = std::strftime(text.data(), text.size(), "%d %b %Y %H:%M:%S", &local);
  return fmt::format("{}.{:03}", std::string_view{text.data(), size}, now.tv_usec / 1000);
}

} // namespace

void set_level(level least) noexcept {
  least_level.store(static_cast<int>(least), std::memory_order_relaxed);
}

bool is_on(level which) noexcept {
  return static_cast<int>(which) >= least_level.load(std::memory_order_relaxed);
}

bool open(const std::string& path) {
  auto fd = STDOUT_FILENO;
  if (!path.empty()) {
    fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
      return false;
  }
  const auto old = descriptor.exchange(fd);
  // Another thread may be about to write to the old file: it stays open until the next change.
  static int retired = -1;
  if (retired > STDERR_FILENO)
    ::close(retired);
  retired = old;
  return true;
}

void write(level which, std::string_view text) noexcept try {
  auto line = fmt::format("{}:M {} {} {}\n", ::getpid(), time_stamp(),
                          ".-*#"[static_cast<std::size_t>(which)], text);
  for (auto& c : std::span{line.data(), line.size() - 1})
    if (c == '\n')
      c = ' ';
  [[maybe_unused]] auto n = ::write(descriptor.load(std::memory_order_relaxed), line.data(),
                                    line.size());
} catch (const std::bad_alloc&) {
  return;
}

void write(level which, fmt::string_view text, fmt::format_args values) noexcept try {
  write(which, fmt::vformat(text, values));
} catch (const std::bad_alloc&) {
  return;
}

bool rate_limit::allows(std::chrono::steady_clock::time_point now) noexcept {
  const auto asked = now.time_since_epoch();
  auto next = next_.load(std::memory_order_relaxed);
  return asked.count() >= next
         && next_.compare_exchange_strong(next, (asked + interval_).count(),
                                          std::memory_order_relaxed);
}

std::string system_error(int number) {
  return std::system_category().message(number);
}

std::string what(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "an exception of another kind";
  }
}

void write_last_words() noexcept {
  std::set_terminate([] {
    const auto thrown = std::current_exception();
    warning("Ending the process, because nobody expected this: {}",
            thrown ? what(thrown) : "no exception");
    std::abort();
  });
}

} // namespace thespis::actors::log
