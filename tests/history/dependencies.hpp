#pragma once

/// Which transaction must come before which, and why. If such reasons go round in a circle, no
/// serial order explains the history; which reasons the circle needs says how bad it is. Source:
/// Adya, "Weak Consistency"; Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from
/// Experimental Observations"; Tarjan, "Depth-first search and linear graph algorithms".

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace thespis::history {

enum class reason : std::uint8_t {
  /// The second overwrote what the first wrote.
  write_write = 1,
  /// The second read what the first wrote.
  write_read = 2,
  /// The second overwrote what the first read.
  read_write = 4,
  /// The same client did them one after the other.
  client = 8,
  /// The first had ended before the second began.
  time = 16,
};

class dependencies {
public:
  struct edge {
    std::size_t from;
    std::size_t to;
    reason why;
  };
  struct cycle {
    /// G0, G1c, G-single or G2; with "-process" or "-realtime" behind it where the cycle needs a
    /// client's order, or time.
    std::string kind;
    /// Each leads to the next, the last to the first.
    std::vector<edge> edges;
  };

  explicit dependencies(std::size_t transactions) : out_(transactions) {
  }

  /// Nothing depends on itself: then nothing is added.
  void add(std::size_t from, std::size_t to, reason why);

  /// Of each knot of circles the worst one; empty if there is a serial order.
  /// Cost: O(transactions + reasons), more only where there are circles.
  std::vector<cycle> find_cycles() const;

private:
  std::vector<std::vector<edge>> out_;
};

} // namespace thespis::history
