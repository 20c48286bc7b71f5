/// Runs a fuzz target without libFuzzer, so that every build and every compiler can: each file of
/// the corpus folders that are its arguments, then mutations of these files and plain noise.
/// The mutations follow from one seed, which is printed and may be set: THESPIS_SEED=42.
/// scripts/fuzz searches with libFuzzer; what it finds joins the corpus and is replayed here.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t mutations_per_input = 200;
constexpr std::size_t noise_inputs = 2000;
constexpr std::size_t noise_bytes_max = 256;

/// Copies the input to a block of exactly its size, so that AddressSanitizer sees a read past it.
void feed(const std::string& input) {
  std::vector<std::uint8_t> exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::vector<std::string> read_corpus(int argc, char** argv) {
  std::vector<std::string> inputs{std::string{}};
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i]))
      continue;
    for (const auto& file : std::filesystem::directory_iterator{argv[i]}) {
      std::ifstream stream{file.path(), std::ios::binary};
      inputs.emplace_back(std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{});
    }
  }
  return inputs;
}

/// Flips, inserts, removes or repeats bytes at one to four places.
std::string mutated(std::string input, std::mt19937_64& random) {
  auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (auto edits = 1 + below(4); edits > 0; --edits) {
    auto at = below(input.size() + 1);
    auto some = std::min(1 + below(8), input.size() - at);
    switch (below(4)) {
      case 0:
        if (at < input.size())
          input[at] = static_cast<char>(random());
        break;
      case 1:
        input.insert(at, 1, static_cast<char>(random()));
        break;
      case 2:
        input.erase(at, some);
        break;
      default:
        input.insert(at, input.substr(at, some));
    }
  }
  return input;
}

std::string noise(std::mt19937_64& random) {
  std::string input(random() % noise_bytes_max, '\0');
  for (auto& byte : input)
    byte = static_cast<char>(random());
  return input;
}

} // namespace

int main(int argc, char** argv) {
  const auto* chosen = std::getenv("THESPIS_SEED");
  auto seed = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 20'250'101ULL;
  std::mt19937_64 random{seed};
  auto corpus = read_corpus(argc, argv);
  std::printf("seed %llu, %zu corpus inputs\n", seed, corpus.size() - 1);
  for (const auto& input : corpus)
    feed(input);
  for (const auto& input : corpus)
    for (std::size_t i = 0; i < mutations_per_input; ++i)
      feed(mutated(input, random));
  for (std::size_t i = 0; i < noise_inputs; ++i)
    feed(noise(random));
}
