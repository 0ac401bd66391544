#include "halide_generators/buffers.h"
#include "halide_generators/phi_product/adjoint.h"

namespace {

class PhiProductGradient : public Halide::Generator<PhiProductGradient> {
 public:
  Input<Buffer<float>> z{"z", 3}, phi{"phi", 2}, dy{"dy", 3};
  lithe::Scalar<int32_t> L{"L"};
  Output<Buffer<float>> dz{"dz", 3}, dphi{"dphi", 2};

  void generate() {
    lithe::PhiProductGradient f(z, phi, dy, L);
    Var e{"e"};
    dz(f.j, f.p, f.n) = f.dz(f.j, f.p, f.n);
    dphi(e, f.n) = f.sum(e % L, e / L, f.n);
    for (auto* buffer : {&z, &phi, &dy}) lithe::from_zero(*buffer);
    lithe::from_zero(dz), lithe::from_zero(dphi);
    const int lanes = get_target().natural_vector_size<float>();
    lithe::along_channels(dz, f.j, {f.p, f.n}, get_target(), {f.dz});
    dphi.parallel(f.n);
    f.sum.compute_root().vectorize(f.j, lanes, Halide::TailStrategy::RoundUp).parallel(f.n);
    f.sum.update().reorder(f.j, f.i, f.pixel, f.n).vectorize(f.j, lanes, Halide::TailStrategy::GuardWithIf);
    f.sum.update().parallel(f.n);
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(PhiProductGradient, phi_product_dz_dphi)
