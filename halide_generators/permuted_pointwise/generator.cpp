#include "halide_generators/conv2d/schedule.h"
#include "halide_generators/permuted_pointwise/algorithm.h"

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

}  // namespace

HALIDE_REGISTER_GENERATOR(PermutedPointwise<false>, permuted_pointwise)
HALIDE_REGISTER_GENERATOR(PermutedPointwise<true>, permuted_pointwise_narrow)
