/// Any bytes read as a file of the journal: no crash, the same whether it comes at once or in
/// pieces, what is said to be whole is read again as whole, and what has frames is as it was
/// written.

#include "persistence/journal_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

using namespace thespis;
using namespace thespis::persistence;

namespace {

class bytes_in_pieces final : public byte_source {
public:
  bytes_in_pieces(std::string_view bytes, std::size_t at_once) : bytes_(bytes), at_once_(at_once) {
  }
  base::result<std::size_t> read(std::span<char> into) override {
    const auto count = std::min({into.size(), at_once_, bytes_.size() - given_});
    std::copy_n(bytes_.data() + given_, count, into.data());
    given_ += count;
    return count;
  }
  std::string_view name() const noexcept override {
    return "fuzz.aof";
  }
  std::uint64_t size() const noexcept override {
    return bytes_.size();
  }

private:
  std::string_view bytes_;
  std::size_t at_once_;
  std::size_t given_ = 0;
};

struct reading {
  journal_reader::outcome how;
  std::string requests{};
  std::uint64_t whole_until = 0;
  log_number last = 0;

  friend bool operator==(const reading&, const reading&) = default;
};

void require(bool holds) {
  if (!holds)
    std::abort();
}

reading read_to_end(std::string_view bytes, std::size_t at_once) {
  bytes_in_pieces file{bytes, at_once};
  input_window window{file};
  journal_reader reader{window, 0};
  reading out;
  while ((out.how = reader.next()) == journal_reader::outcome::request) {
    require(!reader.words().empty());
    append_request(out.requests, reader.words());
  }
  out.whole_until = reader.whole_until();
  out.last = reader.last();
  require(out.whole_until <= bytes.size());
  require((out.how == journal_reader::outcome::end) == reader.why().empty());
  return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto all = read_to_end(bytes, size + 1);
  require(read_to_end(bytes, size / 3 + 1) == all);
  const auto whole = read_to_end(bytes.substr(0, all.whole_until), size + 1);
  require(whole.how == journal_reader::outcome::end && whole.last == all.last
          && whole.whole_until == all.whole_until && all.requests.starts_with(whole.requests));
  return 0;
}
