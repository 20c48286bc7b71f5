/// BITFIELD and BITFIELD_RO: a list of steps on integers of any width within one string. All steps
/// are read before the first one runs, so a mistake in the last leaves the string as it was. They
/// are read a second time to run, which is cheaper than to remember them.

#include "types/bit_field.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "commands/bit_offset.hpp"
#include "commands/rows.hpp"
#include "commands/string_value.hpp"
#include "keyspace/command_context.hpp"
#include "protocol/errors.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::commands {

using keyspace::command_context;
using keyspace::event_class;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

/// GET type offset | SET type offset value | INCRBY type offset increment, under the OVERFLOW that
/// was named last.
struct field_step {
  enum class kind : std::uint8_t { get, set, increment };

  kind what = kind::get;
  types::overflow_rule rule = types::overflow_rule::wrap;
  types::bit_field field{};
  std::uint64_t offset = 0;
  /// The value to set or to add.
  std::int64_t value = 0;
};

class step_reader {
public:
  step_reader(command_context& ctx, arguments args) : ctx_(ctx), args_(args) {
  }

  /// Nothing at the end, or when the step is wrong: then the error has been replied.
  std::optional<field_step> next() {
    while (at_ < args_.size()) {
      const auto word = args_[at_];
      const auto follow = args_.size() - at_ - 1;
      if (follow >= 2 && base::equals_nocase(word, "get"))
        return read(field_step::kind::get);
      if (follow >= 3 && base::equals_nocase(word, "set"))
        return read(field_step::kind::set);
      if (follow >= 3 && base::equals_nocase(word, "incrby"))
        return read(field_step::kind::increment);
      if (follow < 1 || !base::equals_nocase(word, "overflow"))
        return fail(errors::syntax);
      if (!read_rule(args_[at_ + 1]))
        return fail(errors::invalid_overflow_type);
      at_ += 2;
    }
    return std::nullopt;
  }
  bool failed() const noexcept {
    return failed_;
  }

private:
  std::optional<field_step> read(field_step::kind what) {
    field_step step;
    step.what = what;
    step.rule = rule_;
    const auto field = types::bit_field::parse(args_[at_ + 1]);
    if (!field)
      return fail(errors::invalid_bit_field_type);
    step.field = *field;
    const auto offset = read_bit_offset(ctx_, args_[at_ + 2], field->bits);
    failed_ = !offset;
    if (failed_)
      return std::nullopt;
    step.offset = *offset;
    at_ += 3;
    if (what == field_step::kind::get)
      return step;
    const auto value = base::parse_int64(args_[at_++]);
    if (!value)
      return fail(errors::not_an_integer);
    step.value = *value;
    return step;
  }

  bool read_rule(std::string_view word) {
    if (base::equals_nocase(word, "wrap"))
      rule_ = types::overflow_rule::wrap;
    else if (base::equals_nocase(word, "sat"))
      rule_ = types::overflow_rule::saturate;
    else if (base::equals_nocase(word, "fail"))
      rule_ = types::overflow_rule::fail;
    else
      return false;
    return true;
  }

  std::nullopt_t fail(std::string_view why) {
    ctx_.reply.error(why);
    failed_ = true;
    return std::nullopt;
  }

  command_context& ctx_;
  arguments args_;
  std::size_t at_ = 2;
  types::overflow_rule rule_ = types::overflow_rule::wrap;
  bool failed_ = false;
};

/// What the steps need, before the first one runs.
struct step_summary {
  std::size_t count = 0;
  /// How many bytes the string must have for the steps that write; 0 if none does.
  std::uint64_t bytes_written = 0;
};

/// Nothing: the error has been replied.
std::optional<step_summary> summarize(command_context& ctx, arguments args) {
  step_summary summary;
  step_reader steps{ctx, args};
  while (const auto step = steps.next()) {
    ++summary.count;
    if (step->what != field_step::kind::get)
      summary.bytes_written = std::max(summary.bytes_written,
                                       step->field.bytes_needed(step->offset));
  }
  return steps.failed() ? std::nullopt : std::optional{summary};
}

void run_reading(command_context& ctx, arguments args, const step_summary& summary) {
  char scratch[24];
  const auto source = read_bits(ctx, args[1], scratch);
  if (!source)
    return;
  ctx.reply.array(summary.count);
  step_reader steps{ctx, args};
  while (const auto step = steps.next())
    ctx.reply.integer(step->field.read(source->bytes, step->offset));
}

/// Replies what the step replies. Returns whether it counts as a change: if the string has `grown`
/// anything that is written does.
bool run_step(command_context& ctx, const field_step& step, std::span<char> bytes, bool grown) {
  const auto& field = step.field;
  const auto old = field.read({bytes.data(), bytes.size()}, step.offset);
  if (step.what == field_step::kind::get) {
    ctx.reply.integer(old);
    return false;
  }
  const bool sets = step.what == field_step::kind::set;
  const auto value = sets ? types::fit(field, step.value, step.rule)
                          : types::add(field, old, step.value, step.rule);
  if (!value) {
    ctx.reply.null();
    return false;
  }
  field.write(bytes, step.offset, *value);
  ctx.reply.integer(sets ? old : *value);
  return grown || *value != old;
}

void run_writing(command_context& ctx, arguments args, const step_summary& summary) {
  const auto key = args[1];
  auto at = ctx.find_to_write(key);
  const bool found{at};
  if (found && is_wrong_type(ctx, at))
    return;
  const auto size = found ? at->size() : 0;
  const auto bytes = ctx.db(key).resize_string(at,
                                               std::max<std::size_t>(size, summary.bytes_written));
  const bool grown = bytes.size() != size;
  std::uint64_t changes = 0;
  ctx.reply.array(summary.count);
  step_reader steps{ctx, args};
  while (const auto step = steps.next())
    changes += run_step(ctx, *step, bytes, grown) ? 1 : 0;
  if (!found)
    ctx.also(event_class::new_key, "new", key);
  if (grown || changes != 0)
    ctx.did_several(event_class::string, "setbit", key, changes);
}

} // namespace

/// BITFIELD key [GET type offset | [OVERFLOW WRAP|SAT|FAIL] SET type offset value | INCRBY type
/// offset increment …] -> array of integers: the value read, the old one of SET, the new one of
/// INCRBY, null where OVERFLOW FAIL held a step back
/// Errors: syntax, type, offset, value, OVERFLOW, WRONGTYPE. Cost: O(number of steps).
void cmd_bitfield(command_context& ctx, arguments args) {
  const auto summary = summarize(ctx, args);
  if (!summary)
    return;
  if (summary->bytes_written == 0)
    run_reading(ctx, args, *summary);
  else
    run_writing(ctx, args, *summary);
}

/// BITFIELD_RO key [GET type offset …] -> array of integers
/// Errors: as BITFIELD, and any step that writes. Cost: O(number of steps).
void cmd_bitfield_ro(command_context& ctx, arguments args) {
  const auto summary = summarize(ctx, args);
  if (!summary)
    return;
  if (summary->bytes_written != 0)
    return ctx.reply.error(errors::bit_field_read_only);
  run_reading(ctx, args, *summary);
}

namespace {

using namespace thespis::protocol;

// clang-format off
constexpr key_spec bitfield_keys[] = {
  {.flags = key_rw | key_access | key_update | key_variable_flags, .position = 1,
   .notes = "This command allows both access and modification of the key"},
};

constexpr command_spec bit_field_table[] = {
  {.name = "bitfield", .arity = -2, .flags = write | denyoom, .acl = acl_bitmap,
   .keys = bitfield_keys, .keys_rule = key_rule::bitfield, .route = way::single,
   .run = cmd_bitfield, .group = command_group::bitmap, .since = "3.2.0",
   .complexity = "O(1) for each subcommand specified",
   .summary = "Reads, sets and counts with integers of any width within a string.",
   .syntax =
     "key [operation(GET get-block{encoding offset:integer}|write{[OVERFLOW "
     "overflow-block(WRAP|SAT|FAIL)] write-operation(SET set-block{encoding offset:integer "
     "value:integer}|INCRBY incrby-block{encoding offset:integer increment:integer})})...]"},
  {.name = "bitfield_ro", .arity = -2, .flags = readonly | fast, .acl = acl_bitmap,
   .keys = key_at<1, key_ro | key_access>, .route = way::single, .run = cmd_bitfield_ro,
   .group = command_group::bitmap, .since = "6.0.0",
   .complexity = "O(1) for each subcommand specified",
   .summary = "Reads integers of any width within a string.",
   .syntax = "key [GET... get-block{encoding offset:integer}]"},
};
// clang-format on

} // namespace

std::span<const protocol::command_spec> bit_field_rows() noexcept {
  return bit_field_table;
}

} // namespace thespis::commands
