#include <optional>

#include "halide_generators/winograd/schedule.h"

namespace {

using namespace lithe;

/// A dense 3 x 3 convolution of stride 1, H x W outputs at a time; with kAdd the image r is added before the clamp.
template <int H, int W, bool kAdd = false>
class Winograd : public Generator<Winograd<H, W, kAdd>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 4}, w{"w", 4}, b{"b", 1};
  Scalar<int32_t> pad_h{"pad_h"}, pad_w{"pad_w"}, Ho{"Ho"}, Wo{"Wo"};
  Scalar<float> clamp_min{"clamp_min"}, clamp_max{"clamp_max"};
  GeneratorOutput<Buffer<float>> y{"y", 4};

  void configure() {
    if (kAdd) r_ = this->template add_input<Buffer<float>>("r", 4);
  }
  void generate() {
    const Func added = kAdd ? Func(*r_) : Func();
    conv_.emplace(x, w, b, y, Wo, Ho, W, H, pad_w, pad_h, Bounds{clamp_min, clamp_max}, added);
  }
  void schedule() {
    if (kAdd) channels_innermost(*r_, 2);
    channels_innermost(x, 2), channels_innermost(y, 2), packed_panels(w), from_zero(b);
    winograd::schedule(*conv_, y, this->get_target());
  }

 private:
  GeneratorInput<Buffer<float>>* r_ = nullptr;
  std::optional<winograd::Convolution> conv_;
};

}  // namespace

using Winograd4x4 = Winograd<4, 4>;
HALIDE_REGISTER_GENERATOR(Winograd4x4, winograd_4x4)
using Winograd2x4 = Winograd<2, 4>;
HALIDE_REGISTER_GENERATOR(Winograd2x4, winograd_2x4)
using Winograd2x2 = Winograd<2, 2>;
HALIDE_REGISTER_GENERATOR(Winograd2x2, winograd_2x2)
using Winograd4x4Add = Winograd<4, 4, true>;
HALIDE_REGISTER_GENERATOR(Winograd4x4Add, winograd_4x4_add)
using Winograd2x4Add = Winograd<2, 4, true>;
HALIDE_REGISTER_GENERATOR(Winograd2x4Add, winograd_2x4_add)
using Winograd2x2Add = Winograd<2, 2, true>;
HALIDE_REGISTER_GENERATOR(Winograd2x2Add, winograd_2x2_add)
