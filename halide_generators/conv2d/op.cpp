#include "pipelines/graph/op.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "halide_generators/conv2d/pack.h"
#include "halide_generators/winograd/kernels.h"

namespace lithe {
namespace {

int64_t pad_after(const Dims& d, const char* after, const char* before) { return d(after) < 0 ? d(before) : d(after); }

void derive(Dims& d) {
  const int64_t bottom = pad_after(d, "pad_bottom", "pad_h"), right = pad_after(d, "pad_right", "pad_w");
  const int64_t h = d("H") + d("pad_h") + bottom - d("dilation_h") * (d("KH") - 1) - 1;
  const int64_t w = d("W") + d("pad_w") + right - d("dilation_w") * (d("KW") - 1) - 1;
  d.set("Ho", h < 0 ? 0 : h / std::max<int64_t>(d("stride_h"), 1) + 1);
  d.set("Wo", w < 0 ? 0 : w / std::max<int64_t>(d("stride_w"), 1) + 1);
  if (d("groups") > 0 && d("O") % d("groups") == 0 && d("C") % d("groups") == 0 && d("O") > 0) {
    d.set("K", panels::depth(d("C"), d("O"), d("groups")));
  }
}

// A panel holds zeros between the inputs of one group and those of another.
Tensor pack_grouped_panels(const Tensor& weights, const Dims& d) {
  const Tensor w = weights.contiguous();
  const int64_t inputs = d("I"), taps = d("KH KW"), depth = d("K"), per_group = d("O") / d("groups");
  Tensor packed = Tensor::filled({panels::count(d("O")), d("KH"), d("KW"), depth, panels::kWidth}, 0.0f);
  for (int64_t o = 0; o < d("O"); ++o) {
    const int64_t panel = o / panels::kWidth;
    const int64_t start = std::min(panel * panels::kWidth / per_group * inputs, d("C") - depth);
    for (int64_t i = 0; i < inputs; ++i) {
      const int64_t k = o / per_group * inputs + i - start;
      for (int64_t t = 0; t < taps; ++t) {
        packed.data()[((panel * taps + t) * depth + k) * panels::kWidth + o % panels::kWidth] =
            w.data()[(o * inputs + i) * taps + t];
      }
    }
  }
  return packed;
}

// O I KH KW -> panels of 16 outputs: P KH KW K 16 (panels.h).
Tensor pack_panels(const std::vector<Tensor>& values, const Dims& d) {
  if (d("groups") > 1) return pack_grouped_panels(values.at(0), d);
  const Tensor& w = values.at(0);
  const int64_t outputs = d("O"), inputs = d("I"), kh = d("KH"), kw = d("KW"), size = inputs * panels::kWidth;
  Tensor packed({panels::count(outputs), kh, kw, inputs, panels::kWidth});
  panels::each_panel(outputs, kh * kw * size, [&](int64_t p) {
    for (int64_t t = 0; t < kh * kw; ++t) {
      const float* const tap = &w.at(0, 0, t / kw, t % kw);
      panels::pack({tap, outputs, inputs, w.strides()[0], w.strides()[1]}, p, packed.data() + (p * kh * kw + t) * size);
    }
  });
  return packed;
}

// The same without the taps: P K 16.
Tensor pack_pointwise(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor packed = pack_panels(values, d);
  return packed.reshaped({packed.dim(0), packed.dim(3), packed.dim(4)});
}

// O 1 KH KW -> KH KW O.
Tensor pack_depthwise(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor& w = values.at(0);
  const int64_t outputs = d("O"), taps = d("KH KW"), kw = d("KW");
  Tensor packed({d("KH"), kw, outputs});
  for (int64_t t = 0; t < taps; ++t) {
    const float* const tap = &w.at(0, 0, t / kw, t % kw);
    for (int64_t o = 0; o < outputs; ++o) packed.data()[t * outputs + o] = tap[o * w.strides()[0]];
  }
  return packed;
}

// O I KH KW -> C O/G KH KW, with its taps the other way round if `flip`: weights of the convolution of dy whose output
// is dx. A view where there are no groups or only one output in each, since packing reads weights in any order.
Tensor turned(const Tensor& weights, int64_t groups, bool flip) {
  const Tensor w = weights.contiguous();
  const int64_t outputs = w.dim(0) / groups, inputs = w.dim(1), kw = w.dim(3), taps = w.dim(2) * kw;
  const int64_t step = flip ? -1 : 1;
  const auto of_groups = [&](int64_t first, int64_t count) {
    float* const data = w.data() + first * outputs * inputs * taps + (flip ? taps - 1 : 0);
    return Tensor::view(data, {count * inputs, outputs, w.dim(2), kw}, {taps, inputs * taps, step * kw, step},
                        DType::kF32, std::make_shared<Tensor>(w));
  };
  if (groups == 1 || outputs == 1) return of_groups(0, groups);
  const Tensor result({groups * inputs, outputs, w.dim(2), kw});
  for (int64_t g = 0; g < groups; ++g) copy(of_groups(g, 1), result.images(g * inputs, inputs));
  return result;
}

// Where dy is convolved with stride 1, padded by what the convolution of x left over.
AdjointNode turned_convolution(const Dims& d) {
  const int64_t top = d("dilation_h") * (d("KH") - 1) - d("pad_h");
  const int64_t left = d("dilation_w") * (d("KW") - 1) - d("pad_w");
  const Attributes attributes{{"pad_h", top},
                              {"pad_w", left},
                              {"pad_bottom", d("H") - d("Ho") + d("pad_h")},
                              {"pad_right", d("W") - d("Wo") + d("pad_w")},
                              {"dilation_h", d("dilation_h")},
                              {"dilation_w", d("dilation_w")},
                              {"groups", d("groups")}};
  return {"conv2d", {"dy", "w"}, attributes};
}

Kernel where_turned() {
  Kernel conditions;
  conditions.applies = [](const Dims& d) {
    return d("stride_h") == 1 && d("stride_w") == 1 && d("dilation_h") * (d("KH") - 1) >= d("pad_h") &&
           d("dilation_w") * (d("KW") - 1) >= d("pad_w") && d("H") - d("Ho") + d("pad_h") >= 0 &&
           d("W") - d("Wo") + d("pad_w") >= 0;
  };
  conditions.pack["w"] = [](const std::vector<Tensor>& values, const Dims& d) {
    return turned(values.at(0), d("groups"), true);
  };
  return conditions;
}

// Zeros between the taps of a dilated window: strided ones have none, so that kernels need not know of it.
Tensor without_dilation(const Tensor& weights, const Dims& d) {
  const int64_t down = d("dilation_h"), across = d("dilation_w");
  if (down == 1 && across == 1) return weights;
  const Tensor w = weights.contiguous();
  const int64_t kh = w.dim(2), kw = w.dim(3);
  const Shape shape{w.dim(0), w.dim(1), (kh - 1) * down + 1, (kw - 1) * across + 1};
  Tensor result = Tensor::filled(shape, 0.0f);
  for (int64_t i = 0; i < w.size(); ++i) {
    result.data()[(i / kw / kh * shape[2] + i / kw % kh * down) * shape[3] + i % kw * across] = w.data()[i];
  }
  return result;
}

// Panels of 16 channels of x: P KH KW K' 16.
Tensor pack_turned_panels(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor w = without_dilation(turned(values.at(0), d("groups"), false), d);
  Dims back("conv2d", d.attributes());
  back.set("C", d("O")), back.set("O", d("C")), back.set("I", d("O") / d("groups"));
  back.set("KH", w.dim(2)), back.set("KW", w.dim(3)), back.set("K", panels::depth(d("O"), d("C"), d("groups")));
  return pack_panels({w}, back);
}

Tensor pack_undilated_depthwise(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor w = without_dilation(values.at(0), d);
  Dims undilated("conv2d", d.attributes());
  undilated.set("O", d("O")), undilated.set("KH", w.dim(2)), undilated.set("KW", w.dim(3));
  return pack_depthwise({w}, undilated);
}

bool is_pointwise(const Dims& d) {
  return d("KH KW") == 1 && d("stride_h") == 1 && d("stride_w") == 1 && d("H") == d("Ho") && d("W") == d("Wo");
}

// No output stands on padding.
bool is_strided_pointwise(const Dims& d) {
  return d("KH KW") == 1 && d("pad_h") == 0 && d("pad_w") == 0 && (d("Ho") - 1) * d("stride_h") < d("H") &&
         (d("Wo") - 1) * d("stride_w") < d("W");
}

bool is_narrow(const Dims& d) { return d("O") <= panels::kWidth; }

Kernel depthwise(const std::string& name, int64_t kh, int64_t kw) {
  const auto applies = [=](const Dims& d) {
    return d("groups") == d("C") && d("O") == d("C") && (kh == 0 || (d("KH") == kh && d("KW") == kw));
  };
  return {name, applies, {{"w", pack_depthwise}}};
}

Kernel depthwise_dx() {
  Kernel kernel = depthwise("depthwise_dx", 0, 0);
  kernel.pack["w"] = pack_undilated_depthwise;
  return kernel;
}

Kernel depthwise_dw(const std::string& name, int64_t kh, int64_t kw) {
  Kernel kernel = depthwise(name, kh, kw);
  kernel.pack.clear();
  return kernel;
}

bool is_unclamped(const Dims& d) {
  return std::isinf(d.attribute<double>("clamp_min")) && std::isinf(d.attribute<double>("clamp_max"));
}

bool steps_are_positive(const Dims& d) {
  return d("stride_h") > 0 && d("stride_w") > 0 && d("dilation_h") > 0 && d("dilation_w") > 0;
}
constexpr const char* kStepsArePositive = "strides and dilations must be at least 1";
constexpr const char* kPaddingIsPositive = "paddings must be at least 0";
constexpr const char* kKernelFits = "the kernel is larger than the padded image";

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

// y[n,o,h,w] = clamp(b[o] + sum_{i,u,v} w[o,i,u,v] x[n, g(o) I + i, h s_h + u d_h - p_h, w s_w + v d_w - p_w]), g(o) =
// o / (O / groups), zero outside x
LITHE_REGISTER_OP(conv2d)
    .summary("convolution: dense, grouped, depthwise; optional bias; result clamped to [clamp_min, clamp_max]")
    .input("x", "N C H W")
    .input("w", "O I KH KW")
    .optional_input("b", "O")
    .output("y", "N O Ho Wo")
    .attribute("stride_h", int64_t{1})
    .attribute("stride_w", int64_t{1})
    .attribute("pad_h", int64_t{0})        // above; below too unless pad_bottom is given
    .attribute("pad_w", int64_t{0})        // left; right too unless pad_right is given
    .attribute("pad_bottom", int64_t{-1})  // -1: as pad_h
    .attribute("pad_right", int64_t{-1})
    .attribute("dilation_h", int64_t{1})
    .attribute("dilation_w", int64_t{1})
    .attribute("groups", int64_t{1})
    .attribute("clamp_min", -kInfinity)  // a fused ReLU or ReLU6
    .attribute("clamp_max", kInfinity)
    .derive(derive)
    .require(steps_are_positive, kStepsArePositive)
    .require([](const Dims& d) { return d("pad_h") >= 0 && d("pad_w") >= 0; }, kPaddingIsPositive)
    .require(
        [](const Dims& d) { return d("groups") > 0 && d("C") == d("groups") * d("I") && d("O") % d("groups") == 0; },
        "C must be groups * I and groups must divide O")
    .require([](const Dims& d) { return d("Ho") > 0 && d("Wo") > 0; }, kKernelFits)
    .gradients("x w b", is_unclamped)
    .madds([](const Dims& d) { return d("N O Ho Wo I KH KW"); })
    .kernel(depthwise("depthwise_3x3", 3, 3))
    .kernel(depthwise("depthwise_5x5", 5, 5))
    .kernel(depthwise("depthwise_3x1", 3, 1))
    .kernel(depthwise("depthwise_1x3", 1, 3))
    .kernel(depthwise("depthwise_5x1", 5, 1))
    .kernel(depthwise("depthwise_1x5", 1, 5))
    .kernel(depthwise("depthwise_any", 0, 0))
    .kernel({"pointwise_narrow",
             [](const Dims& d) { return is_pointwise(d) && is_narrow(d); },
             {{"w", pack_pointwise}},
             /*pixels=*/true})
    .kernel({"pointwise", is_pointwise, {{"w", pack_pointwise}}, /*pixels=*/true})
    .kernel({"pointwise_strided",
             [](const Dims& d) { return is_strided_pointwise(d) && !is_narrow(d); },
             {{"w", pack_pointwise}},
             /*pixels=*/true})
    .kernel(winograd::kernel("winograd_4x4", {4, 4}))
    .kernel(winograd::kernel("winograd_2x4", {2, 4}))
    .kernel(winograd::kernel("winograd_2x2", {2, 2}))
    .kernel({"conv2d_narrow", is_narrow, {{"w", pack_panels}}})
    .kernel({"conv2d", {}, {{"w", pack_panels}}})
    .adjoint("x", turned_convolution, where_turned())
    .adjoint("x", depthwise_dx())
    .adjoint("x", {"conv2d_dx", {}, {{"w", pack_turned_panels}}})
    .adjoint("w", {"pointwise_dw", is_pointwise, {}, /*pixels=*/true})
    .adjoint("w", depthwise_dw("depthwise_dw_3x3", 3, 3))
    .adjoint("w", depthwise_dw("depthwise_dw_5x5", 5, 5))
    .adjoint("w", depthwise_dw("depthwise_dw_3x1", 3, 1))
    .adjoint("w", depthwise_dw("depthwise_dw_1x3", 1, 3))
    .adjoint("w", depthwise_dw("depthwise_dw_5x1", 5, 1))
    .adjoint("w", depthwise_dw("depthwise_dw_1x5", 1, 5))
    .adjoint("w", depthwise_dw("depthwise_dw_any", 0, 0))
    .adjoint("w", {"conv2d_dw_runs", [](const Dims& d) { return d("groups") == 1 && d("dilation_w") == 1; }, {}})
    .adjoint("w", {"conv2d_dw", {}, {}})
    .adjoint("b", {"conv2d_db", {}, {}, /*pixels=*/true});

// A convolution at the end of a residual block. Networks do not use it; rewrites do.
LITHE_REGISTER_OP(conv2d_add)
    .summary("dense convolution plus the image r; result clamped to [clamp_min, clamp_max]; made by rewrites")
    .input("x", "N C H W")
    .input("w", "O C KH KW")
    .optional_input("b", "O")
    .input("r", "N O Hr Wr")
    .output("y", "N O Ho Wo")
    .attribute("stride_h", int64_t{1})
    .attribute("stride_w", int64_t{1})
    .attribute("pad_h", int64_t{0})
    .attribute("pad_w", int64_t{0})
    .attribute("pad_bottom", int64_t{-1})
    .attribute("pad_right", int64_t{-1})
    .attribute("dilation_h", int64_t{1})
    .attribute("dilation_w", int64_t{1})
    .attribute("groups", int64_t{1})
    .attribute("clamp_min", -kInfinity)
    .attribute("clamp_max", kInfinity)
    .derive([](Dims& d) { d.set("I", d("C")), derive(d); })
    .require(steps_are_positive, kStepsArePositive)
    .require([](const Dims& d) { return d("pad_h") >= 0 && d("pad_w") >= 0; }, kPaddingIsPositive)
    .require([](const Dims& d) { return d("groups") == 1; }, "groups must be 1")
    .require([](const Dims& d) { return !is_narrow(d); }, "there must be more than 16 outputs")
    .require([](const Dims& d) { return d("Ho") > 0 && d("Wo") > 0; }, kKernelFits)
    .require([](const Dims& d) { return d("Hr") == d("Ho") && d("Wr") == d("Wo"); }, "r must have the shape of y")
    .madds([](const Dims& d) { return d("N O Ho Wo C KH KW"); })
    .kernel({"pointwise_add", is_pointwise, {{"w", pack_pointwise}}, /*pixels=*/true})
    .kernel(winograd::kernel("winograd_4x4_add", {4, 4}))
    .kernel(winograd::kernel("winograd_2x4_add", {2, 4}))
    .kernel(winograd::kernel("winograd_2x2_add", {2, 2}))
    .kernel({"conv2d_add", {}, {{"w", pack_panels}}});

}  // namespace lithe
