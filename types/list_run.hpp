#pragma once

/// Elements of a list that lie one behind the other in memory, as whoever reads many of them gets
/// them: a view into the list, valid until it changes.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace thespis::types {

class list_run {
public:
  /// A length up to here takes one byte.
  static constexpr std::size_t short_max = 252;
  /// What announces two bytes of length.
  static constexpr unsigned char wide_mark = 253;

  struct element {
    std::size_t head;
    std::size_t size;
    const char* at;

    std::string_view content() const noexcept {
      return {at + head, size};
    }
  };
  /// The element whose length begins at `at`.
  static element read(const char* at) noexcept {
    const auto first = static_cast<unsigned char>(*at);
    if (first <= short_max) [[likely]]
      return {1, first, at};
    std::uint16_t size;
    std::memcpy(&size, at + 1, sizeof size);
    return {3, size, at};
  }

  class iterator {
  public:
    std::string_view operator*() const noexcept {
      return now_;
    }
    iterator& operator++() noexcept {
      const auto* const next = now_.data() + now_.size();
      if (--left_ != 0)
        now_ = read(next).content();
      return *this;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.left_ == b.left_;
    }

  private:
    friend class list_run;
    iterator(std::string_view now, std::size_t left) noexcept : now_(now), left_(left) {
    }
    std::string_view now_;
    std::size_t left_;
  };

  /// `count` elements from `at` on that take `bytes`; memory may be read up to `readable_end`.
  list_run(const char* at, std::size_t count, std::size_t bytes, const char* readable_end) noexcept
    : first_(read(at).content()), count_(count), bytes_(bytes), readable_end_(readable_end) {
  }
  /// One element, of any size.
  explicit list_run(std::string_view alone) noexcept
    : first_(alone), count_(1), bytes_(alone.size()), readable_end_(alone.data() + alone.size()) {
  }

  std::size_t size() const noexcept {
    return count_;
  }
  /// Not less than the sizes of all elements together.
  std::size_t bytes() const noexcept {
    return bytes_;
  }
  /// Until where memory may be read (it means nothing behind the elements), for those who copy in
  /// steps of fixed size.
  const char* readable_end() const noexcept {
    return readable_end_;
  }
  iterator begin() const noexcept {
    return {first_, count_};
  }
  iterator end() const noexcept {
    return {{}, 0};
  }

private:
  std::string_view first_;
  std::size_t count_;
  std::size_t bytes_;
  const char* readable_end_;
};

} // namespace thespis::types
