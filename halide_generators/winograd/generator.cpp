#include <optional>

#include "halide_generators/winograd/schedule.h"

namespace {

using namespace lithe;

/// A dense 3 x 3 convolution of stride 1, H x W outputs at a time.
template <int H, int W>
class Winograd : public Generator<Winograd<H, W>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 4}, b{"b", 1};
  Scalar<int32_t> pad_h{"pad_h"}, pad_w{"pad_w"}, Ho{"Ho"}, Wo{"Wo"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void generate() { conv_.emplace(x, w, b, y, Wo, Ho, W, H, pad_w, pad_h, Bounds{clamp_min, clamp_max}); }
  void schedule() {
    channels_innermost(x, 2), channels_innermost(y, 2), packed_panels(w), from_zero(b);
    winograd::schedule(*conv_, y, this->get_target());
  }

 private:
  std::optional<winograd::Convolution> conv_;
};

}  // namespace

using Winograd4x4 = Winograd<4, 4>;
HALIDE_REGISTER_GENERATOR(Winograd4x4, winograd_4x4)
using Winograd2x4 = Winograd<2, 4>;
HALIDE_REGISTER_GENERATOR(Winograd2x4, winograd_2x4)
using Winograd2x2 = Winograd<2, 2>;
HALIDE_REGISTER_GENERATOR(Winograd2x2, winograd_2x2)
