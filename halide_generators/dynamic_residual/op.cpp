// y[n,o,h,w] = sum_k pi[n,k] * sum_c phi_k[o,c] * u[n,c,h*stride,w*stride]   (Dynamic Transfer, Li et al., CVPR 2021)
// The kernels are mixed first: M = sum_k pi[n,k] * phi_k, then y = M u.

#include "pipelines/graph/op.h"

#include <algorithm>

#include "halide_generators/conv2d/panels.h"

namespace lithe {
namespace {

// K P C 16: panels of 16 outputs, as those of convolutions; an even number, since the kernel takes two at a time.
Tensor pack_phi(const std::vector<Tensor>& values, const Dims& d) {
  const int64_t kernels = d("K"), channels = d("C"), outputs = d("O");
  const int64_t count = std::max<int64_t>(panels::count(outputs), 2);
  Tensor packed = Tensor::filled({kernels, count, channels, panels::kWidth}, 0.0f);
  for (int64_t k = 0; k < kernels; ++k) {
    for (int64_t o = 0; o < outputs; ++o) {
      for (int64_t c = 0; c < channels; ++c) {
        packed.at(k, o / panels::kWidth, c, o % panels::kWidth) = values[static_cast<size_t>(k)].at(o, c);
      }
    }
  }
  return packed;
}

// K O C.
Tensor stack_phi(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor stack({d("K"), d("O"), d("C")});
  for (int64_t k = 0; k < d("K"); ++k) {
    copy(values[static_cast<size_t>(k)].contiguous().reshaped({1, d("O"), d("C")}), stack.images(k, 1));
  }
  return stack;
}

Kernel dynamic_residual_kernel() {
  Kernel kernel;
  kernel.name = "dynamic_residual";
  kernel.pack["phi"] = pack_phi;
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(dynamic_residual)
    .summary("y = sum over k of pi[k] * (1x1 convolution of u with phi_k)")
    .input("u", "N C H W")
    .input("pi", "N K")
    .variadic_input("phi", "O C 1 1")  // phi_1 ... phi_K
    .output("y", "N O Ho Wo")
    .attribute("stride", int64_t{1})
    .gradients("u pi phi")
    .derive([](Dims& d) {
      const int64_t stride = d("stride");
      d.set("Ho", stride < 1 ? 0 : (d("H") - 1) / stride + 1), d.set("Wo", stride < 1 ? 0 : (d("W") - 1) / stride + 1);
    })
    .madds([](const Dims& d) { return d("N K O C Ho Wo"); })
    .require([](const Dims& d) { return d("stride") >= 1; }, "stride must be positive")
    .require([](const Dims& d) { return d("K_phi") == d("K"); }, "pi must hold one number per residual kernel")
    .kernel(dynamic_residual_kernel())
    .adjoint("u pi phi", {"dynamic_residual_du_dpi_dphi", {}, {{"phi", stack_phi}}});

}  // namespace lithe
