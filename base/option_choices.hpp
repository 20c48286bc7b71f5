#pragma once

/// The options that take one name out of a few: the values in C++ and their names. The order of a
/// table is the order in which an error message lists the names; where two names share a value, the
/// first one is printed.

#include <cstdint>
#include <string_view>

namespace thespis::base {

/// A name of redis.conf and the number that the program works with.
struct choice {
  std::string_view name;
  std::int64_t value;

  template <class Enum>
  constexpr choice(std::string_view text, Enum number)
    : name(text), value(static_cast<std::int64_t>(number)) {
  }
};

enum class eviction_policy {
  volatile_lru,
  volatile_lfu,
  volatile_random,
  volatile_ttl,
  allkeys_lru,
  allkeys_lfu,
  allkeys_random,
  noeviction
};
inline constexpr choice eviction_policies[] = {
  {"volatile-lru", eviction_policy::volatile_lru},
  {"volatile-lfu", eviction_policy::volatile_lfu},
  {"volatile-random", eviction_policy::volatile_random},
  {"volatile-ttl", eviction_policy::volatile_ttl},
  {"allkeys-lru", eviction_policy::allkeys_lru},
  {"allkeys-lfu", eviction_policy::allkeys_lfu},
  {"allkeys-random", eviction_policy::allkeys_random},
  {"noeviction", eviction_policy::noeviction},
};

enum class fsync_policy { everysec, always, no };
inline constexpr choice fsync_policies[] = {
  {"everysec", fsync_policy::everysec},
  {"always", fsync_policy::always},
  {"no", fsync_policy::no},
};

enum class log_level { debug, verbose, notice, warning, nothing };
inline constexpr choice log_levels[] = {
  {"debug", log_level::debug},     {"verbose", log_level::verbose}, {"notice", log_level::notice},
  {"warning", log_level::warning}, {"nothing", log_level::nothing},
};

/// `local0` and its seven successors follow each other.
enum class syslog_facility { user, local0, local1, local2, local3, local4, local5, local6, local7 };
inline constexpr choice syslog_facilities[] = {
  {"user", syslog_facility::user},     {"local0", syslog_facility::local0},
  {"local1", syslog_facility::local1}, {"local2", syslog_facility::local2},
  {"local3", syslog_facility::local3}, {"local4", syslog_facility::local4},
  {"local5", syslog_facility::local5}, {"local6", syslog_facility::local6},
  {"local7", syslog_facility::local7},
};

enum class supervision { upstart, systemd, automatic, none };
inline constexpr choice supervisions[] = {
  {"upstart", supervision::upstart},
  {"systemd", supervision::systemd},
  {"auto", supervision::automatic},
  {"no", supervision::none},
};

enum class diskless_load { disabled, on_empty_db, swapdb };
inline constexpr choice diskless_loads[] = {
  {"disabled", diskless_load::disabled},
  {"on-empty-db", diskless_load::on_empty_db},
  {"swapdb", diskless_load::swapdb},
};

enum class oom_score_mode { no, relative, absolute };
inline constexpr choice oom_score_modes[] = {
  {"no", oom_score_mode::no},
  {"yes", oom_score_mode::relative},
  {"relative", oom_score_mode::relative},
  {"absolute", oom_score_mode::absolute},
};

enum class pubsub_default { allchannels, resetchannels };
inline constexpr choice pubsub_defaults[] = {
  {"allchannels", pubsub_default::allchannels},
  {"resetchannels", pubsub_default::resetchannels},
};

enum class payload_check { no, yes, clients };
inline constexpr choice payload_checks[] = {
  {"no", payload_check::no},
  {"yes", payload_check::yes},
  {"clients", payload_check::clients},
};

/// Who may use what could be abused: nobody, everybody, or clients of this machine.
enum class permission { no, yes, local };
inline constexpr choice permissions[] = {
  {"no", permission::no},
  {"yes", permission::yes},
  {"local", permission::local},
};

enum class endpoint_type { ip, hostname, unknown_endpoint };
inline constexpr choice endpoint_types[] = {
  {"ip", endpoint_type::ip},
  {"hostname", endpoint_type::hostname},
  {"unknown-endpoint", endpoint_type::unknown_endpoint},
};

enum class propagation_error { ignore, panic, panic_on_replicas };
inline constexpr choice propagation_errors[] = {
  {"ignore", propagation_error::ignore},
  {"panic", propagation_error::panic},
  {"panic-on-replicas", propagation_error::panic_on_replicas},
};

enum class tls_client_check { no, yes, optional };
inline constexpr choice tls_client_checks[] = {
  {"no", tls_client_check::no},
  {"yes", tls_client_check::yes},
  {"optional", tls_client_check::optional},
};

/// Bits of shutdown-on-sigint and shutdown-on-sigterm; several may be set.
enum class shutdown_flag { none = 0, save = 1, nosave = 2, now = 4, force = 8 };
inline constexpr choice shutdown_flags[] = {
  {"default", shutdown_flag::none},  {"save", shutdown_flag::save},
  {"nosave", shutdown_flag::nosave}, {"now", shutdown_flag::now},
  {"force", shutdown_flag::force},
};

/// Bits of notify-keyspace-events. The lower twelve are the classes of keyspace/effects.hpp.
namespace event_bits {

inline constexpr std::int64_t generic = 1 << 0;
inline constexpr std::int64_t string = 1 << 1;
inline constexpr std::int64_t list = 1 << 2;
inline constexpr std::int64_t set = 1 << 3;
inline constexpr std::int64_t hash = 1 << 4;
inline constexpr std::int64_t zset = 1 << 5;
inline constexpr std::int64_t expired = 1 << 6;
inline constexpr std::int64_t evicted = 1 << 7;
inline constexpr std::int64_t stream = 1 << 8;
inline constexpr std::int64_t key_miss = 1 << 9;
inline constexpr std::int64_t module = 1 << 10;
inline constexpr std::int64_t new_key = 1 << 11;
inline constexpr std::int64_t keyspace = 1 << 12;
inline constexpr std::int64_t keyevent = 1 << 13;
/// What the letter A stands for.
inline constexpr std::int64_t all = generic | string | list | set | hash | zset | expired | evicted
                                    | stream | module;

} // namespace event_bits

} // namespace thespis::base
