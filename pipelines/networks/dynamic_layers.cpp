#include "pipelines/networks/dynamic_layers.h"

#include <algorithm>
#include <cmath>

namespace lithe {
namespace {

// hsig2(u) = relu6(u + 3) / 3: in [0, 2], 1 at zero.
ValueId hard_sigmoid2(GraphBuilder& g, const std::string& name, ValueId u) {
  return g.op("hard_sigmoid", name, {u}, {{"scale", 2.0}});
}

struct Coefficients {
  ValueId phi, lambda;
};

// The light branch: v = pooled x, f = Wf v, f <- f * hsig2(Ws f); Phi and lambda are linear in f.
Coefficients dcd_coefficients(GraphBuilder& g, const std::string& name, ValueId v, int64_t out, const Dcd& d) {
  const auto layer = [&](const std::string& part, ValueId in, int64_t width) {
    return linear(g, join(name, part), in, width, d.start, /*bias=*/false);
  };
  const ValueId f = layer("fc.0", v, d.squeeze);
  const ValueId gate = hard_sigmoid2(g, join(name, "fc.1.gate"), layer("fc.1.fc.0", f, d.squeeze));
  const ValueId gated = g.op("multiply", join(name, "fc.1"), {f, gate});
  return {layer("fc_phi", gated, d.latent * d.latent),
          hard_sigmoid2(g, join(name, "lambda"), layer("fc_scale", gated, out))};
}

// BN2(Phi z) + z with z = BN1(q), position by position.
ValueId dcd_latent(GraphBuilder& g, const std::string& name, ValueId q, ValueId phi) {
  const ValueId z = batch_norm(g, join(name, "bn1"), q);
  const ValueId mixed = g.op("phi_product", join(name, "phi_z"), {z, phi});
  return g.op("add", join(name, "latent"), {batch_norm(g, join(name, "bn2"), mixed), z});
}

}  // namespace

ValueId shift_max(GraphBuilder& g, const std::string& name, ValueId x, const ShiftMax& s) {
  const int64_t channels = g.channels(x), branches = static_cast<int64_t>(s.offsets.size()) / 2;
  const int64_t squeeze = round_channels(static_cast<double>(channels / s.reduction), 4);
  const ValueId pooled = g.op("global_avg_pool", join(name, "pool"), {x});
  const ValueId hidden =
      g.op("relu", join(name, "fc.1"), {linear(g, join(name, "fc.0"), pooled, squeeze, Start::kNormal)});
  const ValueId u = linear(g, join(name, "fc.2"), hidden, 2 * branches * channels, Start::kNormal);
  const ValueId a = g.op("shift_max_coefficients", join(name, "coefficients"), {u},
                         {{"branches", branches}, {"terms", int64_t{2}}, {"range", 4.0}, {"offsets", s.offsets}});
  return g.op("dynamic_shift_max", name, {x, a}, {{"groups", s.groups}});
}

ValueId dcd_conv(GraphBuilder& g, const std::string& name, ValueId x, const Conv& c, const Dcd& d) {
  const ValueId pooled =
      d.pool == 1 ? g.op("global_avg_pool", join(name, "pool"), {x})
                  : g.op("adaptive_avg_pool", join(name, "pool"), {x}, {{"out_h", d.pool}, {"out_w", d.pool}});
  const auto [phi, lambda] = dcd_coefficients(g, name, pooled, c.out, d);
  const ValueId r = g.op("channel_scale", join(name, "scaled"), {conv(g, join(name, d.w0), x, c), lambda});
  const ValueId q = conv(g, join(name, d.q), x, {d.latent, 1, 1, c.stride_h, c.stride_w});
  const ValueId p = conv(g, join(name, d.p), dcd_latent(g, name, q, phi), {c.out});
  return g.op("add", name, {p, r});
}

ValueId dcd_linear(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, Start start) {
  const Dcd d{1, 32, 32, "cls", "cls_q", "cls_p", start};
  const auto [phi, lambda] = dcd_coefficients(g, name, x, out, d);
  const ValueId r = g.op("channel_scale", join(name, "scaled"), {linear(g, join(name, d.w0), x, out, start), lambda});
  const ValueId q = linear(g, join(name, d.q), x, d.latent, start, /*bias=*/false);
  const ValueId p = linear(g, join(name, d.p), dcd_latent(g, name, q, phi), out, start, /*bias=*/false);
  return g.op("add", name, {p, r});
}

ValueId drt_transfer(GraphBuilder& g, const std::string& block, ValueId x, ValueId u, ValueId v, int64_t stride,
                     const Drt& drt) {
  if (drt.kernels == 0 && !drt.channel_attention) return v;
  const int64_t planes = g.channels(u), squeeze = std::max<int64_t>(4, g.channels(x) / drt.reduction);
  const ValueId pooled = g.op("global_avg_pool", join(block, "pool"), {x});
  const auto attention = [&](const std::string& part, int64_t width) {
    const auto layer = [&](const std::string& slot, ValueId in, int64_t out) {
      return linear(g, join(block, part + slot), in, out, drt.start, /*bias=*/false);
    };
    return layer(".2", g.op("relu", join(block, part + ".1"), {layer(".0", pooled, squeeze)}), width);
  };
  if (drt.kernels > 0) {
    std::vector<ValueId> inputs{u, g.op("softmax", join(block, "pi"), {attention("fc", drt.kernels)})};
    for (int64_t k = 1; k <= drt.kernels; ++k) {
      inputs.push_back(g.parameter(join(block, "conv_s" + std::to_string(k) + ".weight"), {planes, planes, 1, 1},
                                   Init::normal(std::sqrt(2.0 / static_cast<double>(planes)))));
    }
    const ValueId residual = g.op("dynamic_residual", join(block, "conv_s"), inputs, {{"stride", stride}});
    v = g.op("add", join(block, "transfer"), {v, residual});
  }
  if (!drt.channel_attention) return v;
  const ValueId scale = hard_sigmoid2(g, join(block, "scale"), attention("scale", planes));
  return g.op("channel_scale", join(block, "scaled"), {v, scale});
}

}  // namespace lithe
