#include "halide_generators/dynamic_shift_max/schedule.h"

namespace {

using lithe::from_zero;

class DynamicShiftMax : public Halide::Generator<DynamicShiftMax> {
 public:
  Input<Buffer<float>> x{"x", 3}, a{"a", 4};
  lithe::Scalar<int32_t> groups{"groups"};
  Output<Buffer<float>> y{"y", 3};

  void generate() {
    lithe::DynamicShiftMax f(x, a, groups);
    const bool gpu = get_target().has_gpu_feature();
    y(f.c, f.p, f.n) = gpu ? f.y_anywhere : f.y;
    if (!gpu) y(f.c, f.pixel_at_end, f.n) = f.y_at_end;
    from_zero(x), from_zero(a), from_zero(y);
    lithe::schedule(f, y, a.dim(1).extent(), a.dim(2).extent(), get_target());
  }
};

class PlanarShiftMax : public Halide::Generator<PlanarShiftMax> {
 public:
  Input<Buffer<float>> x{"x", 3}, a{"a", 4};
  lithe::Scalar<int32_t> groups{"groups"};
  Output<Buffer<float>> y{"y", 3};

  void generate() {
    const Expr J = lithe::extent(a, 1), K = lithe::extent(a, 2);
    lithe::PlanarShiftMax f(x, a, lithe::extent(x, 1), groups, J, K);
    y(f.p, f.c, f.n) = f.y(f.p, f.c, f.n);
    from_zero(x), from_zero(a), from_zero(y);
    lithe::schedule(f, y, lithe::extent(y, 0), J, K, get_target());
  }
};

class ShiftMaxCoefficients : public Halide::Generator<ShiftMaxCoefficients> {
 public:
  Input<Buffer<float>> u{"u", 2}, offsets{"offsets", 1};
  Input<float> range{"range"};
  lithe::Scalar<int32_t> C{"C"}, J{"J"};
  Output<Buffer<float>> a{"a", 4};

  void generate() {
    lithe::ShiftMaxCoefficients f(u, offsets, range, C, J);
    a(f.c, f.j, f.k, f.n) = f.a(f.c, f.j, f.k, f.n);
    from_zero(u), from_zero(offsets), from_zero(a);
    lithe::schedule(f, a, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(DynamicShiftMax, dynamic_shift_max)
HALIDE_REGISTER_GENERATOR(PlanarShiftMax, planar_shift_max)
HALIDE_REGISTER_GENERATOR(ShiftMaxCoefficients, shift_max_coefficients)
LITHE_GPU_KERNELS(dynamic_shift_max, planar_shift_max, shift_max_coefficients);
