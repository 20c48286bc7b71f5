#include "types/packed_list.hpp"

#include "base/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using thespis::base::random_bits;
using thespis::types::packed_list;

namespace {

std::vector<std::string> content(const packed_list& list) {
  std::vector<std::string> all;
  for (auto element : list)
    all.emplace_back(element);
  return all;
}

std::string random_element(random_bits& random) {
  static constexpr std::size_t sizes[] = {0, 1, 5, 12, 127, 252, 253, 300, 65535, 65536, 70000};
  // Mostly small ones.
  const auto size = sizes[random.next() % (random.next() % 20 == 0 ? 11 : 6)];
  return std::string(size, static_cast<char>('a' + random.next() % 26));
}

} // namespace

TEST_CASE("a packed list without elements has no block", "[packed_list]") {
  packed_list list;
  CHECK(list.empty());
  CHECK(list.begin() == list.end());
  CHECK(list.find("x") == list.end());
  CHECK(list.memory_bytes() == 0);
  list.push_back({"x"});
  CHECK(list.memory_bytes() == 16);
  list.erase(list.begin());
  CHECK(list.empty());
  CHECK(list.release() == nullptr);
}

TEST_CASE("a packed list finds elements at every so many places", "[packed_list]") {
  packed_list list;
  list.push_back({"field", "value", "value", "field"});
  CHECK(list.find("value") == list.at(1));
  CHECK(list.find("value", 2) == list.at(2));
  CHECK(list.find("field", 2) == list.begin());
  CHECK(list.find("none", 2) == list.end());
}

TEST_CASE("a packed list goes through a word and back", "[packed_list]") {
  packed_list list;
  list.push_back({"a", "b"});
  auto copy = list.copy();
  auto again = packed_list::adopt(list.release());
  CHECK(list.empty());
  CHECK(content(again) == std::vector<std::string>{"a", "b"});
  again.erase(again.begin());
  CHECK(content(copy) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a packed list does what a vector does", "[packed_list]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  packed_list list;
  std::vector<std::string> model;
  for (int step = 0; step < 4000; ++step) {
    const auto at = random.next() % (model.size() + 1);
    const auto where = static_cast<std::ptrdiff_t>(at);
    switch (random.next() % 5) {
      case 0:
      case 1: {
        const auto first = random_element(random);
        const auto second = random_element(random);
        CHECK(*list.insert(list.at(at), {first, second}) == first);
        model.insert(model.begin() + where, {first, second});
        break;
      }
      case 2:
        if (at < model.size()) {
          const auto element = random_element(random);
          CHECK(*list.replace(list.at(at), element) == element);
          model[at] = element;
        }
        break;
      default: {
        const auto count = std::min<std::size_t>(random.next() % 4, model.size() - at);
        list.erase(list.at(at), count);
        model.erase(model.begin() + where, model.begin() + where + static_cast<long>(count));
        break;
      }
    }
    REQUIRE(content(list) == model);
    REQUIRE(list.size() == model.size());
    std::size_t bytes = model.empty() ? 0 : 8;
    for (const auto& element : model)
      bytes += packed_list::element_bytes(element.size());
    REQUIRE(list.used_bytes() == bytes);
  }
}
