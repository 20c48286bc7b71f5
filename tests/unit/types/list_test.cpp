#include "types/list.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using thespis::base::random_bits;
using thespis::types::list;
using thespis::types::list_chunk;
using thespis::types::list_run;
using thespis::types::listpack_element_bytes;
using thespis::types::listpack_limit;

namespace {

using strings = std::vector<std::string>;

strings content(const list& value, std::size_t first, std::size_t count) {
  strings all;
  value.for_each_run(first, count, [&](const list_run& run) {
    std::size_t bytes = 0;
    for (auto element : run) {
      all.emplace_back(element);
      bytes += element.size();
    }
    CHECK(run.bytes() >= bytes);
    return true;
  });
  return all;
}

strings content(const list& value) {
  return content(value, 0, value.size());
}

strings backwards(const list& value) {
  strings all;
  value.for_each_backward([&](std::string_view element) {
    all.emplace_back(element);
    return true;
  });
  std::reverse(all.begin(), all.end());
  return all;
}

/// What a list does, done simply.
struct model {
  strings elements;

  std::size_t remove(const std::string& element, std::size_t most, bool from_back) {
    std::size_t removed = 0;
    const auto step = [&](std::size_t i) {
      if (removed == most || elements[i] != element)
        return false;
      elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(i));
      ++removed;
      return true;
    };
    if (from_back) {
      for (auto i = elements.size(); i > 0; --i)
        step(i - 1);
    } else {
      for (std::size_t i = 0; i < elements.size();)
        i += step(i) ? 0 : 1;
    }
    return removed;
  }
  std::size_t listpack_bytes() const {
    std::size_t bytes = 7;
    for (const auto& element : elements)
      bytes += listpack_element_bytes(element);
    return bytes;
  }
};

/// A list and its model, under the same random changes.
class twins {
public:
  twins(std::size_t seed, int limit, std::size_t large_every)
    : random_(seed), limit_(limit), large_every_(large_every) {
  }

  void step(bool grow) {
    const auto n = model_.elements.size();
    switch (random_.next() % 16) {
      case 0:
      case 1:
      case 2:
        return grow || n == 0 ? push(true, 1 + random_.next() % 9) : pop(true, random_.next() % 9);
      case 3:
      case 4:
      case 5:
        return grow || n == 0 ? push(false, 1 + random_.next() % 9)
                              : pop(false, random_.next() % 9);
      case 6:
        return push(random_.next() % 2 == 0, 1);
      case 7:
        return pop(random_.next() % 2 == 0, 1);
      case 8:
      case 9:
        return insert();
      case 10:
        return erase();
      case 11:
        return set();
      case 12:
        return random_.next() % 8 == 0 ? remove() : set();
      case 13:
        return random_.next() % 16 == 0 ? keep() : look();
      default:
        return look();
    }
  }

  void check() {
    REQUIRE(list_.size() == model_.elements.size());
    REQUIRE(backwards(list_) == model_.elements);
    REQUIRE(content(list_) == model_.elements);
    const auto copy = list_.copy();
    REQUIRE(content(copy) == model_.elements);
    REQUIRE(copy.encoding_name() == list_.encoding_name());
    list_ = list::adopt(list_.release());
    REQUIRE((list_.memory_bytes() == 0) == model_.elements.empty());
  }

private:
  std::size_t position(std::size_t n) {
    return random_.next() % n;
  }
  std::string element() {
    static constexpr std::size_t large[] = {252, 253, 300, 900, 1024, 1025, 3000, 70000};
    if (random_.next() % 8 == 0)
      return std::to_string(static_cast<std::int64_t>(random_.next() >> random_.next() % 64)
                            * (random_.next() % 2 == 0 ? 1 : -1));
    const auto size = random_.next() % large_every_ == 0 ? large[random_.next() % 8]
                                                         : random_.next() % 24;
    // Few letters, so that elements are equal now and then.
    return std::string(size, static_cast<char>('a' + random_.next() % 3));
  }
  void expect_name() {
    REQUIRE(list_.encoding_name() == (quicklist_ ? "quicklist" : "listpack"));
  }
  void growing(std::size_t bytes, std::size_t count) {
    list_.growing(limit_, bytes, count);
    if (model_.listpack_bytes() + bytes > limit_.bytes_max()
        || model_.elements.size() + count > limit_.count_max())
      quicklist_ = true;
    expect_name();
  }
  void shrunk() {
    if (model_.elements.empty()) { // the entry would be deleted
      list_ = list::adopt(list_.release());
      quicklist_ = false;
      return;
    }
    list_.shrunk(limit_);
    if (model_.listpack_bytes() <= limit_.bytes_to_return()
        && model_.elements.size() <= limit_.count_to_return())
      quicklist_ = false;
    expect_name();
  }
  auto at(std::size_t index) {
    return model_.elements.begin() + static_cast<std::ptrdiff_t>(index);
  }

  void push(bool front, std::size_t count) {
    for (; count > 0; --count) {
      const auto added = element();
      growing(added.size(), 1);
      if (front)
        list_.push_front(added);
      else
        list_.push_back(added);
      model_.elements.insert(front ? model_.elements.begin() : model_.elements.end(), added);
    }
  }
  void pop(bool front, std::size_t count) {
    count = std::min(count, model_.elements.size());
    for (; count > 0; --count) {
      REQUIRE((front ? list_.front() : list_.back())
              == (front ? model_.elements.front() : model_.elements.back()));
      if (front)
        list_.pop_front();
      else
        list_.pop_back();
      model_.elements.erase(front ? model_.elements.begin() : model_.elements.end() - 1);
    }
    shrunk();
  }
  void insert() {
    const auto index = position(model_.elements.size() + 1);
    const auto added = element();
    growing(added.size(), 1);
    list_.insert(index, added);
    model_.elements.insert(at(index), added);
  }
  void erase() {
    if (model_.elements.empty())
      return;
    const auto index = position(model_.elements.size());
    list_.erase(index);
    model_.elements.erase(at(index));
    shrunk();
  }
  void set() {
    if (model_.elements.empty())
      return;
    const auto index = position(model_.elements.size());
    const auto added = element();
    growing(added.size(), 1);
    list_.set(index, added);
    model_.elements[index] = added;
    shrunk();
  }
  void remove() {
    const auto gone = element();
    const auto most = random_.next() % 3 == 0 ? std::size_t{1} << 40 : random_.next() % 5;
    const bool from_back = random_.next() % 2 == 0;
    const auto removed = from_back ? list_.remove_last(gone, most) : list_.remove_first(gone, most);
    REQUIRE(removed == model_.remove(gone, most, from_back));
    if (removed != 0)
      shrunk();
  }
  void keep() {
    const auto n = model_.elements.size();
    const auto first = position(n + 1);
    const auto count = position(n - first + 1);
    list_.keep(first, count);
    model_.elements.erase(at(first + count), model_.elements.end());
    model_.elements.erase(model_.elements.begin(), at(first));
    shrunk();
  }
  void look() {
    const auto n = model_.elements.size();
    if (n == 0)
      return;
    const auto first = position(n);
    REQUIRE(list_.at(first) == model_.elements[first]);
    const auto count = position(n - first + 1);
    REQUIRE(content(list_, first, count) == strings(at(first), at(first + count)));
  }

  random_bits random_;
  listpack_limit limit_;
  std::size_t large_every_;
  list list_;
  model model_;
  bool quicklist_ = false;
};

} // namespace

TEST_CASE("a list without elements has no block", "[list]") {
  list value;
  CHECK(value.size() == 0);
  CHECK(value.memory_bytes() == 0);
  CHECK(content(value).empty());
  CHECK(backwards(value).empty());
  value.growing(listpack_limit{-1}, 5000, 1);
  CHECK(value.encoding_name() == "quicklist");
  CHECK(value.release() == nullptr);
  value.push_back("x");
  CHECK(value.memory_bytes() == 16);
  value.pop_front();
  CHECK(value.release() == nullptr);
}

TEST_CASE("a list does what a vector does", "[list]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  const auto limit = GENERATE(-1, -2, 0, 3, 128, 5000);
  const auto large_every = GENERATE(2u, 50u, 100000u);
  CAPTURE(seed, limit, large_every);
  twins both{seed, limit, large_every};
  for (int step = 0; step < 2500; ++step) {
    both.step(step % 1000 < 600);
    if (step % 10 == 0)
      both.check();
  }
  both.check();
}

TEST_CASE("a list does what a vector does, whatever comes into no chunk", "[list]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  twins both{seed, -2, 2u};
  std::mt19937 random{static_cast<unsigned>(seed)};
  for (int step = 0; step < 3000; ++step) {
    if (step % 50 == 0)
      list_chunk::keep_out(random() % 40);
    both.step(step % 1000 < 600);
    if (step % 10 == 0)
      both.check();
  }
  list_chunk::keep_out(SIZE_MAX);
  both.check();
  list parts;
  list_chunk::keep_out(3);
  for (const auto* each : {"abcd", "abc", "abcde"})
    parts.push_back(each);
  list_chunk::keep_out(SIZE_MAX);
  std::size_t pieces = 0;
  parts.for_each_run(0, parts.size(), [&](const list_run&) {
    ++pieces;
    return true;
  });
  CHECK(pieces == 3);
}

TEST_CASE("a list is walked through as a queue in both directions", "[list]") {
  const bool to_the_right = GENERATE(true, false);
  const auto length = static_cast<std::size_t>(GENERATE(1, 5, 100, 130, 1000));
  list value;
  std::size_t in = 0;
  std::size_t out = 0;
  const auto name = [](std::size_t i) { return "element:" + std::to_string(i); };
  while (out < 5000) {
    for (; in < out + length; ++in)
      to_the_right ? value.push_back(name(in)) : value.push_front(name(in));
    REQUIRE((to_the_right ? value.front() : value.back()) == name(out));
    to_the_right ? value.pop_front() : value.pop_back();
    ++out;
    REQUIRE(value.size() == in - out);
  }
  // A queue does not keep the memory of what went through it.
  CHECK(value.memory_bytes() <= length * 20 + 8192);
}

TEST_CASE("elements at the borders of lengths survive every change of direction", "[list]") {
  const auto size = static_cast<std::size_t>(GENERATE(0, 1, 252, 253, 254, 1023, 1024, 1025, 4096));
  list value;
  strings expected;
  for (std::size_t i = 0; i < 20; ++i) {
    const auto added = std::string(i % 3 == 0 ? size : i, static_cast<char>('a' + i));
    if (i % 2 == 0) {
      value.push_back(added);
      expected.push_back(added);
    } else {
      value.push_front(added);
      expected.insert(expected.begin(), added);
    }
    CHECK(value.back() == expected.back());
    CHECK(value.at(i / 2) == expected[i / 2]);
    CHECK(value.front() == expected.front());
    CHECK(value.at(i) == expected[i]);
  }
  while (!expected.empty()) {
    CHECK(content(value) == expected);
    CHECK(value.back() == expected.back());
    value.pop_back();
    expected.pop_back();
  }
}

TEST_CASE("300,000 elements of 16 bytes take less than 18 bytes each", "[list]") {
  const bool to_the_right = GENERATE(true, false);
  list value;
  constexpr std::size_t count = 300'000;
  for (std::size_t i = 0; i < count; ++i)
    to_the_right ? value.push_back("0123456789abcdef") : value.push_front("0123456789abcdef");
  CHECK(value.memory_bytes() < count * 18);
  CHECK(value.at(count / 3) == "0123456789abcdef");
}

TEST_CASE("inserting at one place again and again fills chunks", "[list]") {
  list value;
  for (int i = 0; i < 1000; ++i)
    value.push_back("0123456789abcdef");
  for (int i = 0; i < 20'000; ++i)
    value.insert(500, "0123456789abcdef");
  CHECK(value.size() == 21'000);
  CHECK(value.memory_bytes() < 21'000 * 17 * 5 / 2);
}

TEST_CASE("a list sparse from removals joins its chunks", "[list]") {
  list value;
  for (int i = 0; i < 10'000; ++i)
    value.push_back(i % 10 == 0 ? "keep" : "drop");
  CHECK(value.remove_last("drop", 4500) == 4500);
  CHECK(value.remove_first("drop", 100'000) == 4500);
  CHECK(value.size() == 1000);
  CHECK(value.memory_bytes() < 20'000);
  CHECK(content(value) == strings(1000, "keep"));
}

TEST_CASE("the size of a listpack is counted as its format has it", "[list]") {
  // Encoding and length behind it, from the specification.
  const std::pair<std::string, std::size_t> sizes[] = {
    {"", 2},
    {"0", 2},
    {"127", 2},
    {"128", 3},
    {"-1", 3},
    {"4095", 3},
    {"4096", 4},
    {"-4096", 3},
    {"-4097", 4},
    {"32767", 4},
    {"32768", 5},
    {"8388607", 5},
    {"8388608", 6},
    {"2147483647", 6},
    {"2147483648", 10},
    {"-9223372036854775808", 10},
    {"9223372036854775808", 21},
    {"01", 4},
    {"-0", 4},
    {"+1", 4},
    {"1x", 4},
    {std::string(63, 'x'), 65},
    {std::string(64, 'x'), 67},
    {std::string(125, 'x'), 128},
    {std::string(126, 'x'), 130},
    {std::string(4095, 'x'), 4099},
    {std::string(4096, 'x'), 4103},
    {std::string(16380, 'x'), 16388},
  };
  for (const auto& [element, bytes] : sizes) {
    CAPTURE(element.substr(0, 20), element.size());
    CHECK(listpack_element_bytes(element) == bytes);
  }
}
