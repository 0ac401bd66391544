#include "halide_generators/matmul/schedule.h"

namespace {

class Matmul : public Halide::Generator<Matmul> {
 public:
  Input<Buffer<float>> a{"a", 3}, b{"b", 3};
  Output<Buffer<float>> y{"y", 3};

  void generate() {
    lithe::Matmul f(a, b);
    y(f.p, f.m, f.n) = f.y(f.p, f.m, f.n);
    lithe::from_zero(a), lithe::from_zero(b), lithe::from_zero(y);
    lithe::schedule(f, y, lithe::register_tile(get_target(), /*narrow=*/false));
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Matmul, matmul)
LITHE_GPU_KERNELS(matmul);
