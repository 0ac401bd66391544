#include "halide_generators/concat/schedule.h"

namespace {

class Concat : public Halide::Generator<Concat> {
 public:
  Input<Buffer<float>> xs{"xs", 4};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::Concat f(xs);
    y(f.w, f.h, f.c, f.n) = f.y(f.w, f.h, f.c, f.n);
    lithe::channels_innermost(xs, 2), lithe::channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(Concat, concat)
