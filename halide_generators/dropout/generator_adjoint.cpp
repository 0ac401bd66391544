#include "halide_generators/dropout/adjoint.h"
#include "halide_generators/elementwise/schedule.h"

namespace {

using namespace lithe;

class DropoutTraining : public Generator<DropoutTraining> {
 public:
  Input<Buffer<float>> x{"x", 1};
  Input<float> p{"p"};
  Input<int32_t> seed{"seed"};
  Output<Buffer<float>> y{"y", 1};
  void generate() { y(e) = dropped(x(e), e, seed, p); }
  void schedule() { from_zero(x), from_zero(y), schedule_elements(y, e, get_target()); }

 private:
  Var e{"e"};
};

class DropoutGradient : public Generator<DropoutGradient> {
 public:
  Input<Buffer<float>> dy{"dy", 1};
  Input<float> p{"p"};
  Input<int32_t> seed{"seed"};
  Output<Buffer<float>> dx{"dx", 1};
  void generate() { dx(e) = dropped(dy(e), e, seed, p); }
  void schedule() { from_zero(dy), from_zero(dx), schedule_elements(dx, e, get_target()); }

 private:
  Var e{"e"};
};

}  // namespace

HALIDE_REGISTER_GENERATOR(DropoutTraining, dropout_training)
HALIDE_REGISTER_GENERATOR(DropoutGradient, dropout_training_dx)
