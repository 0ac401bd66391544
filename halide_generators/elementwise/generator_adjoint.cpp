#include "halide_generators/channel_scale/adjoint.h"
#include "halide_generators/elementwise/adjoint.h"
#include "halide_generators/elementwise/schedule.h"

namespace {

using namespace lithe;

/// From y.
template <Expr (*kFunction)(Expr, Expr)>
class FromOutput : public Generator<FromOutput<kFunction>> {
 public:
  GeneratorInput<Buffer<float>> y{"y", 1}, dy{"dy", 1};
  GeneratorOutput<Buffer<float>> dx{"dx", 1};
  void generate() { dx(e) = kFunction(y(e), dy(e)); }
  void schedule() { from_zero(y), from_zero(dy), from_zero(dx), schedule_elements(dx, e, this->get_target()); }

 private:
  Var e{"e"};
};

class HardSwish : public Generator<HardSwish> {
 public:
  Input<Buffer<float>> x{"x", 1}, dy{"dy", 1};
  Output<Buffer<float>> dx{"dx", 1};
  void generate() { dx(e) = hard_swish_dx(x(e), dy(e)); }
  void schedule() { from_zero(x), from_zero(dy), from_zero(dx), schedule_elements(dx, e, get_target()); }

 private:
  Var e{"e"};
};

class LeakyRelu : public Generator<LeakyRelu> {
 public:
  Input<Buffer<float>> x{"x", 1}, dy{"dy", 1};
  Input<float> slope{"slope"};
  Output<Buffer<float>> dx{"dx", 1};
  void generate() { dx(e) = leaky_relu_dx(x(e), dy(e), slope); }
  void schedule() { from_zero(x), from_zero(dy), from_zero(dx), schedule_elements(dx, e, get_target()); }

 private:
  Var e{"e"};
};

class HardSigmoid : public Generator<HardSigmoid> {
 public:
  Input<Buffer<float>> x{"x", 1}, dy{"dy", 1};
  Input<float> scale{"scale"};
  Output<Buffer<float>> dx{"dx", 1};
  void generate() { dx(e) = hard_sigmoid_dx(x(e), dy(e), scale); }
  void schedule() { from_zero(x), from_zero(dy), from_zero(dx), schedule_elements(dx, e, get_target()); }

 private:
  Var e{"e"};
};

class Clamp : public Generator<Clamp> {
 public:
  Input<Buffer<float>> x{"x", 1}, dy{"dy", 1};
  Input<float> lo{"lo"}, hi{"hi"};
  Output<Buffer<float>> dx{"dx", 1};
  void generate() { dx(e) = clamp_dx(x(e), dy(e), lo, hi); }
  void schedule() { from_zero(x), from_zero(dy), from_zero(dx), schedule_elements(dx, e, get_target()); }

 private:
  Var e{"e"};
};

class MultiplyChannels : public Generator<MultiplyChannels> {
 public:
  Input<Buffer<float>> x{"x", 3}, dz{"dz", 3};
  Output<Buffer<float>> dy{"dy", 2};

  void generate() {
    FactorGradient f(x, dz, extent(x, 1));
    dy(f.c, f.n) = f.total(f.c, f.n);
    from_zero(x), from_zero(dz), from_zero(dy);
    lithe::schedule(f, dy, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(FromOutput<relu_dx>, relu_dx)
HALIDE_REGISTER_GENERATOR(FromOutput<relu6_dx>, relu6_dx)
HALIDE_REGISTER_GENERATOR(FromOutput<sigmoid_dx>, sigmoid_dx)
HALIDE_REGISTER_GENERATOR(FromOutput<tanh_dx>, tanh_dx)
HALIDE_REGISTER_GENERATOR(HardSwish, hard_swish_dx)
HALIDE_REGISTER_GENERATOR(LeakyRelu, leaky_relu_dx)
HALIDE_REGISTER_GENERATOR(HardSigmoid, hard_sigmoid_dx)
HALIDE_REGISTER_GENERATOR(Clamp, clamp_dx)
HALIDE_REGISTER_GENERATOR(MultiplyChannels, multiply_channels_dy)
