#include "halide_generators/buffers.h"
#include "halide_generators/dynamic_shift_max/adjoint.h"

namespace {

using lithe::from_zero;

class ShiftMaxGradient : public Halide::Generator<ShiftMaxGradient> {
 public:
  Input<Buffer<float>> x{"x", 3}, a{"a", 4}, dy{"dy", 3};
  lithe::Scalar<int32_t> C{"C"}, J{"J"}, K{"K"}, groups{"groups"};
  Output<Buffer<float>> dx{"dx", 3}, da{"da", 4};

  void generate() {
    lithe::ShiftMaxGradient f(x, a, dy, C, groups, J, K);
    dx(f.c, f.p, f.n) = f.dx(f.c, f.p, f.n);
    da(f.c, f.j, f.k, f.n) = f.sum(f.c, f.j, f.k, f.n);
    for (auto* buffer : {&x, &a, &dy}) from_zero(*buffer);
    from_zero(dx), from_zero(da);
    const int lanes = get_target().natural_vector_size<float>();
    const auto guard = Halide::TailStrategy::GuardWithIf;
    f.first.compute_root().vectorize(f.c, lanes, guard).parallel(f.n);
    dx.vectorize(f.c, lanes, guard).parallel(f.n);
    // The sums of all coefficients of an image are updated pixel by pixel.
    da.vectorize(f.c, lanes, guard).parallel(f.n);
    f.sum.compute_at(da, f.n).vectorize(f.c, lanes, guard);
    f.sum.update().reorder(f.c, f.j, f.k, f.pixel).vectorize(f.c, lanes, guard);
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
