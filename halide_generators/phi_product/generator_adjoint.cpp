#include "halide_generators/phi_product/schedule_adjoint.h"

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
    dphi(e, f.n) = f.total(e % L, e / L, f.n);
    for (auto* buffer : {&z, &phi, &dy}) lithe::from_zero(*buffer);
    lithe::from_zero(dz), lithe::from_zero(dphi);
    lithe::schedule(f, dz, dphi, L, get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(PhiProductGradient, phi_product_dz_dphi)
