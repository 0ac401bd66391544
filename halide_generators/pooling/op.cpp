// Windows over the pixels of one channel. Extents and borders follow PyTorch, from which the published weights come.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel named(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  return kernel;
}

Kernel planar(const std::string& name) {
  Kernel kernel = named(name);
  kernel.planar = true;
  return kernel;
}

// With ceil_mode a last, partial window counts if it starts inside the input or its leading padding. 0: not possible.
int64_t pooled(int64_t extent, int64_t kernel, int64_t stride, int64_t pad, bool ceil_mode) {
  const int64_t room = extent + 2 * pad - kernel;
  if (kernel < 1 || stride < 1 || pad < 0 || room < 0) return 0;
  const int64_t count = (room + (ceil_mode ? stride - 1 : 0)) / stride + 1;
  return ceil_mode && (count - 1) * stride >= extent + pad ? count - 1 : count;
}

void pool_extents(Dims& d) {
  const bool ceil_mode = d("ceil_mode") != 0;
  d.set("Ho", pooled(d("H"), d("kernel_h"), d("stride_h"), d("pad_h"), ceil_mode));
  d.set("Wo", pooled(d("W"), d("kernel_w"), d("stride_w"), d("pad_w"), ceil_mode));
}

bool windows_fit(const Dims& d) { return d("Ho") >= 1 && d("Wo") >= 1; }
constexpr const char* kWindowsFit = "kernel and stride must be positive and the kernel must fit into the padded input";

bool padding_is_small(const Dims& d) { return 2 * d("pad_h") <= d("kernel_h") && 2 * d("pad_w") <= d("kernel_w"); }
constexpr const char* kPaddingIsSmall = "the padding must be at most half the kernel";

bool is_one_cell(const Dims& d) { return d("Ho") == 1 && d("Wo") == 1; }

}  // namespace

LITHE_REGISTER_OP(max_pool)
    .summary("the largest element of each window; padding never wins")
    .input("x", "N C H W")
    .output("y", "N C Ho Wo")
    .required_attribute("kernel_h", int64_t{1})
    .required_attribute("kernel_w", int64_t{1})
    .attribute("stride_h", int64_t{1})
    .attribute("stride_w", int64_t{1})
    .attribute("pad_h", int64_t{0})
    .attribute("pad_w", int64_t{0})
    .attribute("ceil_mode", int64_t{0})
    .gradients("x")
    .derive(pool_extents)
    .require(windows_fit, kWindowsFit)
    .require(padding_is_small, kPaddingIsSmall)
    .kernel(named("max_pool"))
    .adjoint("x", named("max_pool_dx"));

LITHE_REGISTER_OP(avg_pool)
    .summary("the mean of each window; count_include_pad divides by the window with its padding")
    .input("x", "N C H W")
    .output("y", "N C Ho Wo")
    .required_attribute("kernel_h", int64_t{1})
    .required_attribute("kernel_w", int64_t{1})
    .attribute("stride_h", int64_t{1})
    .attribute("stride_w", int64_t{1})
    .attribute("pad_h", int64_t{0})
    .attribute("pad_w", int64_t{0})
    .attribute("ceil_mode", int64_t{0})
    .attribute("count_include_pad", int64_t{1})
    .gradients("x")
    .derive(pool_extents)
    .require(windows_fit, kWindowsFit)
    .require(padding_is_small, kPaddingIsSmall)
    .kernel(named("avg_pool"))
    .adjoint("x", named("avg_pool_dx"));

LITHE_REGISTER_OP(adaptive_avg_pool)
    .summary("out_h x out_w cells; cell i is the mean over rows floor(i*H/out_h) to ceil((i+1)*H/out_h) - 1")
    .input("x", "N C H W")
    .output("y", "N C Ho Wo")
    .required_attribute("out_h", int64_t{1})
    .required_attribute("out_w", int64_t{1})
    .gradients("x")
    .derive([](Dims& d) { d.set("Ho", d("out_h")), d.set("Wo", d("out_w")); })
    .require([](const Dims& d) { return d("out_h") >= 1 && d("out_w") >= 1; }, "out_h and out_w must be positive")
    .kernel(named("adaptive_avg_pool"))
    .adjoint("x", {"global_avg_pool_dx", is_one_cell, {}, /*pixels=*/true})
    .adjoint("x", named("adaptive_avg_pool_dx"));

LITHE_REGISTER_OP(global_avg_pool)
    .summary("the mean over all pixels")
    .input("x", "N C H W")
    .output("y", "N C")
    .gradients("x")
    .kernel({"global_avg_pool", {}, {}, /*pixels=*/true})
    .kernel(planar("planar_avg_pool"))
    .adjoint("x", {"global_avg_pool_dx", {}, {}, /*pixels=*/true});

}  // namespace lithe
