#include "protocol/reply_merge.hpp"

#include "base/ensure.hpp"
#include "base/number.hpp"
#include "protocol/errors.hpp"
#include "protocol/reply_writer.hpp"
#include "protocol/resp_value.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace thespis::protocol {

namespace {

/// The text between the type byte and the first CR LF.
std::string_view first_line(std::string_view reply) {
  auto end = reply.find('\r');
  THESPIS_ENSURE(end != std::string_view::npos && end > 0);
  return reply.substr(1, end - 1);
}

std::string_view behind_first_line(std::string_view reply) {
  return reply.substr(reply.find('\n') + 1);
}

std::int64_t count_in(std::string_view reply) {
  auto count = base::parse_int64(first_line(reply));
  THESPIS_ENSURE(count.has_value());
  return *count;
}

void add_up(std::span<const std::string_view> shares, reply_writer& out) {
  std::int64_t sum = 0;
  for (auto share : shares)
    sum += count_in(share);
  out.integer(sum);
}

/// Elements stay encoded; only the array headers go away.
void put_in_order(std::span<const std::string_view> shares, std::span<const std::uint32_t> order,
                  reply_writer& out) {
  std::vector<std::string_view> rest;
  rest.reserve(shares.size());
  for (auto share : shares)
    rest.push_back(behind_first_line(share));
  out.array(order.size());
  for (auto which : order) {
    auto size = skip_resp_value(rest[which]);
    THESPIS_ENSURE(size != 0);
    out.raw(rest[which].substr(0, size));
    rest[which].remove_prefix(size);
  }
}

void put_behind_each_other(std::span<const std::string_view> shares, reply_writer& out) {
  std::int64_t count = 0;
  for (auto share : shares)
    count += count_in(share);
  out.array(static_cast<std::size_t>(count));
  for (auto share : shares)
    out.raw(behind_first_line(share));
}

bool is_error(std::string_view reply) {
  return reply.front() == '-';
}

/// The error of all shares, or that some had no memory. Returns false if there is none.
bool put_error(bool changes, std::span<const std::string_view> shares, reply_writer& out) {
  const auto found = std::find_if(shares.begin(), shares.end(), is_error);
  if (found == shares.end())
    return false;
  if (changes && first_line(*found) == errors::out_of_memory
      && !std::all_of(shares.begin(), shares.end(), is_error))
    out.error(errors::out_of_memory_partly);
  else
    out.raw(*found);
  return true;
}

int hex_digit(char c) {
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/// Digests come as simple strings of 40 hex digits (DEBUG DIGEST).
void combine_digests(std::span<const std::string_view> shares, reply_writer& out) {
  constexpr std::size_t digits = 40;
  std::array<int, digits> sum{};
  for (auto share : shares) {
    auto text = first_line(share);
    THESPIS_ENSURE(text.size() == digits);
    for (std::size_t i = 0; i < digits; ++i)
      sum[i] ^= hex_digit(text[i]);
  }
  std::array<char, digits> text{};
  std::transform(sum.begin(), sum.end(), text.begin(),
                 [](int digit) { return "0123456789abcdef"[digit]; });
  out.simple({text.data(), text.size()});
}

} // namespace

void merge_replies(merge rule, bool changes, std::span<const std::string_view> shares,
                   std::span<const std::uint32_t> order, base::byte_buffer& buffer) {
  THESPIS_ENSURE(!shares.empty());
  reply_writer out{buffer, 2};
  if (put_error(changes, shares, out))
    return;
  switch (rule) {
    case merge::first:
      out.raw(shares.front());
      break;
    case merge::sum:
      add_up(shares, out);
      break;
    case merge::by_key:
      put_in_order(shares, order, out);
      break;
    case merge::concatenate:
      put_behind_each_other(shares, out);
      break;
    case merge::exclusive_or:
      combine_digests(shares, out);
      break;
  }
}

} // namespace thespis::protocol
