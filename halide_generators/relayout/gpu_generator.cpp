#include "halide_generators/gpu.h"

namespace {

using namespace Halide;

/// N C H W in one order of memory to another: what the engine does itself on a processor.
class Relayout : public Generator<Relayout> {
 public:
  Input<Buffer<float>> x{"x", 4};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
    y(w, h, c, n) = x(w, h, c, n);
    x.dim(0).set_stride(Expr()), y.dim(0).set_stride(Expr());
    lithe::on_gpu(y);
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Relayout, relayout)
LITHE_GPU_KERNELS(relayout);
