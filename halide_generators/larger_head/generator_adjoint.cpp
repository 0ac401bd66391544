#include "halide_generators/buffers.h"
#include "halide_generators/larger_head/adjoint.h"

namespace {

class LargerHeadGradient : public Halide::Generator<LargerHeadGradient> {
 public:
  Input<Buffer<float>> p{"p", 2}, q{"q", 2}, dy{"dy", 2};
  Output<Buffer<float>> dp{"dp", 2}, dq{"dq", 2};

  void generate() {
    lithe::LargerHeadGradient f(p, q, dy);
    dp(f.c, f.n) = f.dp(f.c, f.n);
    dq(f.c, f.n) = f.dq(f.c, f.n);
    for (auto* buffer : {&p, &q, &dy}) lithe::from_zero(*buffer);
    lithe::from_zero(dp), lithe::from_zero(dq);
    f.head.most_p.compute_root(), f.head.most_q.compute_root();
    for (auto* y : {&dp, &dq}) lithe::along_channels(*y, f.c, {f.n}, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(LargerHeadGradient, larger_head_dp_dq)
