#include "kernels/sparse_product.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

#include "core/divide_up.h"
#include "kernels/fused.h"
#include "kernels/own_products.h"
#include "kernels/square_transpose.h"

namespace vae {

#ifdef VAE_AVX512

namespace {

constexpr int64_t kFewestRows = 16;     // below which a matrix in another order does not pay
constexpr int64_t kZerosForOne = 4;     // how sparse is sparse
constexpr int64_t kPanelRows = 128;     // that lists are cut into
constexpr int64_t kMostVectors = 6;     // of sums in registers
constexpr int64_t kVectorsAtLeast = 4;  // that are worth another thread

/// A number that is not 0, and its row in a panel.
struct Entry {
  int32_t row;
  float value;
};

using Entries = std::vector<Entry>;

/// Rows that lists add up, some vectors wide, side by side.
struct alignas(64) Panel {
  float numbers[kPanelRows * kMostVectors * kVector];  // NOLINT: to be filled
};

/// Which of up to 16 numbers are not 0; what is no number is none.
[[gnu::always_inline]] VAE_AVX512 inline unsigned not_zero(const float* x, int64_t count) {
  return _mm512_cmp_ps_mask(_mm512_maskz_loadu_ps(first_lanes(count), x), _mm512_setzero_ps(), _CMP_NEQ_UQ);
}

/// out <- start + the sum of value panel[row] over entries, Vectors wide; `columns` of out are there.
struct Combination {
  const Entry *begin, *end;
  const float* panel;
  const float* start;  // null for zeros
  float* out;
  int64_t columns;
};

template <int64_t Vectors>
VAE_AVX512 void combine(const Combination& combination) {
  const auto& [begin, end, panel, start, out, columns] = combination;
  const __mmask16 last = first_lanes(columns - (Vectors - 1) * kVector);
  const auto present = [last](int64_t v) __attribute__((always_inline)) {
    return v == Vectors - 1 ? last : static_cast<__mmask16>(0xffff);
  };
  __m512 sums[static_cast<size_t>(Vectors)];  // NOLINT: registers
#pragma GCC unroll 8
  for (int64_t v = 0; v < Vectors; ++v)
    sums[v] = start ? _mm512_maskz_loadu_ps(present(v), start + v * kVector) : _mm512_setzero_ps();
  for (const Entry* entry = begin; entry != end; ++entry) {
    const __m512 factor = _mm512_set1_ps(entry->value);
    const float* row = panel + entry->row * Vectors * kVector;
#pragma GCC unroll 8
    for (int64_t v = 0; v < Vectors; ++v)
      sums[v] = _mm512_fmadd_ps(factor, _mm512_load_ps(row + v * kVector), sums[v]);
  }
#pragma GCC unroll 8
  for (int64_t v = 0; v < Vectors; ++v) _mm512_mask_storeu_ps(out + v * kVector, present(v), sums[v]);
}

using Combine = void (*)(const Combination&);

template <size_t... Vectors>
constexpr auto combinations(std::index_sequence<Vectors...>) {
  return std::array<Combine, sizeof...(Vectors)>{combine<Vectors + 1>...};
}

Combine combine_function(int64_t vectors) {
  static constexpr auto kFunctions = combinations(std::make_index_sequence<kMostVectors>());
  return kFunctions[static_cast<size_t>(vectors - 1)];
}

VAE_AVX512 int64_t count_row(const float* x, int64_t count) {
  int64_t result = 0;
  for (int64_t i = 0; i < count; i += kVector) result += std::popcount(not_zero(x + i, count - i));
  return result;
}

/// Where each row's entries begin, and behind them their number; empty where they are too many.
std::vector<int64_t> places_of_rows(const float* x, int64_t rows, int64_t inputs) {
  std::vector<int64_t> places(static_cast<size_t>(rows) + 1);
  for_each_row(rows, divide_up(inputs, kVector),
               [&](int64_t r) { places[static_cast<size_t>(r + 1)] = count_row(x + r * inputs, inputs); });
  for (size_t r = 1; r < places.size(); ++r) places[r] += places[r - 1];
  if (places.back() * kZerosForOne >= rows * inputs) places.clear();
  return places;
}

// --- x weight^T: of each row of x one list for each panel of inputs.

struct RowLists {
  Entries entries;
  std::vector<int64_t> begins;  // [rows, panels], and the end
  int64_t panels;

  const Entry* begin(int64_t row, int64_t panel) const {
    return entries.data() + begins[static_cast<size_t>(row * panels + panel)];
  }
  const Entry* end(int64_t row, int64_t panel) const { return begin(row, panel + 1); }
};

VAE_AVX512 void list_row(const float* x, int64_t inputs, int64_t place, Entry* entries, int64_t* begins) {
  for (int64_t first = 0; first < inputs; first += kPanelRows) {
    *begins++ = place;
    const int64_t last = std::min(first + kPanelRows, inputs);
    for (int64_t i = first; i < last; i += kVector) {
      for (unsigned left = not_zero(x + i, last - i); left != 0; left &= left - 1) {
        const int64_t at = i + std::countr_zero(left);
        entries[place++] = {static_cast<int32_t>(at - first), x[at]};
      }
    }
  }
}

RowLists list_rows(const float* x, int64_t rows, int64_t inputs, const std::vector<int64_t>& places) {
  const int64_t panels = divide_up(inputs, kPanelRows);
  RowLists lists = {Entries(static_cast<size_t>(places.back())),
                    std::vector<int64_t>(static_cast<size_t>(rows * panels) + 1), panels};
  for_each_row(rows, inputs, [&](int64_t r) {
    list_row(x + r * inputs, inputs, places[static_cast<size_t>(r)], lists.entries.data(),
             lists.begins.data() + r * panels);
  });
  lists.begins.back() = places.back();
  return lists;
}

/// Some outputs.
struct Stripe {
  int64_t first, count;

  int64_t vectors() const { return divide_up(count, kVector); }
};

/// Calls work(stripe) for stripes of at most kMostVectors of the vectors from `begin` to `end`.
template <class Work>
void for_each_stripe(int64_t begin, int64_t end, int64_t outputs, const Work& work) {
  const EvenParts stripes(end - begin, kMostVectors);
  for (int64_t i = 0; i < stripes.count(); ++i) {
    const int64_t first = (begin + stripes.begin(i)) * kVector;
    work(Stripe{first, std::min(stripes.size(i) * kVector, outputs - first)});
  }
}

/// panel[i][o] <- weight[o][i] for some inputs i.
VAE_AVX512 void transpose_into(const float* weight, int64_t inputs, int64_t first, int64_t count,
                               const Stripe& stripe, Panel& panel) {
  const int64_t by_row = stripe.vectors() * kVector;
  for (int64_t o = 0; o < stripe.count; o += kVector) {
    for (int64_t i = 0; i < count; i += kVector) {
      transpose_square(weight + (stripe.first + o) * inputs + first + i, inputs,
                       std::min(stripe.count - o, kVector), std::min(count - i, kVector),
                       panel.numbers + i * by_row + o, by_row);
    }
  }
}

void multiply_stripe(const RowLists& lists, const float* weight, int64_t rows, int64_t inputs,
                     int64_t outputs, const Stripe& stripe, float* out) {
  const Combine combine = combine_function(stripe.vectors());
  Panel panel;
  for (int64_t p = 0; p < lists.panels; ++p) {
    const int64_t first = p * kPanelRows;
    transpose_into(weight, inputs, first, std::min(kPanelRows, inputs - first), stripe, panel);
    for (int64_t r = 0; r < rows; ++r) {
      float* here = out + r * outputs + stripe.first;
      combine({.begin = lists.begin(r, p),
               .end = lists.end(r, p),
               .panel = panel.numbers,
               .start = p == 0 ? nullptr : here,
               .out = here,
               .columns = stripe.count});
    }
  }
}

// --- gradient^T x: of each input one list of rows, of kPanelRows of them at a time.

/// Lists of some inputs' rows.
struct ColumnLists {
  Entries entries;
  std::vector<size_t> begins = {0};  // and the end
};

/// Of the inputs from `first` on, up to 16.
VAE_AVX512 void list_columns(const float* x, int64_t rows, int64_t inputs, int64_t first,
                             ColumnLists& lists) {
  Entry found[kVector][kPanelRows];  // NOLINT: to be filled
  std::array<int64_t, kVector> counts = {};
  for (int64_t r = 0; r < rows; ++r) {
    const float* here = x + r * inputs + first;
    for (unsigned left = not_zero(here, inputs - first); left != 0; left &= left - 1) {
      const auto i = static_cast<size_t>(std::countr_zero(left));
      found[i][counts[i]++] = {static_cast<int32_t>(r), here[i]};
    }
  }
  for (size_t i = 0; i < counts.size(); ++i) {
    lists.entries.insert(lists.entries.end(), found[i], found[i] + counts[i]);
    lists.begins.push_back(lists.entries.size());
  }
}

void copy_into(const float* gradient, int64_t rows, int64_t outputs, const Stripe& stripe, Panel& panel) {
  const int64_t by_row = stripe.vectors() * kVector;
  for (int64_t r = 0; r < rows; ++r) {
    float* to = panel.numbers + r * by_row;
    std::copy_n(gradient + r * outputs + stripe.first, stripe.count, to);
    std::fill(to + stripe.count, to + by_row, 0.0F);
  }
}

/// out[o][i] <- or += sums[i][o] for up to 16 inputs i.
VAE_AVX512 void store_columns(const float* sums, const Stripe& stripe, int64_t inputs, int64_t first,
                              bool adds, float* out) {
  const int64_t by_row = stripe.vectors() * kVector, count = std::min(kVector, inputs - first);
  alignas(64) float square[kVector * kVector];  // NOLINT: to be filled
  for (int64_t o = 0; o < stripe.count; o += kVector) {
    transpose_square(sums + o, by_row, kVector, kVector, square, kVector);
    for (int64_t j = 0; j < std::min(stripe.count - o, kVector); ++j) {
      float* here = out + (stripe.first + o + j) * inputs + first;
      const __m512 sum = _mm512_load_ps(square + j * kVector);
      const __m512 before = adds ? _mm512_maskz_loadu_ps(first_lanes(count), here) : _mm512_setzero_ps();
      _mm512_mask_storeu_ps(here, first_lanes(count), _mm512_add_ps(before, sum));
    }
  }
}

/// Of some inputs, of which `first` is the first, over the rows of one panel.
void sum_columns(const float* gradient, const ColumnLists& lists, int64_t rows, int64_t inputs,
                 int64_t outputs, int64_t first, bool adds, float* out) {
  Panel panel;
  alignas(64) float sums[kVector * kMostVectors * kVector];  // NOLINT: to be filled
  for_each_stripe(0, divide_up(outputs, kVector), outputs, [&](const Stripe& stripe) {
    const Combine combine = combine_function(stripe.vectors());
    const int64_t by_row = stripe.vectors() * kVector;
    copy_into(gradient, rows, outputs, stripe, panel);
    for (size_t i = 0; i + 1 < lists.begins.size(); i += kVector) {
      for (size_t j = 0; j < kVector; ++j) {
        combine({.begin = lists.entries.data() + lists.begins[i + j],
                 .end = lists.entries.data() + lists.begins[i + j + 1],
                 .panel = panel.numbers,
                 .start = nullptr,
                 .out = sums + static_cast<int64_t>(j) * by_row,
                 .columns = by_row});
      }
      store_columns(sums, stripe, inputs, first + static_cast<int64_t>(i), adds, out);
    }
  });
}

}  // namespace

bool may_be_sparse(int64_t rows) { return rows >= kFewestRows && uses_own_products(); }

bool multiply_sparse(const float* x, const float* weight, int64_t rows, int64_t inputs, int64_t outputs,
                     float* out) {
  const std::vector<int64_t> places = places_of_rows(x, rows, inputs);
  if (places.empty()) return false;
  const RowLists lists = list_rows(x, rows, inputs, places);
  at::parallel_for(0, divide_up(outputs, kVector), kVectorsAtLeast, [&](int64_t begin, int64_t end) {
    for_each_stripe(begin, end, outputs, [&](const Stripe& stripe) {
      multiply_stripe(lists, weight, rows, inputs, outputs, stripe, out);
    });
  });
  return true;
}

bool sum_sparse(const float* gradient, const float* x, int64_t rows, int64_t inputs, int64_t outputs,
                float* out) {
  if (places_of_rows(x, rows, inputs).empty()) return false;
  at::parallel_for(0, divide_up(inputs, kVector), kVectorsAtLeast, [&](int64_t begin, int64_t end) {
    for (int64_t row = 0; row < rows; row += kPanelRows) {
      const int64_t count = std::min(kPanelRows, rows - row);
      ColumnLists lists;
      for (int64_t i = begin; i < end; ++i) list_columns(x + row * inputs, count, inputs, i * kVector, lists);
      sum_columns(gradient + row * outputs, lists, count, inputs, outputs, begin * kVector,
                  /*adds=*/row > 0, out);
    }
  });
  return true;
}

#else

bool may_be_sparse(int64_t) { return false; }
bool multiply_sparse(const float*, const float*, int64_t, int64_t, int64_t, float*) { return false; }
bool sum_sparse(const float*, const float*, int64_t, int64_t, int64_t, float*) { return false; }

#endif

}  // namespace vae
