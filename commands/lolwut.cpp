/// Thespis of Icaria, who is said to have been the first to step out of the chorus and play a part,
/// is also said to have been the first to wear masks. So: rows of masks, comic and tragic and in
/// between. Each is a wobbly oval with brows, eyes and a mouth, all of them chance's.
///
/// A Braille character has 2 * 4 dots, so a canvas of characters is a bitmap of that many dots:
///
///     dot bits   0 3
///                1 4
///                2 5
///                6 7

#include "commands/lolwut.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace thespis::commands {

namespace {

constexpr std::size_t mask_width = 24;
constexpr std::size_t mask_height = 32;

class canvas {
public:
  canvas(std::size_t width, std::size_t height)
    : columns_((width + 1) / 2), rows_((height + 3) / 4), cells_(columns_ * rows_) {
  }

  /// Dots outside are nobody's.
  void dot(double x, double y) {
    if (x < 0 || y < 0)
      return;
    const auto column = static_cast<std::size_t>(x);
    const auto row = static_cast<std::size_t>(y);
    if (column / 2 >= columns_ || row / 4 >= rows_)
      return;
    constexpr std::uint8_t bits[4][2] = {{0, 3}, {1, 4}, {2, 5}, {6, 7}};
    auto& cell = cells_[row / 4 * columns_ + column / 2];
    cell = static_cast<std::uint8_t>(cell | 1u << bits[row % 4][column % 2]);
  }

  std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      // U+2800 and the dots, in UTF-8.
      out += '\xe2';
      out += static_cast<char>(0xa0 | cells_[i] >> 6);
      out += static_cast<char>(0x80 | (cells_[i] & 0x3f));
      if ((i + 1) % columns_ == 0)
        out += '\n';
    }
    return out;
  }

private:
  std::size_t columns_;
  std::size_t rows_;
  std::vector<std::uint8_t> cells_;
};

class mask_painter {
public:
  mask_painter(canvas& paper, base::random_bits& random) : paper_(paper), random_(random) {
  }

  /// The mask in the rectangle that begins at (left, top).
  void paint(double left, double top) {
    const auto x = left + mask_width / 2.0;
    const auto y = top + mask_height / 2.0;
    const auto mood = between(-1, 1);
    outline(x, y);
    for (const auto side : {-1.0, 1.0}) {
      eye(x + side * 4.5, y - 4);
      brow(x + side * 4.5, y - 8, -side * mood);
    }
    mouth(x, y + 6, mood);
  }

private:
  double between(double low, double high) {
    const auto unit = static_cast<double>(random_.next() >> 11) * 0x1.0p-53;
    return low + (high - low) * unit;
  }

  void outline(double x, double y) {
    const auto wobble = between(0, 0.06);
    const auto phase = between(0, 2 * std::numbers::pi);
    const auto chin = between(0.7, 1);
    constexpr int steps = 240;
    for (int i = 0; i < steps; ++i) {
      const auto angle = 2 * std::numbers::pi * i / steps;
      const auto radius = 1 + wobble * std::sin(5 * angle + phase);
      const auto narrowing = std::sin(angle) > 0 ? 1 - (1 - chin) * std::sin(angle) : 1;
      paper_.dot(x + radius * narrowing * std::cos(angle) * (mask_width / 2.0 - 2),
                 y + radius * std::sin(angle) * (mask_height / 2.0 - 2));
    }
  }

  void eye(double x, double y) {
    const auto width = between(1, 2.5);
    const auto height = between(0.6, 2);
    for (double dy = -height; dy <= height; dy += 0.5)
      for (double dx = -width; dx <= width; dx += 0.5)
        if (dx * dx / (width * width) + dy * dy / (height * height) <= 1)
          paper_.dot(x + dx, y + dy);
  }

  void brow(double x, double y, double slope) {
    for (double dx = -3; dx <= 3; dx += 0.5)
      paper_.dot(x + dx, y + slope * dx * 0.6 - between(0, 0.3));
  }

  /// Corners up for comedy (mood 1), down for tragedy (-1), open by chance.
  void mouth(double x, double y, double mood) {
    const auto half = between(3.5, 6);
    const auto open = between(0, 3);
    for (double dx = -half; dx <= half; dx += 0.25) {
      const auto arc = 1 - dx * dx / (half * half);
      const auto lip = y + mood * 3 * (arc - 0.5);
      paper_.dot(x + dx, lip);
      paper_.dot(x + dx, lip + open * arc);
    }
  }

  canvas& paper_;
  base::random_bits& random_;
};

} // namespace

std::string draw_masks(std::size_t columns, std::size_t rows, base::random_bits& random) {
  canvas paper{columns * mask_width, rows * mask_height};
  mask_painter painter{paper, random};
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column)
      painter.paint(static_cast<double>(column * mask_width),
                    static_cast<double>(row * mask_height));
  return paper.text();
}

} // namespace thespis::commands
