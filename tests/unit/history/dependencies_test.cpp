#include "tests/history/dependencies.hpp"

#include <catch2/catch.hpp>

using namespace thespis::history;

TEST_CASE("Reasons without a circle are in order", "[history]") {
  dependencies graph{4};
  graph.add(0, 1, reason::write_write);
  graph.add(1, 2, reason::read_write);
  graph.add(0, 2, reason::time);
  graph.add(3, 3, reason::write_read);
  CHECK(graph.find_cycles().empty());
}

TEST_CASE("The name of a circle is that of its mildest reason", "[history]") {
  const auto kind = [](std::vector<reason> why) {
    dependencies graph{why.size()};
    for (std::size_t i = 0; i < why.size(); ++i)
      graph.add(i, (i + 1) % why.size(), why[i]);
    const auto found = graph.find_cycles();
    REQUIRE(found.size() == 1);
    CHECK(found[0].edges.size() == why.size());
    return found[0].kind;
  };
  constexpr auto ww = reason::write_write;
  constexpr auto wr = reason::write_read;
  constexpr auto rw = reason::read_write;
  CHECK(kind({ww, ww}) == "G0");
  CHECK(kind({ww, wr, ww}) == "G1c");
  CHECK(kind({ww, rw, wr}) == "G-single");
  CHECK(kind({rw, ww, rw, wr}) == "G2");
  CHECK(kind({ww, reason::client}) == "G0-process");
  CHECK(kind({wr, reason::time}) == "G1c-realtime");
  CHECK(kind({rw, reason::time, reason::client}) == "G-single-realtime");
  CHECK(kind({rw, reason::client, rw}) == "G2-process");
}

TEST_CASE("Circles that do not touch are found each", "[history]") {
  dependencies graph{5};
  graph.add(0, 1, reason::write_write);
  graph.add(1, 0, reason::write_write);
  graph.add(1, 2, reason::write_read);
  graph.add(2, 3, reason::read_write);
  graph.add(3, 4, reason::write_write);
  graph.add(4, 2, reason::write_write);
  CHECK(graph.find_cycles().size() == 2);
}

TEST_CASE("A long circle needs no deep stack", "[history]") {
  constexpr std::size_t size = 300'000;
  dependencies graph{size};
  for (std::size_t i = 0; i < size; ++i)
    graph.add(i, (i + 1) % size, i == 0 ? reason::read_write : reason::write_write);
  CHECK(graph.find_cycles().size() == 1);
}
