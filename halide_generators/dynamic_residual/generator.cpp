#include "halide_generators/dynamic_residual/schedule.h"

namespace {

class DynamicResidual : public Halide::Generator<DynamicResidual> {
 public:
  Input<Buffer<float>> u{"u", 4}, pi{"pi", 2}, phi{"phi", 4};
  lithe::Scalar<int32_t> stride{"stride"};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::DynamicResidual f(u, pi, phi, stride);
    y(f.w, f.h, f.o, f.n) = f.y(f.w, f.h, f.o, f.n);
    lithe::channels_innermost(u, 2), lithe::from_zero(pi), lithe::from_zero(phi), lithe::channels_innermost(y, 2);
    phi.dim(0).set_bounds(0, lithe::kPanel);
    lithe::schedule(f, y, lithe::register_tile(get_target(), /*narrow=*/false));
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(DynamicResidual, dynamic_residual)
LITHE_GPU_KERNELS(dynamic_residual);
