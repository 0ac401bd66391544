#include "halide_generators/dynamic_shift_max/schedule_adjoint.h"

namespace {

using lithe::from_zero;

class ShiftMaxGradient : public Halide::Generator<ShiftMaxGradient> {
 public:
  Input<Buffer<float>> x{"x", 3}, a{"a", 4}, dy{"dy", 3};
  lithe::Scalar<int32_t> C{"C"}, J{"J"}, K{"K"}, groups{"groups"};
  Output<Buffer<float>> dx{"dx", 3}, da{"da", 4};

  void generate() {
    lithe::ShiftMaxImageGradient f(x, a, dy, C, groups, J, K);
    lithe::ShiftMaxCoefficientsGradient g(x, a, dy, C, groups, J, K);
    dx(f.c, f.p, f.n) = f.dx(f.c, f.p, f.n);
    da(g.c, g.j, g.k, g.n) = g.da(g.c, g.j, g.k, g.n);
    for (auto* buffer : {&x, &a, &dy}) from_zero(*buffer);
    from_zero(dx), from_zero(da);
    lithe::schedule(f, dx, get_target());
    lithe::schedule(g, da, get_target());
  }
};

class CoefficientGradient : public Halide::Generator<CoefficientGradient> {
 public:
  Input<Buffer<float>> u{"u", 2}, da{"da", 4};
  Input<float> range{"range"};
  lithe::Scalar<int32_t> C{"C"}, J{"J"}, K{"K"};
  Output<Buffer<float>> du{"du", 2};

  void generate() {
    lithe::CoefficientGradient f(u, da, range, C, J, K);
    du(f.i, f.n) = f.du(f.i, f.n);
    from_zero(u), from_zero(da), from_zero(du);
    du.parallel(f.n);
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(ShiftMaxGradient, dynamic_shift_max_dx_da)
HALIDE_REGISTER_GENERATOR(CoefficientGradient, shift_max_coefficients_du)
