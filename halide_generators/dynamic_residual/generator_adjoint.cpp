#include "halide_generators/dynamic_residual/schedule_adjoint.h"

namespace {

using lithe::channels_innermost;
using lithe::from_zero;

class DynamicResidualGradient : public Halide::Generator<DynamicResidualGradient> {
 public:
  Input<Buffer<float>> u{"u", 4}, pi{"pi", 2}, phi{"phi", 3}, dy{"dy", 4};
  lithe::Scalar<int32_t> stride{"stride"};
  Output<Buffer<float>> du{"du", 4}, dpi{"dpi", 2}, dphi{"dphi", 5};

  void generate() {
    lithe::DynamicResidualGradient f(u, pi, phi, dy, stride);
    Var x{"x"}, y{"y"};
    du(f.w, f.h, f.c, f.n) = f.du(f.c, f.w, f.h, f.n);
    dpi(f.k, f.n) = f.dpi(f.k, f.n);
    dphi(x, y, f.c, f.o, f.k) = f.dphi(f.c, f.o, f.k);
    channels_innermost(u, 2), channels_innermost(dy, 2), channels_innermost(du, 2);
    from_zero(pi), from_zero(phi), from_zero(dpi), from_zero(dphi);
    lithe::schedule(f, du, lithe::extent(u, 2), get_target());
    dphi.parallel(f.o);
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(DynamicResidualGradient, dynamic_residual_du_dpi_dphi)
