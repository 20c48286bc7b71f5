#include "protocol/argument_reader.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace thespis::protocol {

std::string_view argument_reader::next() {
  if (failed())
    return {};
  if (at_ == args_.size()) {
    fail(errors::syntax);
    return {};
  }
  return args_[at_++];
}

arguments argument_reader::next(std::size_t count) {
  if (failed())
    return {};
  if (count > left()) {
    fail(errors::syntax);
    return {};
  }
  at_ += count;
  return args_.subspan(at_ - count, count);
}

bool argument_reader::option(std::string_view name) noexcept {
  if (!more() || !base::equals_nocase(args_[at_], name))
    return false;
  ++at_;
  return true;
}

std::int64_t argument_reader::integer(std::string_view why) {
  const auto value = base::parse_int64(next());
  if (!value)
    fail(why);
  return value.value_or(0);
}

std::int64_t argument_reader::integer_in(std::int64_t min, std::int64_t max, std::string_view why) {
  const auto value = integer(why.empty() ? errors::not_an_integer : why);
  if (failed())
    return 0;
  if (value >= min && value <= max)
    return value;
  if (why.empty())
    fail(errors::out_of_bounds(min, max));
  else
    fail(why);
  return 0;
}

std::int32_t argument_reader::small_integer(std::string_view why) {
  using limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(integer_in(limits::min(), limits::max(), why));
}

std::uint64_t argument_reader::unsigned_integer(std::string_view why) {
  const auto value = base::parse_uint64(next());
  if (!value)
    fail(why);
  return value.value_or(0);
}

double argument_reader::number(std::string_view why) {
  const auto value = base::parse_double(next());
  if (!value)
    fail(why);
  return value.value_or(0);
}

long double argument_reader::long_number(std::string_view why) {
  const auto value = base::parse_long_double(next());
  if (!value)
    fail(why);
  return value.value_or(0);
}

} // namespace thespis::protocol
