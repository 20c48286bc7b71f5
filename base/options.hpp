#pragma once

/// The values of all settings. One actor owns the object: it alone changes settings, reads texts
/// and lists them. Numbers (booleans, sizes, choices, bits) may be read by any thread at any
/// moment; they are single relaxed atomics, so a reader sees either the old or the new value of
/// each, and nothing about the order of two changes.
///
/// Invariant: every value is valid for its row.

#include "base/option_checks.hpp"
#include "base/option_rows.hpp"
#include "base/result.hpp"

#include <array>
#include <atomic>
#include <bitset>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thespis::base {

class options {
public:
  /// Everything at its default.
  options();
  /// The same values, and no callbacks. For the owner of `from`.
  explicit options(const options& from);
  options& operator=(const options&) = delete;

  // -- reading numbers: any thread
  // ------------------------------------------------------------------

  /// The number of an option that has one; 0 for texts and word lists. Booleans are 0 or 1, choices
  /// the value of their enumeration, memory bytes (maxmemory-clients: a percentage if negative).
  std::int64_t get(option which) const noexcept {
    return numbers_[index(which)].load(std::memory_order_relaxed);
  }
  bool is_on(option which) const noexcept {
    return get(which) != 0;
  }
  /// For memory options, which use all 64 bits.
  std::uint64_t bytes(option which) const noexcept {
    return static_cast<std::uint64_t>(get(which));
  }
  /// For choices: `get_as<eviction_policy>(option::maxmemory_policy)`.
  template <class Enum>
  Enum get_as(option which) const noexcept {
    return static_cast<Enum>(get(which));
  }
  /// The limit of client-output-buffer-limit for a class of clients.
  output_limit output_limit_of(client_class cls) const noexcept;

  // -- reading anything: the owner alone
  // ------------------------------------------------------------

  /// The text of an option of type text or words; empty for others.
  const std::string& text(option which) const noexcept {
    return texts_[index(which)];
  }
  /// The value as CONFIG GET prints it.
  std::string formatted(option which) const;
  std::vector<save_point> save_points() const;
  std::vector<double> latency_percentiles() const;
  std::vector<std::string> bind_addresses() const;
  bool is_default(option which) const;
  /// Whether a line of the configuration has named it (`load`).
  bool is_loaded(option which) const {
    return loaded_.test(index(which));
  }

  using name_and_value = std::pair<std::string, std::string>;
  /// CONFIG GET: the options that match any of the patterns, in the patterns' order and then the
  /// table's, each name once. A pattern without a wildcard finds hidden options too, and is
  /// answered in the spelling of the request. Cost: O(patterns * options).
  std::vector<name_and_value> list(std::span<const std::string_view> patterns) const;

  // -- changing: the owner alone
  // --------------------------------------------------------------------

  struct setting {
    std::string_view name;
    std::string_view value;
  };
  /// What CONFIG SET depends on beside its arguments.
  struct change_origin {
    bool from_this_machine = false;
    bool while_loading = false;
  };
  /// CONFIG SET: all of the settings or none of them. The fault is the whole error reply ("ERR …").
  result<void> apply(std::span<const setting> settings, const change_origin& origin);
  result<void> apply(std::span<const setting> settings) {
    return apply(settings, change_origin{});
  }
  result<void> set(std::string_view name, std::string_view value);

  /// A line of the configuration file: also immutable options, no callbacks. Several lines of
  /// `save` add up, the first one replacing the default. The fault is the reason alone.
  result<void> load(std::string_view name, option_words words);

  /// Takes over what the server did itself (REPLICAOF, an absolute path of dir, a port that the
  /// system chose): no callbacks, no flags. The fault is the reason alone.
  result<void> adopt(option which, std::string_view value);

  /// Puts new values, which are stored already, into effect, or says why not.
  using change_callback = std::function<result<void>(const options&)>;
  /// From now on `apply` calls `callback` when any of these options got another value, once per
  /// apply. A refusal takes all the settings of that apply back; then the callbacks that had run,
  /// the refusing one included, run again with the old values, and their answers do not count. An
  /// option has one callback, the last one set.
  void on_change(std::initializer_list<option> which, change_callback callback);

private:
  static std::size_t index(option which) noexcept {
    return static_cast<std::size_t>(which);
  }

  struct change {
    named_option target;
    option_value before;
    option_value after;
  };
  /// The changes with their old values, or the error reply.
  result<std::vector<change>> plan(std::span<const setting> settings,
                                   const change_origin& origin) const;
  /// Reads the new values. The fault is the error reply.
  result<void> parse(std::span<const setting> settings, std::vector<change>& changes) const;
  result<void> run_callbacks(const std::vector<change>& changes);

  option_value value(option which) const;
  void store(option which, const option_value& value);

  std::array<std::atomic<std::int64_t>, option_count> numbers_{};
  std::array<std::string, option_count> texts_;
  struct atomic_limit {
    std::atomic<std::uint64_t> hard_bytes{0};
    std::atomic<std::uint64_t> soft_bytes{0};
    std::atomic<std::int64_t> soft_seconds{0};
  };
  std::array<atomic_limit, client_class_count> output_limits_;
  /// One past the index into callbacks_, or 0.
  std::array<std::size_t, option_count> callback_of_{};
  std::vector<change_callback> callbacks_;
  std::bitset<option_count> loaded_;
};

/// The default of an option.
const option_value& preset_of(option which);

/// Whether the value belongs neither into the slow log nor into MONITOR.
bool is_sensitive_option(std::string_view name);

} // namespace thespis::base
