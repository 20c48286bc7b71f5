#pragma once

/// The blocks in which Redis keeps small collections, and writes them into its files as one string:
/// elements one behind the other, each a text or an integer. There are three kinds, read alike:
///
///     ziplist     Redis 2.6 to 6.2
///     listpack    Redis 5.0 and later
///     zipmap      hashes, before Redis 2.6
///
/// The input is not trusted: nothing outside of the block is read, and a block that is not
/// consistent in itself is refused, at its end at the latest. Source: the listpack specification;
/// Redis, "RDB file format".

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thespis::persistence {

/// Room for the digits of an integer.
using digits = char[24];

/// The elements of a block in their order.
class packed_reader {
public:
  packed_reader(const packed_reader&) = delete;
  packed_reader& operator=(const packed_reader&) = delete;

  /// The next element; nothing at the end, and from where on the block is broken. A view of the
  /// block, or of `scratch`.
  virtual std::optional<std::string_view> next(digits& scratch) = 0;
  /// Whether the end was reached as it should be. REQUIRES: next() has returned nothing.
  bool is_whole() const noexcept {
    return whole_;
  }

protected:
  packed_reader() = default;
  ~packed_reader() = default;
  std::nullopt_t end_whole() noexcept {
    whole_ = true;
    return std::nullopt;
  }

private:
  bool whole_ = false;
};

/// All bytes of a block from a place on.
class block_rest {
public:
  explicit block_rest(std::string_view block) noexcept : rest_(block) {
  }
  std::size_t size() const noexcept {
    return rest_.size();
  }
  /// The next byte without taking it. REQUIRES: there is one.
  std::uint8_t first() const noexcept {
    return static_cast<std::uint8_t>(rest_.front());
  }
  std::optional<std::string_view> take(std::size_t count) noexcept {
    if (count > rest_.size())
      return std::nullopt;
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

private:
  std::string_view rest_;
};

} // namespace thespis::persistence
