#include "commands/stream_read_request.hpp"

#include "commands/number_argument.hpp"
#include "protocol/argument_reader.hpp"
#include "protocol/errors.hpp"

#include <algorithm>

namespace thespis::commands {

using keyspace::command_context;
using protocol::argument_reader;
using protocol::arguments;
namespace errors = protocol::errors;

namespace {

class read_request_reader {
public:
  read_request_reader(command_context& ctx, arguments args, bool of_group) : ctx_(ctx), in_(args) {
    result_.of_group = of_group;
  }

  std::optional<read_request> read() {
    while (in_.more() && !result_.ids_at)
      read_option();
    if (!result_.ids_at)
      in_.fail(errors::syntax);
    if (result_.of_group && result_.group.data() == nullptr)
      in_.fail(errors::stream_group_missing);
    if (!in_.failed())
      return result_;
    ctx_.reply.error(in_.error());
    return std::nullopt;
  }

private:
  void read_option() {
    if (in_.option("BLOCK", 1))
      read_timeout();
    else if (in_.option("COUNT", 1))
      read_count();
    else if (in_.option("STREAMS", 1))
      read_streams();
    else if (in_.option("GROUP", 2))
      read_group();
    else if (in_.option("NOACK"))
      only_of_group(errors::stream_read_noack, [&] { result_.acknowledges = true; });
    else if (in_.option("CLAIM", 1))
      read_claim();
    else
      in_.fail(errors::syntax);
  }

  void read_timeout() {
    const auto ms = in_.integer(errors::timeout_not_an_integer);
    if (ms < 0)
      in_.fail(errors::timeout_negative);
    else if (ms > int64_max - ctx_.now.ms)
      in_.fail(errors::timeout_out_of_range);
    result_.until_ms = ms == 0 ? 0 : ctx_.now.ms + std::max<std::int64_t>(ms, 0);
  }

  void read_count() {
    const auto count = in_.integer();
    result_.count = count > 0 ? static_cast<std::uint64_t>(count)
                              : std::numeric_limits<std::uint64_t>::max();
  }

  void read_streams() {
    const auto words = in_.rest();
    if (words.size() % 2 != 0)
      return in_.fail(errors::unbalanced_streams(ctx_.spec->name, result_.of_group));
    result_.keys = words.first(words.size() / 2);
    result_.id_words = words.subspan(words.size() / 2);
    result_.ids_at = in_.position() + words.size() / 2;
  }

  void read_group() {
    const auto words = in_.next(2);
    only_of_group(errors::stream_read_group, [&] {
      result_.group = words[0];
      result_.consumer = words[1];
    });
  }

  void read_claim() {
    const auto idle = in_.integer(errors::stream_read_claim_idle);
    only_of_group(errors::stream_read_claim,
                  [&] { result_.claim_idle_ms = std::max<std::int64_t>(idle, 0); });
  }

  template <class Take>
  void only_of_group(std::string_view otherwise, Take&& take) {
    if (result_.of_group)
      take();
    else
      in_.fail(otherwise);
  }

  command_context& ctx_;
  argument_reader in_;
  read_request result_{};
};

} // namespace

std::optional<read_request> read_read_request(command_context& ctx, arguments args, bool of_group) {
  return read_request_reader{ctx, args, of_group}.read();
}

} // namespace thespis::commands
