#pragma once

/// Makes one reply out of the replies that several partitions gave to their shares of a request.
///
/// Works on encoded replies, so nothing is decoded that only has to be put in another place. An
/// error among the shares is the reply: shares of one request fail alike. Only memory may be there
/// for some of them and not for others: then the reply to a request that changes keys says so
/// (errors::out_of_memory_partly).

#include "base/byte_buffer.hpp"
#include "protocol/command_spec.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace thespis::protocol {

/// Appends the merged reply to `out`.
/// `changes`: whether the request does.
/// `shares`: the encoded reply of each partition that took part.
/// `order`: for merge::by_key, for each key of the request which share has its element; otherwise
/// empty. Cost: O(bytes), and O(elements) for merge::by_key.
/// Throws std::bad_alloc, with part of the reply perhaps written. REQUIRES: shares is not empty;
/// each is one complete reply.
void merge_replies(merge rule, bool changes, std::span<const std::string_view> shares,
                   std::span<const std::uint32_t> order, base::byte_buffer& out);

} // namespace thespis::protocol
