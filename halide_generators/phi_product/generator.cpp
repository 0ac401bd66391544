#include "halide_generators/phi_product/schedule.h"

namespace {

class PhiProduct : public Halide::Generator<PhiProduct> {
 public:
  Input<Buffer<float>> z{"z", 3}, phi{"phi", 2};
  Output<Buffer<float>> y{"y", 3};

  void generate() {
    lithe::PhiProduct f(z, phi);
    y(f.i, f.p, f.n) = f.y(f.i, f.p, f.n);
    lithe::from_zero(z), lithe::from_zero(phi), lithe::from_zero(y);
    lithe::schedule(f, y, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(PhiProduct, phi_product)
