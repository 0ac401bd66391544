#include "halide_generators/permuted_pointwise/schedule.h"

namespace {

using namespace lithe;

template <bool kNarrow>
class PermutedPointwise : public Generator<PermutedPointwise<kNarrow>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 2}, w{"w", 3}, b{"b", 1};
  GeneratorInput<Buffer<int32_t>> index{"index", 1};
  Scalar<int32_t> groups{"groups"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 2};

  void generate() {
    const PermutedChannels<decltype(x), decltype(index)> permuted{x, index};
    Gemm gemm(permuted, w, b, groups, Bounds{clamp_min, clamp_max});
    y(gemm.o, gemm.m) = gemm.y(gemm.o, gemm.m);
    channels_innermost(x, 0), channels_innermost(y, 0), packed_panels(w), from_zero(b), from_zero(index);
    lithe::schedule(gemm, y, register_tile(this->get_target(), kNarrow));
  }
};

class PointwiseOfPlanes : public Generator<PointwiseOfPlanes> {
 public:
  Input<Buffer<float>> x{"x", 3}, w{"w", 2}, b{"b", 1};
  Input<Buffer<int32_t>> index{"index", 1};
  Scalar<int32_t> groups{"groups"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  Output<Buffer<float>> y{"y", 3};

  void generate() {
    const Expr per_group = Internal::simplify(extent(w, 1) / Expr(groups));
    PlanarPointwise f(x, w, b, index, extent(x, 1), extent(w, 0), per_group, Bounds{clamp_min, clamp_max});
    y(f.p, f.o, f.n) = f.y(f.p, f.o, f.n);
    from_zero(x), from_zero(w), from_zero(b), from_zero(index), from_zero(y);
    lithe::schedule(f, y, extent(y, 0), per_group, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(PermutedPointwise<false>, permuted_pointwise)
HALIDE_REGISTER_GENERATOR(PermutedPointwise<true>, permuted_pointwise_narrow)
HALIDE_REGISTER_GENERATOR(PointwiseOfPlanes, planar_pointwise)
LITHE_GPU_KERNELS(planar_pointwise, permuted_pointwise, permuted_pointwise_narrow);
