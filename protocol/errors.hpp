#pragma once

/// The error replies, byte for byte those of Redis 7.2, because clients and their tests match on
/// them. Each begins with its code word; the '-' of the wire is the writer's. Texts with parameters
/// are functions at the end; they follow Redis' limits on what they quote.

#include "protocol/arguments.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace thespis::protocol::errors {

using text = std::string_view;

// -- values ---------------------------------------------------------------------------------------
inline constexpr text wrong_type
  = "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr text syntax = "ERR syntax error";
inline constexpr text not_an_integer = "ERR value is not an integer or out of range";
inline constexpr text not_a_float = "ERR value is not a valid float";
inline constexpr text out_of_range = "ERR value is out of range";
inline constexpr text not_positive = "ERR value is out of range, must be positive";
inline constexpr text index_out_of_range = "ERR index out of range";
inline constexpr text offset_out_of_range = "ERR offset is out of range";
inline constexpr text increment_overflow = "ERR increment or decrement would overflow";
inline constexpr text decrement_overflow = "ERR decrement would overflow";
inline constexpr text increment_not_finite = "ERR increment would produce NaN or Infinity";
inline constexpr text string_too_long
  = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
inline constexpr text invalid_bit_offset = "ERR bit offset is not an integer or out of range";
inline constexpr text invalid_bit = "ERR bit is not an integer or out of range";
inline constexpr text invalid_bit_argument = "ERR The bit argument must be 1 or 0.";
inline constexpr text invalid_cursor = "ERR invalid cursor";

// -- keys -----------------------------------------------------------------------------------------
inline constexpr text no_such_key = "ERR no such key";
inline constexpr text same_object = "ERR source and destination objects are the same";
inline constexpr text busy_key = "BUSYKEY Target key name already exists.";
inline constexpr text expire_nx_conflict
  = "ERR NX and XX, GT or LT options at the same time are not compatible";
inline constexpr text expire_gt_conflict
  = "ERR GT and LT options at the same time are not compatible";
inline constexpr text no_lfu_policy
  = "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that "
    "when switching between policies at runtime LRU and LFU data will take some time to adjust.";
inline constexpr text lfu_policy
  = "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when "
    "switching between policies at runtime LRU and LFU data will take some time to adjust.";
inline constexpr text invalid_restore_ttl = "ERR Invalid TTL value, must be >= 0";
inline constexpr text invalid_restore_idle_time = "ERR Invalid IDLETIME value, must be >= 0";
inline constexpr text invalid_restore_frequency = "ERR Invalid FREQ value, must be >= 0 and <= 255";
inline constexpr text wrong_dump_checksum = "ERR DUMP payload version or checksum are wrong";
inline constexpr text bad_dump_format = "ERR Bad data format";
inline constexpr text sort_not_a_double = "ERR One or more scores can't be converted into double";
inline constexpr text key_count_not_positive = "ERR numkeys should be greater than 0";
inline constexpr text key_count_too_large
  = "ERR Number of keys can't be greater than number of args";
inline constexpr text key_count_negative = "ERR Number of keys can't be negative";

// -- hashes ---------------------------------------------------------------------------------------
inline constexpr text hash_value_not_an_integer = "ERR hash value is not an integer";
inline constexpr text hash_value_not_a_float = "ERR hash value is not a float";
inline constexpr text increment_is_not_finite = "ERR value is NaN or Infinity";
inline constexpr text fields_missing
  = "ERR Mandatory argument FIELDS is missing or not at the right position";
inline constexpr text field_count_not_greater
  = "ERR Parameter `numFields` should be greater than 0";
inline constexpr text field_count_not_positive = "ERR Number of fields must be a positive integer";
inline constexpr text field_count_invalid = "ERR invalid number of fields";
inline constexpr text field_count_mismatch
  = "ERR The `numfields` parameter must match the number of arguments";
inline constexpr text negative_expire_time = "ERR invalid expire time, must be >= 0";
inline constexpr text missing_expire_time = "ERR missing expire time";
inline constexpr text one_field_condition = "ERR Only one of FXX or FNX arguments can be specified";
inline constexpr text one_field_expiry
  = "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified";

// -- bitmaps and HyperLogLog ----------------------------------------------------------------------
inline constexpr text bitop_not_one_source
  = "ERR BITOP NOT must be called with a single source key.";
inline constexpr text invalid_overflow_type = "ERR Invalid OVERFLOW type specified";
inline constexpr text invalid_bit_field_type
  = "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 "
    "is.";
inline constexpr text bit_field_read_only = "ERR BITFIELD_RO only supports the GET subcommand";
inline constexpr text not_a_hyperloglog = "WRONGTYPE Key is not a valid HyperLogLog string value.";
inline constexpr text corrupted_hyperloglog = "INVALIDOBJ Corrupted HLL object detected";
inline constexpr text hyperloglog_not_sparse = "ERR HLL encoding is not sparse";
inline constexpr text no_such_hyperloglog = "ERR The specified key does not exist";

// -- LCS ------------------------------------------------------------------------------------------
inline constexpr text lcs_not_strings = "ERR The specified keys must contain string values";
inline constexpr text lcs_both_outputs
  = "ERR If you want both the length and indexes, please just use IDX.";
inline constexpr text lcs_too_long = "ERR String too long for LCS";
inline constexpr text lcs_no_memory
  = "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";
inline constexpr text lcs_allocation_failed
  = "ERR Insufficient memory, failed allocating transient memory for LCS";

// -- sorted sets ----------------------------------------------------------------------------------
inline constexpr text zadd_xx_and_nx = "ERR XX and NX options at the same time are not compatible";
inline constexpr text zadd_gt_lt_nx
  = "ERR GT, LT, and/or NX options at the same time are not compatible";
inline constexpr text zadd_incr_single = "ERR INCR option supports a single increment-element pair";
inline constexpr text score_not_a_number = "ERR resulting score is not a number (NaN)";
inline constexpr text score_range_not_floats = "ERR min or max is not a float";
inline constexpr text lex_range_invalid = "ERR min or max not valid string range item";
inline constexpr text limit_without_by
  = "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX";
inline constexpr text scores_with_by_lex
  = "ERR syntax error, WITHSCORES not supported in combination with BYLEX";
inline constexpr text weight_not_a_float = "ERR weight value is not a float";
inline constexpr text limit_negative = "ERR LIMIT can't be negative";
inline constexpr text count_not_positive = "ERR count should be greater than 0";

// -- messages and CLIENT TRACKING -----------------------------------------------------------------
inline constexpr text takes_no_messages = "ERR This client has nobody who takes messages";
inline constexpr text monitor_denied = "ERR MONITOR isn't allowed for DENY BLOCKING client";
inline constexpr text ssubscribe_denied = "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client";
inline constexpr text not_while_monitoring = "ERR Replica can't interact with the keyspace";
inline constexpr text tracking_redirected_twice
  = "ERR A client can only redirect to a single other client";
inline constexpr text tracking_redirect_unknown
  = "ERR The client ID you want redirect to does not exist";
inline constexpr text tracking_prefix_without_bcast
  = "ERR PREFIX option requires BCAST mode to be enabled";
inline constexpr text tracking_bcast_switched
  = "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then "
    "re-enabling it with a different mode.";
inline constexpr text tracking_bcast_with_opt
  = "ERR OPTIN and OPTOUT are not compatible with BCAST";
inline constexpr text tracking_opt_both = "ERR You can't specify both OPTIN mode and OPTOUT mode";
inline constexpr text tracking_opt_switched
  = "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then "
    "re-enabling it with a different mode.";
inline constexpr text caching_without_tracking = "ERR CLIENT CACHING can be called only when the "
                                                 "client is in tracking mode with OPTIN or OPTOUT "
                                                 "mode enabled";
inline constexpr text caching_yes_without_optin
  = "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.";
inline constexpr text caching_no_without_optout
  = "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.";

// -- streams --------------------------------------------------------------------------------------
inline constexpr text invalid_stream_id
  = "ERR Invalid stream ID specified as stream command argument";
inline constexpr text stream_maxlen_negative = "ERR The MAXLEN argument must be >= 0.";
inline constexpr text stream_limit_negative = "ERR The LIMIT argument must be >= 0.";
inline constexpr text stream_two_trims
  = "ERR syntax error, MAXLEN and MINID options at the same time are not compatible";
inline constexpr text stream_limit_without_trim
  = "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy";
inline constexpr text stream_no_trim
  = "ERR syntax error, XTRIM must be called with a trimming strategy";
inline constexpr text stream_limit_of_exact_trim
  = "ERR syntax error, LIMIT cannot be used without the special ~ option";
inline constexpr text stream_id_zero = "ERR The ID specified in XADD must be greater than 0-0";
inline constexpr text stream_ids_exhausted
  = "ERR The stream has exhausted the last possible ID, unable to add more items";
inline constexpr text stream_id_too_small
  = "ERR The ID specified in XADD is equal or smaller than the target stream top item";
inline constexpr text stream_entry_too_large = "ERR Elements are too large to be stored";
inline constexpr text stream_invalid_start = "ERR invalid start ID for the interval";
inline constexpr text stream_invalid_end = "ERR invalid end ID for the interval";
inline constexpr text stream_added_negative = "ERR entries_added must be positive";
inline constexpr text stream_set_id_below_given_deleted
  = "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id";
inline constexpr text stream_set_id_below_deleted
  = "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id";
inline constexpr text stream_set_id_below_top
  = "ERR The ID specified in XSETID is smaller than the target stream top item";
inline constexpr text stream_added_below_length
  = "ERR The entries_added specified in XSETID is smaller than the target stream length";
inline constexpr text stream_read_group
  = "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.";
inline constexpr text stream_read_noack
  = "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.";
inline constexpr text stream_read_claim
  = "ERR The CLAIM option is only supported by XREADGROUP. You called XREAD instead.";
inline constexpr text stream_group_missing = "ERR Missing GROUP option for XREADGROUP";
inline constexpr text stream_new_id_in_group
  = "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of "
    "this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would "
    "just return an empty result set.";
inline constexpr text stream_last_id_in_group
  = "ERR The + ID is meaningless in the context of XREADGROUP: you want to read the history of "
    "this consumer by specifying a proper ID, or use the > ID to get new messages. The + ID would "
    "just return an empty result set.";
inline constexpr text stream_undelivered_without_group
  = "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> "
    "option.";
inline constexpr text stream_entries_read_negative
  = "ERR value for ENTRIESREAD must be positive or -1";
inline constexpr text stream_key_missing
  = "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use "
    "the MKSTREAM option to create an empty stream automatically.";
inline constexpr text stream_group_exists = "BUSYGROUP Consumer Group name already exists";
inline constexpr text stream_claim_idle = "ERR Invalid min-idle-time argument for XCLAIM";
inline constexpr text stream_claim_idle_option = "ERR Invalid IDLE option argument for XCLAIM";
inline constexpr text stream_claim_time_option = "ERR Invalid TIME option argument for XCLAIM";
inline constexpr text stream_claim_retry_option
  = "ERR Invalid RETRYCOUNT option argument for XCLAIM";
inline constexpr text stream_autoclaim_idle = "ERR Invalid min-idle-time argument for XAUTOCLAIM";
inline constexpr text stream_read_claim_idle = "ERR Invalid min-idle-time argument for XREADGROUP";
inline constexpr text stream_claim_count = "ERR COUNT must be > 0";
inline constexpr text stream_id_count = "ERR Number of IDs must be a positive integer";
inline constexpr text stream_id_count_mismatch
  = "ERR The `numids` parameter must match the number of arguments";
inline constexpr text stream_nack_retry_option = "ERR Invalid RETRYCOUNT option argument for XNACK";

// -- geo ------------------------------------------------------------------------------------------
inline constexpr text geo_unit = "ERR unsupported unit provided. please use M, KM, FT, MI";
inline constexpr text geo_radius_not_numeric = "ERR need numeric radius";
inline constexpr text geo_radius_negative = "ERR radius cannot be negative";
inline constexpr text geo_width_not_numeric = "ERR need numeric width";
inline constexpr text geo_height_not_numeric = "ERR need numeric height";
inline constexpr text geo_box_negative = "ERR height or width cannot be negative";
inline constexpr text geo_no_such_member = "ERR could not decode requested zset member";
inline constexpr text geo_count_not_positive = "ERR COUNT must be > 0";
inline constexpr text geo_any_without_count = "ERR the ANY argument requires COUNT argument";
inline constexpr text georadius_stores_no_details
  = "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options";
inline constexpr text geosearchstore_stores_no_details
  = "ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options";
/// Ours: Redis has no polygons.
inline constexpr text geo_too_few_vertices = "ERR BYPOLYGON needs at least 3 vertices";

// -- databases ------------------------------------------------------------------------------------
inline constexpr text invalid_db_index = "ERR DB index is out of range";
inline constexpr text invalid_first_db = "ERR invalid first DB index";
inline constexpr text invalid_second_db = "ERR invalid second DB index";
inline constexpr text select_in_cluster = "ERR SELECT is not allowed in cluster mode";
inline constexpr text swapdb_in_cluster = "ERR SWAPDB is not allowed in cluster mode";
inline constexpr text move_in_cluster = "ERR MOVE is not allowed in cluster mode";
inline constexpr text copy_in_cluster
  = "ERR Copying to another database is not allowed in cluster mode";

// -- connection -----------------------------------------------------------------------------------
inline constexpr text no_auth = "NOAUTH Authentication required.";
inline constexpr text wrong_pass = "WRONGPASS invalid username-password pair or user is disabled.";
inline constexpr text no_password_set
  = "ERR AUTH <password> called without any password configured for the default user. Are you sure "
    "your configuration is correct?";
inline constexpr text no_proto = "NOPROTO unsupported protocol version";
inline constexpr text invalid_proto = "ERR Protocol version is not an integer or out of range";
inline constexpr text hello_no_auth
  = "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
    "<proto> "
    "AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol "
    "version at the same time";
inline constexpr text invalid_client_name
  = "ERR Client names cannot contain spaces, newlines or special characters.";
inline constexpr text no_such_client = "ERR No such client";
inline constexpr text invalid_client_id = "ERR Invalid client ID";
inline constexpr text client_id_not_positive = "ERR client-id should be greater than 0";
inline constexpr text invalid_pause_mode = "ERR CLIENT PAUSE mode must be WRITE or ALL";
inline constexpr text unblocked = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
inline constexpr text timeout_not_an_integer = "ERR timeout is not an integer or out of range";
inline constexpr text timeout_not_a_float = "ERR timeout is not a float or out of range";
inline constexpr text timeout_negative = "ERR timeout is negative";
inline constexpr text timeout_out_of_range = "ERR timeout is out of range";
inline constexpr text no_journal_to_wait_for
  = "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";
inline constexpr text no_key_permission = "NOPERM No permissions to access a key";
inline constexpr text no_channel_permission = "NOPERM No permissions to access a channel";
/// What a stranger from another machine gets while the server has no password.
inline constexpr text protected_mode
  = "DENIED Redis is running in protected mode because protected mode is enabled and no password "
    "is "
    "set for the default user. In this mode connections are only accepted from the loopback "
    "interface. If you want to connect from external computers to Redis you may adopt one of the "
    "following solutions: 1) Just disable protected mode sending the command 'CONFIG SET "
    "protected-mode no' from the loopback interface by connecting to Redis from the same host the "
    "server is running, however MAKE SURE Redis is not publicly accessible from internet if you do "
    "so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable "
    "the "
    "protected mode by editing the Redis configuration file, and setting the protected mode option "
    "to 'no', and then restarting the server. 3) If you started the server manually just for "
    "testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication "
    "password for the default user. NOTE: You only need to do one of the above things in order for "
    "the server to start accepting connections from the outside.";
inline constexpr text too_many_clients = "ERR max number of clients reached";

// -- transactions ---------------------------------------------------------------------------------
inline constexpr text nested_multi = "ERR MULTI calls can not be nested";
inline constexpr text exec_without_multi = "ERR EXEC without MULTI";
inline constexpr text discard_without_multi = "ERR DISCARD without MULTI";
inline constexpr text watch_in_multi = "ERR WATCH inside MULTI is not allowed";
inline constexpr text not_in_transaction = "ERR Command not allowed inside a transaction";
inline constexpr text exec_abort = "EXECABORT Transaction discarded because of previous errors.";

// -- server ---------------------------------------------------------------------------------------
inline constexpr text oom = "OOM command not allowed when used memory > 'maxmemory'.";
/// An allocation failed. Ours: Redis ends then.
inline constexpr text out_of_memory = "OOM the server has not enough memory for this command";
/// The same of a request that was cut into shares, some of which have been run.
inline constexpr text out_of_memory_partly
  = "OOM the server had enough memory for some of the keys only, for those it has been done";
inline constexpr text loading = "LOADING Redis is loading the dataset in memory";
/// Redis says no more (its `shared.err`).
inline constexpr text save_failed = "ERR";
inline constexpr text misconf
  = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to "
    "disk. Commands that may modify the data set are disabled, because this instance is configured "
    "to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error "
    "option). "
    "Please check the Redis logs for details about the RDB error.";
inline constexpr text master_down
  = "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.";
inline constexpr text read_only = "READONLY You can't write against a read only replica.";
inline constexpr text no_replicas = "NOREPLICAS Not enough good replicas to write.";
inline constexpr text cluster_disabled = "ERR This instance has cluster support disabled";
inline constexpr text cross_slot = "CROSSSLOT Keys in request don't hash to the same slot";
inline constexpr text save_in_progress = "ERR Background save already in progress";
inline constexpr text rewrite_in_progress
  = "ERR Background append only file rewriting already in progress";
inline constexpr text rewrite_cannot_begin
  = "ERR Can't execute an AOF background rewriting. Please check the server logs for more "
    "information.";
inline constexpr text save_while_rewriting
  = "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in "
    "order to schedule a BGSAVE whenever possible.";
inline constexpr text no_config_file = "ERR The server is running without a config file";
inline constexpr text slowlog_count = "ERR count should be greater than or equal to -1";
inline constexpr text shutdown_failed = "ERR Errors trying to SHUTDOWN. Check logs.";
inline constexpr text no_shutdown = "ERR No shutdown in progress.";
inline constexpr text invalid_command = "ERR Invalid command specified";
inline constexpr text no_key_arguments = "ERR The command has no key arguments";
inline constexpr text invalid_command_arguments = "ERR Invalid arguments specified for command";
inline constexpr text invalid_command_arity
  = "ERR Invalid number of arguments specified for command";
inline constexpr text debug_not_allowed
  = "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you "
    "can "
    "run it from a local connection, otherwise you need to set this option in the configuration "
    "file, and then restart the server.";

// -- texts with parameters ----------------------------------------------------------------------
/// Quotes at most 128 characters of the name and 128 of all the arguments together.
std::string unknown_command(std::string_view name, arguments args_behind_name);
/// `container` in any case; it is shown in capitals. Quotes at most 128 characters of `sub`.
std::string unknown_subcommand(std::string_view sub, std::string_view container);
/// The text that a subcommand's own argument check gives.
std::string wrong_subcommand(std::string_view sub, std::string_view container);
/// `full_name` in lower case, "client|kill" for a subcommand.
std::string wrong_arity(std::string_view full_name);
/// `what`: "an existing" or "another provided".
std::string tracking_prefix_overlaps(std::string_view prefix, std::string_view what,
                                     std::string_view other);
/// `full_name` in lower case.
std::string invalid_expire_time(std::string_view full_name);
std::string unsupported_option(std::string_view option);
std::string out_of_bounds(std::int64_t min, std::int64_t max);
std::string hello_option(std::string_view option);
/// CLIENT SETINFO: `attribute` is "lib-name" or "lib-ver" in the client's own spelling.
std::string invalid_client_info(std::string_view attribute);
std::string unrecognized_option(std::string_view option);
std::string unknown_client_type(std::string_view type);
/// BITOP: `operation` in capitals.
std::string bitop_too_few_sources(std::string_view operation);
/// ZUNION and its like.
std::string no_input_keys(std::string_view full_name);
/// `full_name` in lower case.
std::string unbalanced_streams(std::string_view full_name, bool group);
/// XPENDING, XCLAIM and their like.
std::string no_key_or_group(std::string_view key, std::string_view group);
std::string no_group_to_read(std::string_view key, std::string_view group);
/// XGROUP and XINFO.
std::string no_such_group(std::string_view key, std::string_view group);
std::string unrecognized_claim_option(std::string_view option);
std::string invalid_coordinates(double longitude, double latitude);
/// GEOSEARCH: `name` in the client's own spelling.
std::string geo_center_missing(std::string_view name);
std::string geo_shape_missing(std::string_view name);
std::string unknown_pfdebug(std::string_view sub);
std::string no_such_user(std::string_view user);
std::string not_while_subscribed(std::string_view full_name);
std::string exec_abort_because(std::string_view why);
std::string unknown_config_option(std::string_view option);
std::string config_set_failed(std::string_view option, std::string_view why);
std::string no_command_permission(std::string_view user, std::string_view full_name);
std::string aof_write_failed(std::string_view why);

} // namespace thespis::protocol::errors
