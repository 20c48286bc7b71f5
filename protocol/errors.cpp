#include "protocol/errors.hpp"

#include "base/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace thespis::protocol::errors {

namespace {

constexpr std::size_t quoted_chars_max = 128;

/// What a C string with a precision would show of `word`: it ends at a zero byte.
std::string_view shown(std::string_view word, std::size_t chars_max = std::string_view::npos) {
  return word.substr(0, std::min(word.find('\0'), chars_max));
}

std::string capitals(std::string_view word) {
  std::string out{word};
  std::transform(out.begin(), out.end(), out.begin(), base::upper);
  return out;
}

} // namespace

std::string unknown_command(std::string_view name, arguments args_behind_name) {
  std::string args;
  for (const auto arg : args_behind_name) {
    if (args.size() >= quoted_chars_max)
      break;
    fmt::format_to(std::back_inserter(args), "'{}' ", shown(arg, quoted_chars_max - args.size()));
  }
  return fmt::format("ERR unknown command '{}', with args beginning with: {}",
                     shown(name, quoted_chars_max), args);
}

std::string unknown_subcommand(std::string_view sub, std::string_view container) {
  return fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", shown(sub, quoted_chars_max),
                     capitals(container));
}

std::string wrong_subcommand(std::string_view sub, std::string_view container) {
  return fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                     shown(sub, quoted_chars_max), capitals(container));
}

std::string wrong_arity(std::string_view full_name) {
  return fmt::format("ERR wrong number of arguments for '{}' command", full_name);
}

std::string invalid_expire_time(std::string_view full_name) {
  return fmt::format("ERR invalid expire time in '{}' command", full_name);
}

std::string unsupported_option(std::string_view option) {
  return fmt::format("ERR Unsupported option {}", shown(option));
}

std::string out_of_bounds(std::int64_t min, std::int64_t max) {
  return fmt::format("ERR value is out of range, value must between {} and {}", min, max);
}

std::string hello_option(std::string_view option) {
  return fmt::format("ERR Syntax error in HELLO option '{}'", shown(option));
}

std::string invalid_client_info(std::string_view attribute) {
  return fmt::format("ERR {} cannot contain spaces, newlines or special characters.",
                     shown(attribute));
}

std::string unrecognized_option(std::string_view option) {
  return fmt::format("ERR Unrecognized option '{}'", shown(option));
}

std::string unknown_client_type(std::string_view type) {
  return fmt::format("ERR Unknown client type '{}'", shown(type));
}

std::string bitop_too_few_sources(std::string_view operation) {
  return fmt::format("ERR BITOP {} must be called with at least two source keys.", operation);
}

std::string invalid_coordinates(double longitude, double latitude) {
  return fmt::format("ERR invalid longitude,latitude pair {:f},{:f}", longitude, latitude);
}

std::string geo_center_missing(std::string_view name) {
  return fmt::format("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for {}", name);
}

std::string geo_shape_missing(std::string_view name) {
  return fmt::format("ERR exactly one of BYRADIUS and BYBOX can be specified for {}", name);
}

std::string unknown_pfdebug(std::string_view sub) {
  return fmt::format("ERR Unknown PFDEBUG subcommand '{}'", shown(sub));
}

std::string no_such_user(std::string_view user) {
  return fmt::format("ERR No such user '{}'", shown(user));
}

std::string tracking_prefix_overlaps(std::string_view prefix, std::string_view what,
                                     std::string_view other) {
  return fmt::format(
    "ERR Prefix '{}' overlaps with {} prefix '{}'. Prefixes for a single client must not overlap.",
    prefix, what, other);
}

std::string not_while_subscribed(std::string_view full_name) {
  return fmt::format(
    "ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / "
    "RESET are allowed in this context",
    full_name);
}

std::string exec_abort_because(std::string_view why) {
  return fmt::format("EXECABORT Transaction discarded because of: {}", why);
}

std::string unknown_config_option(std::string_view option) {
  return fmt::format("ERR Unknown option or number of arguments for CONFIG SET - '{}'",
                     shown(option));
}

std::string config_set_failed(std::string_view option, std::string_view why) {
  return fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}",
                     shown(option), shown(why));
}

std::string no_command_permission(std::string_view user, std::string_view full_name) {
  return fmt::format("NOPERM User {} has no permissions to run the '{}' command", shown(user),
                     full_name);
}

std::string aof_write_failed(std::string_view why) {
  return fmt::format("MISCONF Errors writing to the AOF file: {}", why);
}

std::string no_input_keys(std::string_view full_name) {
  return fmt::format("ERR at least 1 input key is needed for '{}' command", full_name);
}

std::string unbalanced_streams(std::string_view full_name, bool group) {
  return fmt::format("ERR Unbalanced '{}' list of streams: for each stream key an ID or '{}' must "
                     "be specified.",
                     full_name, group ? '>' : '$');
}

std::string no_key_or_group(std::string_view key, std::string_view group) {
  return fmt::format("NOGROUP No such key '{}' or consumer group '{}'", shown(key), shown(group));
}

std::string no_group_to_read(std::string_view key, std::string_view group) {
  return no_key_or_group(key, group) + " in XREADGROUP with GROUP option";
}

std::string no_such_group(std::string_view key, std::string_view group) {
  return fmt::format("NOGROUP No such consumer group '{}' for key name '{}'", shown(group),
                     shown(key));
}

std::string unrecognized_claim_option(std::string_view option) {
  return fmt::format("ERR Unrecognized XCLAIM option '{}'", shown(option));
}

} // namespace thespis::protocol::errors
