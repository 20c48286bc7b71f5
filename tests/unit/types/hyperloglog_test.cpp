#include "types/hyperloglog.hpp"

#include "base/random.hpp"
#include "base/sha1.hpp"
#include "types/hyperloglog_sparse.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <string>

using namespace thespis::types;
using thespis::base::random_bits;

namespace {

constexpr std::size_t sparse_max = 3000;

std::string bytes_of(const hll_draft& draft) {
  return std::string{draft.view()};
}

/// What PFADD does with the numbers from 0 on.
void add_numbers(hll_draft& draft, int count) {
  for (int i = 0; i < count; ++i)
    draft.raise(hll_mark_of(std::to_string(i)), sparse_max);
  hll_forget_cardinality(draft.bytes());
}

hll_registers registers_of(std::string_view bytes) {
  hll_registers registers{};
  const auto view = hll_view::open(bytes);
  REQUIRE(view);
  REQUIRE(view->merge_into(registers));
  return registers;
}

std::string dense_of(const hll_registers& registers) {
  hll_draft draft;
  REQUIRE(draft.make_dense());
  hll_store_registers(draft.bytes(), registers);
  return bytes_of(draft);
}

std::string header(hll_encoding encoding) {
  std::string bytes(hll_header_bytes, '\0');
  bytes.replace(0, 4, "HYLL");
  bytes[4] = static_cast<char>(encoding);
  return bytes;
}

} // namespace

TEST_CASE("an empty sketch is 18 bytes", "[hyperloglog]") {
  hll_draft draft;
  CHECK(bytes_of(draft) == header(hll_encoding::sparse) + "\x7f\xff");
  const auto view = hll_view::open(draft.view());
  REQUIRE(view);
  CHECK(view->cached_cardinality() == 0);
  CHECK(view->cardinality() == 0);
}

// The bytes that redis-server 7.0.15 has after PFADD of the numbers from 0 on, as SHA-1.
TEST_CASE("sketches have the bytes that Redis gives them", "[hyperloglog]") {
  struct sample {
    int count;
    std::size_t size;
    const char* sha1;
    std::uint64_t cardinality;
  };
  const auto expected = GENERATE(
    sample{10, 48, "5f877d9d0162bfb2730496659172bc7456679d3d", 10},
    sample{100, 287, "e448ecf5da41d8cbef3dfc98b83246a059f244da", 100},
    sample{500, 1061, "2fe4a760c9d79ee10ea72e5ae0dee1ab55cd4cdb", 503},
    sample{1000, 1923, "4b303e06b0d6db03a3a76f2ec573cd3e169405e7", 1001},
    sample{1500, 2766, "b7f0e6c86cbe9c59c281dd3c0d425adfba6079c5", 1512},
    sample{3000, 12304, "3a017249255c83438e7e4c5945b3e4d09ea3c8b9", 3004},
    sample{20000, 12304, "f5bf0133470dd1c165f87c4374ce8a022c0b7172", 19891});
  hll_draft draft;
  add_numbers(draft, expected.count);
  const auto bytes = bytes_of(draft);
  CHECK(bytes.size() == expected.size);
  CHECK(thespis::base::to_hex(thespis::base::sha1(bytes)) == expected.sha1);
  const auto view = hll_view::open(bytes);
  REQUIRE(view);
  CHECK_FALSE(view->cached_cardinality());
  CHECK(view->cardinality() == expected.cardinality);
  CHECK(hll_cardinality(registers_of(bytes)) == expected.cardinality);
}

TEST_CASE("a sketch remembers its cardinality until it is told to forget it", "[hyperloglog]") {
  hll_draft draft;
  hll_store_cardinality(draft.bytes(), 0x0102030405060708);
  CHECK(bytes_of(draft).substr(8, 8) == "\x08\x07\x06\x05\x04\x03\x02\x01");
  CHECK(hll_view::open(draft.view())->cached_cardinality() == 0x0102030405060708);
  hll_forget_cardinality(draft.bytes());
  CHECK_FALSE(hll_view::open(draft.view())->cached_cardinality());
  CHECK(bytes_of(draft)[15] == '\x81');
}

TEST_CASE("what is no sketch is told by its header", "[hyperloglog]") {
  const auto dense = header(hll_encoding::dense) + std::string(12288, '\0');
  CHECK(hll_view::open(dense));
  CHECK(hll_view::open(header(hll_encoding::sparse)));
  CHECK_FALSE(hll_view::open(""));
  CHECK_FALSE(hll_view::open("HYLL"));
  CHECK_FALSE(hll_view::open("hyll" + dense.substr(4)));
  CHECK_FALSE(hll_view::open(dense + '\0'));
  CHECK_FALSE(hll_view::open(dense.substr(1)));
  CHECK_FALSE(hll_view::open(header(static_cast<hll_encoding>(2))));
  CHECK_FALSE(hll_view::open(header(static_cast<hll_encoding>(255))));
}

TEST_CASE("a sparse sketch whose runs have not all registers is corrupted", "[hyperloglog]") {
  for (const auto* runs :
       {"", "\x7f", "\x7f\xfe", "\x7f\xff\x01", "\x40", "\x80", "\x7f\xff\x7f"}) {
    const auto bytes = header(hll_encoding::sparse) + runs;
    const auto view = hll_view::open(bytes);
    REQUIRE(view);
    CHECK_FALSE(view->cardinality());
    hll_registers registers{};
    CHECK_FALSE(view->merge_into(registers));
    hll_draft draft{*view};
    CHECK_FALSE(draft.make_dense());
    CHECK(bytes_of(draft) == bytes);
    CHECK(draft.raise({16383, 40}, sparse_max) == hll_draft::outcome::corrupted);
    CHECK(bytes_of(draft) == bytes);
  }
}

TEST_CASE("a sparse sketch longer than any valid one is corrupted", "[hyperloglog]") {
  const auto bytes = header(hll_encoding::sparse) + std::string(100'000, '\0');
  hll_draft draft{*hll_view::open(bytes)};
  CHECK(draft.raise({0, 1}, sparse_max) == hll_draft::outcome::corrupted);
  CHECK_FALSE(draft.make_dense());
}

TEST_CASE("a sketch becomes dense for a high rank or a long string", "[hyperloglog]") {
  hll_draft by_rank;
  CHECK(by_rank.raise({7, 32}, sparse_max) == hll_draft::outcome::raised);
  CHECK_FALSE(by_rank.is_dense());
  CHECK(by_rank.raise({8, 33}, sparse_max) == hll_draft::outcome::raised);
  CHECK(by_rank.is_dense());
  CHECK(hll_register(bytes_of(by_rank), 7) == 32);
  CHECK(hll_register(bytes_of(by_rank), 8) == 33);
  hll_draft by_size;
  CHECK(by_size.raise({0, 1}, 19) == hll_draft::outcome::raised);
  CHECK_FALSE(by_size.is_dense());
  CHECK(by_size.raise({100, 1}, 19) == hll_draft::outcome::raised);
  CHECK(by_size.is_dense());
}

TEST_CASE("registers of a sketch are the highest ranks that they were raised to", "[hyperloglog]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  for (int round = 0; round < 60; ++round) {
    hll_draft draft;
    auto model = std::make_unique<hll_registers>();
    model->fill(0);
    // Neighbours, few ranks: values that join and are cut again.
    const auto spread = std::uint64_t{1} << (3 + random.next() % 12);
    const auto ranks = random.next() % 8 == 0 ? 51 : 1 + random.next() % 4;
    const auto size_max = random.next() % 4 == 0 ? 200 : std::size_t{40'000};
    for (int step = 0; step < 400; ++step) {
      const hll_mark mark{
        static_cast<std::uint32_t>((16384 - spread / 2 + random.next() % spread) % 16384),
        static_cast<std::uint8_t>(1 + random.next() % ranks)};
      const auto before = (*model)[mark.index];
      REQUIRE(draft.raise(mark, size_max)
              == (before < mark.rank ? hll_draft::outcome::raised : hll_draft::outcome::unchanged));
      (*model)[mark.index] = std::max(before, mark.rank);
    }
    REQUIRE(registers_of(bytes_of(draft)) == *model);
    REQUIRE(hll_view::open(draft.view())->cardinality() == hll_cardinality(*model));
    // The same marks in their order: a walk that goes on gives what walks from the start give.
    hll_draft rising;
    auto restarted = bytes_of(rising);
    for (std::uint32_t i = 0; i < model->size(); ++i) {
      if ((*model)[i] == 0)
        continue;
      rising.raise({i, (*model)[i]}, size_max);
      hll_draft once{*hll_view::open(restarted)};
      once.raise({i, (*model)[i]}, size_max);
      restarted = bytes_of(once);
    }
    REQUIRE(bytes_of(rising) == restarted);
    REQUIRE(registers_of(bytes_of(rising)) == *model);
    REQUIRE(registers_of(dense_of(*model)) == *model);
  }
}

TEST_CASE("dense registers are six bits beside each other", "[hyperloglog]") {
  const auto seed = Catch::rngSeed() + std::random_device{}();
  CAPTURE(seed);
  random_bits random(seed);
  hll_registers model{};
  auto bytes = dense_of(model);
  for (int step = 0; step < 60000; ++step) {
    const hll_mark mark{static_cast<std::uint32_t>(random.next() % 16384),
                        static_cast<std::uint8_t>(random.next() % 64)};
    REQUIRE(hll_raise(bytes, mark) == (model[mark.index] < mark.rank));
    model[mark.index] = std::max(model[mark.index], mark.rank);
    REQUIRE(hll_register(bytes, mark.index) == model[mark.index]);
  }
  CHECK(registers_of(bytes) == model);
  CHECK(dense_of(model) == bytes);
}

TEST_CASE("registers that no hash can lead to have an estimate all the same", "[hyperloglog]") {
  hll_registers registers;
  for (unsigned rank = 0; rank < 64; ++rank) {
    registers.fill(static_cast<std::uint8_t>(rank));
    const auto dense = dense_of(registers);
    CHECK(hll_view::open(dense)->cardinality() == hll_cardinality(registers));
  }
}

TEST_CASE("the estimate is within a few standard errors", "[hyperloglog]") {
  hll_draft draft;
  std::uint64_t count = 0;
  for (std::uint64_t next = 1; next <= 1'000'000; next *= 10) {
    for (; count < next; ++count)
      draft.raise(hll_mark_of({reinterpret_cast<const char*>(&count), sizeof count}), sparse_max);
    const auto estimate = static_cast<double>(*hll_view::open(draft.view())->cardinality());
    const auto exact = static_cast<double>(next);
    CHECK(std::abs(estimate - exact) <= std::max(1.0, exact * 4 * 0.0081));
  }
}
