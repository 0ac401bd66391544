// Bilinear resize. Output row i reads the input at (i + 0.5) * H / out_h - 0.5, or, with align_corners, at
// i * (H - 1) / (out_h - 1); columns alike. Outside the input its nearest pixel counts.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel named(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(resize_bilinear)
    .summary("bilinear resize to out_h x out_w; align_corners = 1 maps corner pixels onto corner pixels")
    .input("x", "N C H W")
    .output("y", "N C Ho Wo")
    .required_attribute("out_h", int64_t{1})
    .required_attribute("out_w", int64_t{1})
    .attribute("align_corners", int64_t{0})
    .gradients("x")
    .derive([](Dims& d) { d.set("Ho", d("out_h")), d.set("Wo", d("out_w")); })
    .require([](const Dims& d) { return d("out_h") >= 1 && d("out_w") >= 1; }, "out_h and out_w must be positive")
    .kernel(named("resize_bilinear"))
    .adjoint("x", named("resize_bilinear_dx"));

}  // namespace lithe
