#include <optional>

#include "halide_generators/linear/schedule.h"
#include "halide_generators/linear/weights.h"

namespace {

using namespace lithe;

/// A linear layer is a pointwise convolution of one group on pixels that are images.
template <Weights kWeights, bool kNarrow = false>
class Linear : public Generator<Linear<kWeights, kNarrow>> {
  static constexpr bool kHalf = kWeights != Weights::kF32;

 public:
  GeneratorInput<Buffer<float>> x{"x", 2};
  GeneratorInput<Buffer<std::conditional_t<kHalf, uint32_t, float>>> w{"w", 3};
  GeneratorInput<Buffer<float>> b{"b", 1};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 2};

  void generate() {
    const PanelWeights<decltype(w), decltype(x)> weights{kWeights, w, x};
    gemm_.emplace(x, weights, b, 1, Bounds{clamp_min, clamp_max});
    y(gemm_->o, gemm_->m) = gemm_->y(gemm_->o, gemm_->m);
  }
  void schedule() {
    channels_innermost(x, 0), channels_innermost(y, 0), packed_panels(w), from_zero(b);
    schedule_linear(*gemm_, y, this->get_target(), kNarrow, kHalf, extent(y, 1), extent(w, 2));
  }

 private:
  std::optional<Gemm> gemm_;
};

}  // namespace

using LinearF32 = Linear<Weights::kF32>;
HALIDE_REGISTER_GENERATOR(LinearF32, linear)
using LinearNarrow = Linear<Weights::kF32, true>;
HALIDE_REGISTER_GENERATOR(LinearNarrow, linear_narrow)
using LinearF16 = Linear<Weights::kF16>;
HALIDE_REGISTER_GENERATOR(LinearF16, linear_f16)
using LinearBF16 = Linear<Weights::kBF16>;
HALIDE_REGISTER_GENERATOR(LinearBF16, linear_bf16)
LITHE_GPU_KERNELS(linear, linear_narrow);
