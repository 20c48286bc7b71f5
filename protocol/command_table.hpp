#pragma once

/// The command table: every row, found by name at the speed of a request.
///
/// The table copies the rows behind each other, so that a row's position is its dense index (for
/// arrays of statistics) and the rows of one container can be listed. Names are found in an open
/// addressing hash table whose slots hold the first eight letters in lower case: looking up a
/// command of up to eight letters compares one machine word and never touches the row.
///
/// Invariants: names are unique; the container of a subcommand has a row; the table does not change
/// after the last `rename`, which comes before the first client, so any thread may read it.

#include "protocol/arguments.hpp"
#include "protocol/command_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thespis::protocol {

/// What `resolve` found out about a request.
enum class resolution : std::uint8_t {
  ok,
  /// No such command; the row is null.
  unknown_command,
  /// The container exists, its subcommand does not; the row is the container's.
  unknown_subcommand,
  /// The row is right, the number of arguments is not.
  wrong_arity,
};

struct resolved_command {
  const command_spec* spec = nullptr;
  resolution outcome = resolution::unknown_command;

  friend bool operator==(const resolved_command&, const resolved_command&) = default;
};

/// What became of a wish for another name.
enum class renaming : std::uint8_t { done, no_such_command, name_is_taken };

class command_table {
public:
  /// No row may have a longer name. (What it is renamed to may be longer.)
  static constexpr std::size_t name_bytes_max = 40;

  /// Copies the rows of all spans. A row that breaks an invariant is our bug: it ends the process.
  explicit command_table(std::span<const std::span<const command_spec>> families);

  /// Lets clients find a command by `new_name` alone, or not at all if that is empty; its
  /// subcommands go with it. The row keeps its name, and so do replies, errors and statistics, as
  /// in Redis. Anything but `done` changed nothing. REQUIRES: nobody else uses the table. Cost:
  /// O(rows).
  renaming rename(std::string_view name, std::string_view new_name);

  /// The command of that name (any case), or null. Subcommands are not found here. Cost: O(1).
  const command_spec* find(std::string_view name) const noexcept;

  /// The subcommand of a container's row (any case; hidden rows too), or null. Cost: O(1).
  const command_spec* find_subcommand(const command_spec& container,
                                      std::string_view name) const noexcept;

  /// Finds "get" as well as "config|get", the form that COMMAND INFO and COMMAND DOCS take; never
  /// a hidden row.
  const command_spec* find_full_name(std::string_view name) const noexcept;

  /// The row that runs a request, or what is wrong with it. A hidden row is chosen only if its
  /// arity fits; otherwise its container's own handler gets the request and explains. REQUIRES:
  /// `request` is not empty.
  resolved_command resolve(arguments request) const noexcept;

  /// All rows, subcommands and hidden ones included. The index of a row here is `index_of`.
  std::span<const command_spec> rows() const noexcept {
    return rows_;
  }

  /// 0 <= index < rows().size(). REQUIRES: `spec` is a row of this table.
  std::size_t index_of(const command_spec& spec) const noexcept {
    return static_cast<std::size_t>(&spec - rows_.data());
  }

  /// Indexes of the commands that COMMAND shows, without subcommands.
  std::span<const std::uint16_t> commands() const noexcept {
    return commands_;
  }

  /// Indexes of a container's subcommands, without hidden ones; empty for any other command.
  std::span<const std::uint16_t> subcommands(const command_spec& container) const noexcept;

  /// Whether COMMAND shows subcommands of it.
  bool is_container(const command_spec& spec) const noexcept {
    return !subcommands(spec).empty();
  }

private:
  struct slot {
    /// The first eight bytes of the name in lower case, padded with zeros.
    std::uint64_t head = 0;
    std::uint16_t row = 0;
    /// The container's index, or `top_level`.
    std::uint16_t container = 0;
    /// Length of the name, without "container|". 0: a free slot.
    std::uint32_t length = 0;
  };

  /// Where a row's subcommands stand in `members_`, and whether it has any row under it at all.
  struct member_range {
    std::uint16_t first = 0;
    std::uint16_t count = 0;
    bool has_rows = false;
  };

  static constexpr std::uint16_t top_level = 0xffff;

  const command_spec* look_up(std::string_view name, std::uint16_t container) const noexcept;
  void add_name(std::string_view name, std::uint16_t container, std::uint16_t row);
  void add_subcommands();
  void insert(std::uint16_t row);

  std::vector<command_spec> rows_;
  /// By row: how clients call it, without "container|"; empty if they cannot.
  std::vector<std::string> names_;
  /// By row: the container's index, or `top_level`.
  std::vector<std::uint16_t> containers_;
  std::vector<std::uint16_t> commands_;
  std::vector<std::uint16_t> members_;
  std::vector<member_range> ranges_;
  std::vector<slot> slots_;
  std::uint64_t mask_ = 0;
};

} // namespace thespis::protocol
