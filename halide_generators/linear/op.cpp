#include "pipelines/graph/op.h"

#include <cmath>
#include <limits>

#include "halide_generators/conv2d/pack.h"
#include "pipelines/core/half.h"

namespace lithe {
namespace {

// O x CHW -> panels of 16 outputs, P K 16, with K in the order in which x lies in memory: H W C.
Tensor pack_panels(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor& w = values.at(0);
  const int64_t outputs = d("O"), c = d("C"), pixels = d("H W"), size = c * panels::kWidth;
  Tensor packed({panels::count(outputs), c * pixels, panels::kWidth});
  panels::each_panel(outputs, pixels * size, [&](int64_t p) {
    for (int64_t pixel = 0; pixel < pixels; ++pixel) {
      panels::pack({&w.at(0, pixel), outputs, c, w.strides()[0], w.strides()[1] * pixels}, p,
                   packed.data() + (p * pixels + pixel) * size);
    }
  });
  return packed;
}

// The same in half precision, two inputs to a word (weights.h): P ceil(K / 2) 16.
Kernel half_kernel(const char* name, DType type, uint16_t (*rounded)(float)) {
  const auto pack = [rounded](const std::vector<Tensor>& values, const Dims& d) {
    const Tensor whole = pack_panels(values, d);
    const int64_t depth = d("K"), words = (depth + 1) / 2;
    Tensor packed({whole.dim(0), words, panels::kWidth}, DType::kI32);
    const auto bits = [&](int64_t panel, int64_t k, int64_t o) -> uint32_t {
      return k < depth ? rounded(whole.data()[(panel * depth + k) * panels::kWidth + o]) : 0;
    };
    for (int64_t i = 0; i < packed.size(); ++i) {
      const int64_t panel = i / panels::kWidth / words, k = i / panels::kWidth % words * 2, o = i % panels::kWidth;
      packed.data<int32_t>()[i] = static_cast<int32_t>(bits(panel, k, o) | bits(panel, k + 1, o) << 16);
    }
    return packed;
  };
  Kernel kernel{name, {}, {{"w", pack}}};
  kernel.weights = type;
  return kernel;
}

bool is_unclamped(const Dims& d) {
  return std::isinf(d.attribute<double>("clamp_min")) && std::isinf(d.attribute<double>("clamp_max"));
}

std::function<AdjointNode(const Dims&)> product_with_transposed() {
  return [](const Dims&) { return AdjointNode{"linear", {"dy", "w"}, {}}; };
}

Kernel transposed_weights() {
  Kernel conditions;
  conditions.pack["w"] = [](const std::vector<Tensor>& values, const Dims& d) {
    const Tensor w = values.at(0).contiguous();
    return Tensor::view(w.data(), {d("I"), d("O")}, {1, d("I")}, DType::kF32, std::make_shared<Tensor>(w));
  };
  return conditions;
}

}  // namespace

// y[n,o] = clamp(b[o] + sum_i w[o,i] x[n,i]); an image is read in the order C H W, as if flattened.
LITHE_REGISTER_OP(linear)
    .summary("fully connected layer; optional bias; result clamped to [clamp_min, clamp_max]")
    .input("x", "N C H W")
    .input("w", "O I")
    .optional_input("b", "O")
    .output("y", "N O")
    .attribute("clamp_min", -std::numeric_limits<double>::infinity())
    .attribute("clamp_max", std::numeric_limits<double>::infinity())
    .derive([](Dims& d) { d.set("K", d("I")); })
    .require([](const Dims& d) { return d("I") == d("C H W"); }, "I must be C * H * W")
    .gradients("x w b", is_unclamped)
    .madds([](const Dims& d) { return d("N O I"); })
    .kernel(half_kernel("linear_f16", DType::kF16, to_float16))
    .kernel(half_kernel("linear_bf16", DType::kBF16, to_bfloat16))
    .kernel({"linear_narrow", [](const Dims& d) { return d("O") <= panels::kWidth; }, {{"w", pack_panels}}})
    .kernel({"linear", {}, {{"w", pack_panels}}})
    .adjoint("x", product_with_transposed(), transposed_weights())
    .adjoint("w", {"linear_dw", {}, {}})
    .adjoint("b", {"conv2d_db", {}, {}, /*pixels=*/true});

}  // namespace lithe
