#include "base/hash.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace thespis::base;

TEST_CASE("a hash depends on every byte and on the seed", "[hash]") {
  CHECK(hash_bytes("key", 1) == hash_bytes(std::string{"key"}, 1));
  CHECK(hash_bytes("key", 1) != hash_bytes("key", 2));
  for (const std::size_t size : {1u, 16u, 100u, 1000u}) {
    const std::string text(size, 'x');
    std::set<std::uint64_t> seen{hash_bytes(text, 7)};
    for (std::size_t i = 0; i < size; ++i) {
      auto changed = text;
      changed[i] = 'y';
      seen.insert(hash_bytes(changed, 7));
    }
    CHECK(seen.size() == size + 1);
  }
  CHECK(hash_bytes({}, 3) == hash_bytes("", 3));
}

TEST_CASE("seeds differ from call to call", "[hash]") {
  CHECK(random_seed() != random_seed());
}
