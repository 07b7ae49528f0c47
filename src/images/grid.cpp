#include "images/grid.h"

#include <algorithm>

#include "core/error.h"

namespace vae {
namespace {

constexpr uint8_t kMidGrey = 128;

void check_shapes(std::span<const Image> pictures) {
  for (const Image& picture : pictures) {
    const Image& first = pictures.front();
    if (picture.width == first.width && picture.height == first.height &&
        picture.channels == first.channels) {
      continue;
    }
    throw UsageError(
        "a grid takes pictures of one shape: {} x {} x {} is beside {} x {} x {}; resize them first",
        picture.width, picture.height, picture.channels, first.width, first.height, first.channels);
  }
}

/// A picture of the colour of the gaps.
Image blank_like(const Image& picture) {
  Image blank = picture;
  std::fill(blank.pixels.begin(), blank.pixels.end(), kMidGrey);
  return blank;
}

/// Copies `picture` into `sheet` with its top left pixel at (left, top).
void paste(Image& sheet, const Image& picture, int64_t left, int64_t top) {
  const int64_t row_size = picture.width * picture.channels;
  for (int64_t y = 0; y < picture.height; ++y) {
    std::copy_n(picture.pixels.data() + y * row_size, row_size,
                sheet.pixels.data() + ((top + y) * sheet.width + left) * sheet.channels);
  }
}

}  // namespace

Image grid(std::span<const Image> pictures, int64_t columns, int64_t gap) {
  if (pictures.empty() || columns < 1 || gap < 0) {
    throw UsageError("a grid of {} pictures, {} a row, {} pixels apart; at least 1, 1 and 0 are needed",
                     pictures.size(), columns, gap);
  }
  check_shapes(pictures);

  const int64_t count = std::ssize(pictures);
  const int64_t across = std::min(columns, count);
  const int64_t down = (count + across - 1) / across;
  const int64_t step_x = pictures.front().width + gap;
  const int64_t step_y = pictures.front().height + gap;
  Image sheet{across * step_x + gap, down * step_y + gap, pictures.front().channels, {}};
  sheet.pixels.assign(static_cast<size_t>(sheet.width * sheet.height * sheet.channels), kMidGrey);
  for (int64_t i = 0; i < count; ++i) {
    paste(sheet, pictures[static_cast<size_t>(i)], gap + i % across * step_x, gap + i / across * step_y);
  }
  return sheet;
}

Image comparison_grid(std::span<const Image> above, std::span<const Image> below, int64_t columns,
                      int64_t gap) {
  if (above.empty() || above.size() != below.size() || columns < 1) {
    throw UsageError(
        "a comparison of {} pictures with {}, {} a row; as many of both and at least 1 are needed",
        above.size(), below.size(), columns);
  }
  const auto row = static_cast<size_t>(columns);
  std::vector<Image> sheet;
  for (size_t first = 0; first < above.size(); first += row) {
    const size_t count = std::min(row, above.size() - first);
    for (const Image& image : above.subspan(first, count)) sheet.push_back(image);
    // A last row that is not full is filled up, so that what belongs together stays in one column.
    sheet.resize(sheet.size() + (above.size() > row ? row - count : 0), blank_like(above.front()));
    for (const Image& image : below.subspan(first, count)) sheet.push_back(image);
  }
  return grid(sheet, std::min(columns, static_cast<int64_t>(above.size())), gap);
}

}  // namespace vae
