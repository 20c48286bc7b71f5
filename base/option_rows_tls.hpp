#pragma once

/// Encrypted connections. See option_rows.hpp.

// clang-format off
#define THESPIS_TLS_OPTIONS(ROW) \
  ROW(tls_port,                  integer("0", 0, 65535)) \
  ROW(tls_cert_file,             text(""), nullable) \
  ROW(tls_key_file,              text(""), nullable) \
  ROW(tls_key_file_pass,         text(""), sensitive | nullable) \
  ROW(tls_client_cert_file,      text(""), nullable) \
  ROW(tls_client_key_file,       text(""), nullable) \
  ROW(tls_client_key_file_pass,  text(""), sensitive | nullable) \
  ROW(tls_dh_params_file,        text(""), nullable) \
  ROW(tls_ca_cert_file,          text(""), nullable) \
  ROW(tls_ca_cert_dir,           text(""), nullable) \
  ROW(tls_auth_clients,          one_of(tls_client_checks, "yes")) \
  ROW(tls_replication,           boolean("no")) \
  ROW(tls_cluster,               boolean("no")) \
  ROW(tls_protocols,             text(""), nullable) \
  ROW(tls_ciphers,               text(""), nullable) \
  ROW(tls_ciphersuites,          text(""), nullable) \
  ROW(tls_prefer_server_ciphers, boolean("no")) \
  ROW(tls_session_caching,       boolean("yes")) \
  ROW(tls_session_cache_size,    integer("20480", 0, int_max)) \
  ROW(tls_session_cache_timeout, integer("300", 0, int_max))
// clang-format on
