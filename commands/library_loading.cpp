#include "commands/library_loading.hpp"

#include "base/tick_clock.hpp"
#include "base/time_units.hpp"
#include "commands/shebang.hpp"
#include "scripting/host.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace thespis::commands {

namespace {

/// As in Redis.
constexpr std::uint64_t first_load_ns_max = 500 * base::ns_per_ms;
/// What has been loaded once is not to fail because the machine is busy.
constexpr std::uint64_t later_load_ns_max = 20 * first_load_ns_max;

/// What the body of a library may ask of the server: time, and to write to the log.
class loading_host final : public scripting::host {
public:
  loading_host(const script_stage& stage, bool is_first) noexcept
    : stage_(stage), is_first_(is_first), began_(base::tick_clock::read()) {
  }

  bool call(protocol::arguments, int, base::byte_buffer& reply) override {
    reply.append("-ERR Redis commands are not available while a library is loaded\r\n");
    return true;
  }
  verdict breathe() override {
    const auto ticks = base::tick_clock::elapsed(began_, base::tick_clock::read());
    const auto most = is_first_ ? first_load_ns_max : later_load_ns_max;
    return base::tick_clock::to_ns(ticks) < most ? verdict::go_on : verdict::end;
  }
  /// Once is enough.
  void log(int level, std::string_view text) override {
    using base::log_level;
    constexpr std::array levels{log_level::debug, log_level::verbose, log_level::notice,
                                log_level::warning};
    if (is_first_ && stage_.log)
      stage_.log(levels[static_cast<std::size_t>(std::clamp(level, 0, 3))], text);
  }
  std::optional<bool> may_call(protocol::arguments) override {
    return std::nullopt;
  }

private:
  const script_stage& stage_;
  bool is_first_;
  std::uint64_t began_;
};

bool has_same_functions(const scripting::library& which,
                        const std::vector<scripting::library_function>& seen) noexcept {
  return std::equal(seen.begin(), seen.end(), which.functions.begin(), which.functions.end(),
                    [](const auto& a, const auto& b) { return a.name == b.name; });
}

} // namespace

base::result<function_library::entry> load_library(script_stage& stage, std::string_view name,
                                                   std::string_view source) {
  auto made = std::make_shared<scripting::library>();
  made->id = stage.functions.next_id();
  made->name = name;
  made->source = source;
  loading_host host{stage, true};
  if (auto error = stage.engine.load(*made, host, script_flag_named, made->functions))
    return base::fault{*std::move(error)};
  return function_library::entry{std::move(made)};
}

std::optional<std::string> ensure_loaded(script_stage& stage, const scripting::library& which) {
  if (stage.engine.has_loaded(which.id)) [[likely]]
    return std::nullopt;
  std::vector<scripting::library_function> seen;
  loading_host host{stage, false};
  auto error = stage.engine.load(which, host, script_flag_named, seen);
  if (!error && !has_same_functions(which, seen)) {
    stage.engine.unload(which.id);
    error = "The library does not register the same functions each time that it is loaded";
  }
  return error;
}

} // namespace thespis::commands
