/// See base/owning_dictionary.hpp.

#include "base/owning_dictionary.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <new>
#include <string>

using namespace thespis;

namespace {

struct counted {
  explicit counted(std::string called) : name(std::move(called)) {
    ++alive;
  }
  ~counted() {
    --alive;
  }
  std::string_view key() const noexcept {
    return name;
  }

  std::string name;
  static inline int alive = 0;
};

std::unique_ptr<counted> make(const std::string& name) {
  return std::make_unique<counted>(name);
}

} // namespace

TEST_CASE("items are made once, found, and end with the dictionary", "[dictionary]") {
  {
    base::owning_dictionary<counted> all;
    for (int round = 0; round < 2; ++round)
      for (int i = 0; i < 1000; ++i) {
        const auto name = std::to_string(i);
        auto& item = all.at(name, [&] { return make(name); });
        REQUIRE(all.find(name) == &item);
        REQUIRE(item.name == name);
      }
    CHECK(all.size() == 1000);
    CHECK(counted::alive == 1000);
    CHECK(all.random(12345) != nullptr);
    CHECK(all.take("none") == nullptr);
    CHECK(all.take("7")->name == "7");
    CHECK(counted::alive == 999);
    CHECK(all.find("7") == nullptr);
  }
  CHECK(counted::alive == 0);
}

TEST_CASE("an item that cannot be made is not there", "[dictionary]") {
  base::owning_dictionary<counted> all;
  const auto fail = []() -> std::unique_ptr<counted> { throw std::bad_alloc{}; };
  CHECK_THROWS_AS(all.at("a", fail), std::bad_alloc);
  CHECK(all.find("a") == nullptr);
  CHECK(all.size() == 0);
  CHECK(all.random(1) == nullptr);
}

TEST_CASE("a cleared dictionary takes items again", "[dictionary]") {
  base::owning_dictionary<counted> all;
  for (int round = 0; round < 3; ++round) {
    all.at("a", [] { return make("a"); });
    CHECK(counted::alive == 1);
    all.clear();
    CHECK(counted::alive == 0);
    CHECK(all.size() == 0);
  }
}
