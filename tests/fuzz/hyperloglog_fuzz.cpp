/// Any bytes as a sketch through everything that reads or changes one: no access beside them, and
/// the two ways to the same answer agree. The input is runs behind a sparse header, unless it
/// brings a header of its own.

#include "types/hyperloglog.hpp"
#include "types/hyperloglog_sparse.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

using namespace thespis::types;

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

/// Raises registers that the input chooses, and sees that they are raised.
void change(hll_view sketch, std::string_view marks, std::size_t sparse_bytes_max) {
  hll_draft draft{sketch};
  for (std::size_t i = 0; i + 2 < marks.size() && i < 60; i += 3) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(marks[at]) + 0u; };
    const hll_mark mark{(byte(i) << 8 | byte(i + 1)) % 16384,
                        static_cast<std::uint8_t>(1 + byte(i + 2) % 63)};
    const std::string before{draft.view()};
    const auto outcome = draft.raise(mark, sparse_bytes_max);
    if (outcome != hll_draft::outcome::raised)
      require(draft.view() == before);
    else if (draft.is_dense())
      require(hll_register(draft.view(), mark.index) == mark.rank);
  }
  hll_registers registers{};
  const auto valid = hll_view::open(draft.view())->merge_into(registers);
  require(draft.make_dense() == valid);
  const auto cardinality = hll_view::open(draft.view())->cardinality();
  require(cardinality.has_value() == valid);
  if (valid)
    require(cardinality == hll_cardinality(registers));
}

void look_at(std::string_view bytes) {
  const auto sketch = hll_view::open(bytes);
  if (!sketch)
    return;
  sketch->cached_cardinality();
  hll_registers registers{};
  require(sketch->cardinality().has_value() == sketch->merge_into(registers));
  if (!sketch->is_dense())
    for (std::size_t at = 0; at < sketch->body().size();) {
      const auto run = hll_run::read(sketch->body(), at);
      if (!run)
        break;
      at += run->bytes;
    }
  change(*sketch, bytes.substr(bytes.size() / 2), 3000);
  change(*sketch, bytes, 40);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  hll_mark_of(input);
  look_at(input);
  const std::string sparse = std::string{"HYLL\1\0\0\0\0\0\0\0\0\0\0\x80", 16}.append(input);
  look_at(sparse);
  // Enough registers for the sketch to be valid.
  look_at(sparse + "\x7f\xff");
  std::string dense{"HYLL\0\0\0\0\0\0\0\0\0\0\0\0", 16};
  while (!input.empty() && dense.size() < hll_dense_bytes)
    dense.append(input.substr(0, std::min(input.size(), hll_dense_bytes - dense.size())));
  look_at(dense);
  return 0;
}
