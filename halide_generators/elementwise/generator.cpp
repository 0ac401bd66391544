#include "halide_generators/elementwise/algorithm.h"
#include "halide_generators/elementwise/schedule.h"

namespace {

using namespace lithe;

template <Expr (*kFunction)(Expr)>
class Unary : public Generator<Unary<kFunction>> {
 public:
  GeneratorInput<Buffer<float>> x{"x", 1};
  GeneratorOutput<Buffer<float>> y{"y", 1};
  void generate() { y(e) = kFunction(x(e)); }
  void schedule() { from_zero(x), from_zero(y), schedule_elements(y, e, this->get_target()); }

 private:
  Var e{"e"};
};

class LeakyRelu : public Generator<LeakyRelu> {
 public:
  Input<Buffer<float>> x{"x", 1};
  Input<float> slope{"slope"};
  Output<Buffer<float>> y{"y", 1};
  void generate() { y(e) = leaky_relu(x(e), slope); }
  void schedule() { from_zero(x), from_zero(y), schedule_elements(y, e, get_target()); }

 private:
  Var e{"e"};
};

class HardSigmoid : public Generator<HardSigmoid> {
 public:
  Input<Buffer<float>> x{"x", 1};
  Input<float> scale{"scale"};
  Output<Buffer<float>> y{"y", 1};
  void generate() { y(e) = scale * hard_sigmoid(x(e)); }
  void schedule() { from_zero(x), from_zero(y), schedule_elements(y, e, get_target()); }

 private:
  Var e{"e"};
};

class Clamp : public Generator<Clamp> {
 public:
  Input<Buffer<float>> x{"x", 1};
  Scalar<float> lo{"lo"}, hi{"hi"};
  Output<Buffer<float>> y{"y", 1};
  void generate() { y(e) = at_most(at_least(x(e), lo), hi); }
  void schedule() { from_zero(x), from_zero(y), schedule_elements(y, e, get_target()); }

 private:
  Var e{"e"};
};

class Add : public Generator<Add> {
 public:
  Input<Buffer<float>> x{"x", 1}, y{"y", 1};
  Output<Buffer<float>> z{"z", 1};
  void generate() { z(e) = x(e) + y(e); }
  void schedule() { from_zero(x), from_zero(y), from_zero(z), schedule_elements(z, e, get_target()); }

 private:
  Var e{"e"};
};

class Multiply : public Generator<Multiply> {
 public:
  Input<Buffer<float>> x{"x", 1}, y{"y", 1};
  Output<Buffer<float>> z{"z", 1};
  void generate() { z(e) = x(e) * y(e); }
  void schedule() { from_zero(x), from_zero(y), from_zero(z), schedule_elements(z, e, get_target()); }

 private:
  Var e{"e"};
};

class MultiplyChannels : public Generator<MultiplyChannels> {
 public:
  Input<Buffer<float>> x{"x", 4}, y{"y", 2};
  Output<Buffer<float>> z{"z", 4};
  void generate() { z(w, h, c, n) = x(w, h, c, n) * y(c, n); }
  void schedule() {
    channels_innermost(x, 2), from_zero(y), channels_innermost(z, 2);
    along_channels(z, c, {w, h, n}, get_target());
  }

 private:
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Unary<relu>, relu)
HALIDE_REGISTER_GENERATOR(Unary<relu6>, relu6)
HALIDE_REGISTER_GENERATOR(Unary<hard_swish>, hard_swish)
HALIDE_REGISTER_GENERATOR(Unary<sigmoid>, sigmoid)
HALIDE_REGISTER_GENERATOR(Unary<hyperbolic_tangent>, tanh)
HALIDE_REGISTER_GENERATOR(LeakyRelu, leaky_relu)
HALIDE_REGISTER_GENERATOR(HardSigmoid, hard_sigmoid)
HALIDE_REGISTER_GENERATOR(Clamp, clamp)
HALIDE_REGISTER_GENERATOR(Add, add)
HALIDE_REGISTER_GENERATOR(Multiply, multiply)
HALIDE_REGISTER_GENERATOR(MultiplyChannels, multiply_channels)
LITHE_GPU_KERNELS(relu, relu6, hard_swish, sigmoid, tanh, leaky_relu, hard_sigmoid, clamp, add, multiply,
                  multiply_channels);
