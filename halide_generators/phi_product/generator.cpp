#include "halide_generators/phi_product/schedule.h"

namespace {

using namespace lithe;

template <bool kNarrow>
class PhiProductKernel : public Generator<PhiProductKernel<kNarrow>> {
 public:
  GeneratorInput<Buffer<float>> z{"z", 3}, phi{"phi", 2};
  GeneratorOutput<Buffer<float>> y{"y", 3};

  void generate() {
    PhiProduct f(z, phi);
    y(f.i, f.p, f.n) = f.y(f.i, f.p, f.n);
    from_zero(z), from_zero(phi), from_zero(y);
    lithe::schedule(f, y, register_tile(this->get_target(), kNarrow));
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(PhiProductKernel<false>, phi_product)
HALIDE_REGISTER_GENERATOR(PhiProductKernel<true>, phi_product_narrow)
LITHE_GPU_KERNELS(phi_product, phi_product_narrow);
