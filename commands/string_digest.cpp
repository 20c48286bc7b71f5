#include "commands/string_digest.hpp"

#include "base/ascii.hpp"
#include "commands/string_value.hpp"

#include <xxhash.h>

namespace thespis::commands {

std::array<char, digest_digits> digest_of(std::string_view bytes) noexcept {
  auto rest = XXH3_64bits(bytes.data(), bytes.size());
  std::array<char, digest_digits> out;
  for (auto at = out.rbegin(); at != out.rend(); ++at, rest >>= 4)
    *at = "0123456789abcdef"[rest & 15];
  return out;
}

bool is_digest(keyspace::command_context& ctx, std::string_view text) {
  if (text.size() == digest_digits)
    return true;
  ctx.reply.error("ERR must be exactly 16 hexadecimal characters");
  return false;
}

bool meets(set_condition condition, const keyspace::database::slot& at, std::string_view compared) {
  const auto equals = [&] {
    char scratch[24];
    return at && at->text(scratch) == compared;
  };
  const auto digest_equals = [&] {
    if (!at)
      return false;
    char scratch[24];
    const auto digest = digest_of(at->text(scratch));
    return base::equals_nocase({digest.data(), digest.size()}, compared);
  };
  switch (condition) {
    case set_condition::none:
      return true;
    case set_condition::missing:
      return !at;
    case set_condition::present:
      return static_cast<bool>(at);
    case set_condition::equal:
      return equals();
    case set_condition::not_equal:
      return !equals();
    case set_condition::digest_equal:
      return digest_equals();
    case set_condition::digest_not_equal:
      return !digest_equals();
  }
  return false;
}

} // namespace thespis::commands
