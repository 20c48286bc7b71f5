#pragma once

/// Who may do what. See option_rows.hpp.

// clang-format off
#define THESPIS_ACCESS_OPTIONS(ROW) \
  ROW(protected_mode,           boolean("yes")) \
  ROW(requirepass,              text("").binary(), sensitive | nullable) \
  ROW(aclfile,                  text(""), immutable) \
  ROW(acllog_max_len,           integer("128", 0, int64_max)) \
  ROW(acl_pubsub_default,       one_of(pubsub_defaults, "resetchannels")) \
  ROW(enable_protected_configs, one_of(permissions, "no"), immutable) \
  ROW(enable_debug_command,     one_of(permissions, "no"), immutable) \
  ROW(enable_module_command,    one_of(permissions, "no"), immutable) \
  ROW(sanitize_dump_payload,    one_of(payload_checks, "no"))
// clang-format on
