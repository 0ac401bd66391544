#include "halide_generators/batch_norm/schedule_adjoint.h"

namespace {

using lithe::extent;
using lithe::from_zero;

class BatchNormTraining : public Halide::Generator<BatchNormTraining> {
 public:
  Input<Buffer<float>> x{"x", 2}, gamma{"gamma", 1}, beta{"beta", 1}, mean{"mean", 1}, var{"var", 1};
  Input<float> eps{"eps"}, momentum{"momentum"};
  Output<Buffer<float>> y{"y", 2}, batch_mean{"batch_mean", 1}, batch_scale{"batch_scale", 1}, new_mean{"new_mean", 1},
      new_var{"new_var", 1};

  void generate() {
    lithe::BatchNormTraining f(x, gamma, beta, mean, var, extent(x, 1), eps, momentum);
    y(f.c, f.m) = f.y(f.c, f.m);
    batch_mean(f.c) = f.batch_mean(f.c);
    batch_scale(f.c) = f.batch_scale(f.c);
    new_mean(f.c) = f.new_mean(f.c);
    new_var(f.c) = f.new_var(f.c);
    for (auto* buffer : {&x, &gamma, &beta, &mean, &var}) from_zero(*buffer);
    for (auto* buffer : {&y, &batch_mean, &batch_scale, &new_mean, &new_var}) from_zero(*buffer);
    lithe::schedule(f, y, extent(x, 0), get_target());
  }
};

/// Of training.
class BatchNormGradient : public Halide::Generator<BatchNormGradient> {
 public:
  Input<Buffer<float>> x{"x", 2}, dy{"dy", 2}, gamma{"gamma", 1}, batch_mean{"batch_mean", 1},
      batch_scale{"batch_scale", 1};
  Output<Buffer<float>> dx{"dx", 2}, dgamma{"dgamma", 1}, dbeta{"dbeta", 1};

  void generate() {
    lithe::BatchNormGradient f(x, dy, gamma, batch_mean, batch_scale, extent(x, 1), /*of_batch=*/true);
    dx(f.c, f.m) = f.dx(f.c, f.m);
    dgamma(f.c) = f.dgamma(f.c);
    dbeta(f.c) = f.dbeta(f.c);
    for (auto* buffer : {&x, &dy, &gamma, &batch_mean, &batch_scale}) from_zero(*buffer);
    for (auto* buffer : {&dx, &dgamma, &dbeta}) from_zero(*buffer);
    lithe::schedule(f, dx, extent(x, 0), get_target());
  }
};

/// Of inference, where the running statistics are constants.
class FixedBatchNormGradient : public Halide::Generator<FixedBatchNormGradient> {
 public:
  Input<Buffer<float>> x{"x", 2}, dy{"dy", 2}, gamma{"gamma", 1}, mean{"mean", 1}, var{"var", 1};
  Input<float> eps{"eps"};
  Output<Buffer<float>> dx{"dx", 2}, dgamma{"dgamma", 1}, dbeta{"dbeta", 1};

  void generate() {
    Var c{"c"};
    Func scale{"scale"};
    scale(c) = 1.0f / Halide::sqrt(var(c) + eps);
    lithe::BatchNormGradient f(x, dy, gamma, mean, scale, extent(x, 1), /*of_batch=*/false);
    dx(f.c, f.m) = f.dx(f.c, f.m);
    dgamma(f.c) = f.dgamma(f.c);
    dbeta(f.c) = f.dbeta(f.c);
    for (auto* buffer : {&x, &dy, &gamma, &mean, &var}) from_zero(*buffer);
    for (auto* buffer : {&dx, &dgamma, &dbeta}) from_zero(*buffer);
    scale.compute_root();
    lithe::schedule(f, dx, extent(x, 0), get_target());
  }
};

}  // namespace

HALIDE_REGISTER_GENERATOR(BatchNormTraining, batch_norm_training)
HALIDE_REGISTER_GENERATOR(BatchNormGradient, batch_norm_training_dx)
HALIDE_REGISTER_GENERATOR(FixedBatchNormGradient, batch_norm_dx)
