#include <optional>

#include "halide_generators/conv2d/schedule.h"

namespace {

using namespace lithe;

/// A linear layer is a pointwise convolution of one group on pixels that are images.
template <bool kNarrow>
class Linear : public Generator<Linear<kNarrow>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 2}, w{"w", 3}, b{"b", 1};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 2};

  void generate() {
    gemm_.emplace(x, w, b, 1, Bounds{clamp_min, clamp_max});
    y(gemm_->o, gemm_->m) = gemm_->y(gemm_->o, gemm_->m);
  }
  void schedule() {
    channels_innermost(x, 0), channels_innermost(y, 0), packed_panels(w), from_zero(b);
    lithe::schedule(*gemm_, y, register_tile(this->get_target(), kNarrow));
  }

 private:
  std::optional<Gemm> gemm_;
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Linear<false>, linear)
HALIDE_REGISTER_GENERATOR(Linear<true>, linear_narrow)
LITHE_GPU_KERNELS(linear, linear_narrow);
