// Products of matrices of which the second lies as tiles read it.
#pragma once

#include "core/divide_up.h"
#include "kernels/foresight.h"
#include "kernels/product_tile.h"

#ifdef VAE_AVX512

namespace vae {

/// The columns of a matrix [inner, columns] in stretches of at most kPanelColumns, as even as may be, one
/// after the other as [inner, kPanelColumns]. Columns are whole vectors.
class Panels {
 public:
  Panels(int64_t inner, int64_t columns)
      : inner_(inner), columns_(columns), stretches_(columns / kVector, kTileVectors) {}

  int64_t count() const { return stretches_.count(); }
  int64_t first_column(int64_t i) const { return stretches_.begin(i) * kVector; }
  int64_t vectors(int64_t i) const { return stretches_.size(i); }
  int64_t offset(int64_t i) const { return i * inner_ * kPanelColumns; }
  int64_t inner() const { return inner_; }
  int64_t columns() const { return columns_; }
  int64_t size() const { return offset(count()); }

  /// Tiles of a product of so many rows.
  int64_t tiles(int64_t rows) const {
    return divide_up(rows, kTileRows) * count() * divide_up(inner_, kPanelRows);
  }

 private:
  int64_t inner_, columns_;
  EvenParts stretches_;
};

/// out [rows, columns] <- a [rows, inner] b, with a step of foresight for each tile.
void multiply_panels(const float* a, int64_t rows, const Panels& panels, const float* b, float* out,
                     Foresight& foresight);

}  // namespace vae

#endif
