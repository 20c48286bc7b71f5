#include "keyspace/slots.hpp"

#include <catch2/catch.hpp>

using namespace thespis::keyspace;

TEST_CASE("a key's slot is the one that CLUSTER KEYSLOT names", "[slots]") {
  CHECK(key_slot("foo") == 12182);
  CHECK(key_slot("bar") == 5061);
  CHECK(key_slot("") == 0);
  CHECK(key_slot("somekey") == 11058);
}

TEST_CASE("only the first tag of a key decides", "[slots]") {
  CHECK(key_slot("{user1000}.following") == key_slot("{user1000}.followers"));
  CHECK(hash_tag("foo{hash_tag}") == "hash_tag");
  CHECK(hash_tag("foo{}{bar}") == "foo{}{bar}");
  CHECK(hash_tag("foo{{bar}}zap") == "{bar");
  CHECK(hash_tag("foo{bar}{zap}") == "bar");
  CHECK(hash_tag("foo{bar") == "foo{bar");
  CHECK(hash_tag("}{") == "}{");
  CHECK(hash_tag("}a{b}") == "b");
}

TEST_CASE("partitions own contiguous ranges of nearly equal size", "[slots]") {
  for (const unsigned count : {1u, 2u, 3u, 7u, 16u, 100u, 1000u, 16384u}) {
    CAPTURE(count);
    unsigned previous = 0;
    for (unsigned slot = 0; slot < slot_count; ++slot) {
      const auto partition = partition_of_slot(slot, count);
      REQUIRE((partition == previous || partition == previous + 1));
      if (slot == 0 || partition != previous)
        REQUIRE(first_slot_of(partition, count) == slot);
      previous = partition;
    }
    CHECK(previous == count - 1);
    for (unsigned partition = 0; partition < count; ++partition) {
      const auto size = first_slot_of(partition + 1, count) - first_slot_of(partition, count);
      REQUIRE(size >= slot_count / count);
      REQUIRE(size <= slot_count / count + 1);
    }
  }
}
