#pragma once

/// Long work in pieces. To free a structure of ten million elements takes a second; whoever does
/// that on a thread which must not be in the way of others sets `between_pieces`, and what frees
/// structures calls end_of_piece() after every few microseconds of work. Elsewhere that is nothing.

namespace thespis::base {

using pause_function = void (*)() noexcept;

/// What this thread does between two pieces; null: nothing.
inline thread_local constinit pause_function between_pieces = nullptr;

/// About how many blocks of memory are freed in a piece.
inline constexpr unsigned frees_per_piece = 128;

inline void end_of_piece() noexcept {
  if (between_pieces != nullptr) [[unlikely]]
    between_pieces();
}

} // namespace thespis::base
