#pragma once

/// Memory that is kept back for the server's own small needs: messages, run queues, timers, nodes
/// of its maps. The program's operator new (server/operator_new.cpp) turns to it when the allocator
/// has nothing left. So a data set that fills all the memory which the process may have leaves a
/// server that still answers, deletes and shuts down.
///
/// What is done for one client must not use the reserve up. It may fail instead, and the client
/// gets an OOM error: keys, values, tables, input and replies come from malloc, which does not know
/// the reserve, and the rest of it is declared to be `client_work`. Sorting its requests and
/// sending them on takes little, and DEL wants it as well: that is `delivery`, which fails while
/// there is still enough for answers.
///
/// The reserve is one run of equal blocks, free ones linked through their first word, under a spin
/// lock. It costs address space, and memory only once it is used. Embedders do without: their
/// operator new is their own.

#include <cstddef>
#include <cstdint>
#include <utility>

namespace thespis::actors::memory_reserve {

inline constexpr std::size_t block_bytes = 512;
inline constexpr std::size_t blocks = 16 * 1024;

/// This thread gets a block only if fewer are in use.
inline thread_local constinit std::size_t limit = blocks;

/// While it lives, this thread's limit is another one.
template <std::size_t Blocks>
class limit_of {
public:
  limit_of() noexcept : before_(std::exchange(limit, Blocks)) {
  }
  ~limit_of() {
    limit = before_;
  }
  limit_of(const limit_of&) = delete;
  limit_of& operator=(const limit_of&) = delete;

private:
  std::size_t before_;
};
using client_work = limit_of<0>;
using delivery = limit_of<blocks / 2>;
using own_work = limit_of<blocks>;

/// A block for so many bytes, aligned for everything; null if there is none for this caller.
void* take(std::size_t bytes) noexcept;

extern std::byte storage[blocks * block_bytes];

inline bool owns(const void* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(storage)
         < sizeof storage;
}

/// REQUIRES: owns(block).
void give_back(void* block) noexcept;

} // namespace thespis::actors::memory_reserve
