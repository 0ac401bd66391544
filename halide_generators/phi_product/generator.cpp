#include "halide_generators/phi_product/schedule.h"

namespace {

class PhiProduct : public Halide::Generator<PhiProduct> {
 public:
  Input<Buffer<float>> z{"z", 4}, phi{"phi", 2};
  Output<Buffer<float>> y{"y", 4};

  void generate() {
    lithe::PhiProduct f(z, phi);
    y(f.w, f.h, f.i, f.n) = f.y(f.w, f.h, f.i, f.n);
    lithe::channels_innermost(z, 2), lithe::from_zero(phi), lithe::channels_innermost(y, 2);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(PhiProduct, phi_product)
