#include "halide_generators/buffers.h"
#include "halide_generators/matmul/adjoint.h"

namespace {

class MatmulLeft : public Halide::Generator<MatmulLeft> {
 public:
  Input<Buffer<float>> b{"b", 3}, dy{"dy", 3};
  Output<Buffer<float>> da{"da", 3};

  void generate() {
    lithe::MatmulLeft f(b, dy);
    da(f.k, f.m, f.n) = f.sum(f.k, f.m, f.n);
    lithe::from_zero(b), lithe::from_zero(dy), lithe::from_zero(da);
    lithe::along_channels(da, f.k, {f.m, f.n}, get_target(), {f.sum});
  }
};

class MatmulRight : public Halide::Generator<MatmulRight> {
 public:
  Input<Buffer<float>> a{"a", 3}, dy{"dy", 3};
  Output<Buffer<float>> db{"db", 3};

  void generate() {
    lithe::MatmulRight f(a, dy);
    db(f.p, f.k, f.n) = f.sum(f.p, f.k, f.n);
    lithe::from_zero(a), lithe::from_zero(dy), lithe::from_zero(db);
    lithe::along_channels(db, f.p, {f.k, f.n}, get_target(), {f.sum});
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(MatmulLeft, matmul_da)
HALIDE_REGISTER_GENERATOR(MatmulRight, matmul_db)
