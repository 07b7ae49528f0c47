#include "kernels/panel_product.h"

namespace vae {

#ifdef VAE_AVX512

void multiply_panels(const float* a, int64_t rows, const Panels& panels, const float* b, float* out,
                     Foresight& foresight) {
  const int64_t out_by_row = panels.columns();
  const EvenParts tiles(rows, kTileRows), parts(panels.inner(), kPanelRows);
  for (int64_t panel = 0; panel < panels.count(); ++panel) {
    for (int64_t part = 0; part < parts.count(); ++part) {
      const float* factors = b + panels.offset(panel) + parts.begin(part) * kPanelColumns;
      for (int64_t tile = 0; tile < tiles.count(); ++tile) {
        foresight.look_ahead();
        float* here = out + tiles.begin(tile) * out_by_row + panels.first_column(panel);
        const bool begins = part == 0;
        tile_function(tiles.size(tile),
                      panels.vectors(panel))({.a = a + tiles.begin(tile) * panels.inner() + parts.begin(part),
                                              .a_by_row = panels.inner(),
                                              .a_places = kInTurn.data(),
                                              .b = factors,
                                              .b_by_inner = kPanelColumns,
                                              .inner = parts.size(part),
                                              .start = begins ? kZeros.data() : here,
                                              .start_by_row = begins ? 0 : out_by_row,
                                              .out = here,
                                              .out_by_row = out_by_row});
      }
    }
  }
}

#endif

}  // namespace vae
