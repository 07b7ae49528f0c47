#include "model/attention.h"

namespace vae {

SelfAttention::SelfAttention(int64_t channels, int64_t groups, double gain)
    : norm_(register_module("norm", std::make_shared<GroupNorm>(channels, groups, Activation::identity))),
      query_(register_module("query", std::make_shared<Projection>(channels, channels))),
      key_(register_module("key", std::make_shared<Projection>(channels, channels))),
      value_(register_module("value", std::make_shared<Projection>(channels, channels))),
      output_(register_module("output",
                              std::make_shared<Linear>(channels, channels, Activation::identity, gain))) {}

Tensor SelfAttention::forward(const Tensor& x) const {
  // A row for each place, under one head: [N, 1, h w, C]. In channels_last the rows are there already.
  const Tensor rows = norm_->forward(x).permute({0, 2, 3, 1}).flatten(1, 2).unsqueeze(1);
  const Tensor seen =
      at::scaled_dot_product_attention(query_->forward(rows), key_->forward(rows), value_->forward(rows));
  return x + output_->forward(seen).view({x.size(0), x.size(2), x.size(3), x.size(1)}).permute({0, 3, 1, 2});
}

}  // namespace vae
