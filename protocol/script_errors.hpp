#pragma once

/// The error replies of scripts and functions, and of those who have to wait for one; see
/// protocol/errors.hpp.

#include "protocol/errors.hpp"

namespace thespis::protocol::errors {

inline constexpr text not_from_script = "ERR This Redis command is not allowed from script";
inline constexpr text script_unknown_command = "ERR Unknown Redis command called from script";
inline constexpr text script_wrong_arity
  = "ERR Wrong number of args calling Redis command from script";
inline constexpr text script_read_only
  = "ERR Write commands are not allowed from read-only scripts.";
inline constexpr text script_may_write
  = "ERR Can not execute a script with write flag using *_ro command.";
inline constexpr text script_needs_memory
  = "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'";
inline constexpr text script_flush_mode = "ERR SCRIPT FLUSH only support SYNC|ASYNC option";
/// Ours: Redis has it for clusters, with other words.
inline constexpr text script_undeclared_key
  = "ERR Script attempted to access a key that it had not declared";
inline constexpr text no_function = "ERR Function not found";
inline constexpr text bad_key_count = "ERR Bad number of keys provided";
inline constexpr text no_library = "ERR Library not found";
inline constexpr text no_library_pattern = "ERR library name argument was not given";
inline constexpr text function_flush_mode = "ERR FUNCTION FLUSH only supports SYNC|ASYNC option";
inline constexpr text function_restore_policy
  = "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.";
inline constexpr text no_script = "NOSCRIPT No matching script. Please use EVAL.";
inline constexpr text busy
  = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
inline constexpr text busy_function
  = "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.";
inline constexpr text not_busy = "NOTBUSY No scripts in execution right now.";
inline constexpr text unkillable
  = "UNKILLABLE Sorry the script already executed write commands against the dataset. You can "
    "either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE "
    "command.";

} // namespace thespis::protocol::errors
