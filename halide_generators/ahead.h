#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/conv2d/algorithm.h"

namespace lithe {

/// Weights that later steps read come from memory while this one multiplies: with every product of a register tile the
/// processor is asked for one line of 64 bytes. `ahead` is where they begin (pipelines/graph/look_ahead.h); results do
/// not depend on it. Generic kernels do without: they serve small plans and know too little about their tiles.
class Ahead {
 public:
  /// Of sums of `inputs` products of `panels` panels of weights; `rows` of a whole extent of `extent` make up a tile.
  template <class Buffer>
  Ahead(Buffer& ahead, const Expr& inputs, const Expr& panels, const Expr& extent, int rows, const Target& target) {
    from_zero(ahead);
    const int64_t* known = as_const_int(extent);
    on_ = known != nullptr && *known % rows == 0 && !target.has_gpu_feature();
    using Internal::Call;
    const auto* described = ahead.dim(0).extent().template as<Internal::Variable>();
    const Expr base = Internal::Variable::make(type_of<float*>(), described->param.name(), described->param);
    Var k{"k"}, tile{"tile"};
    const Expr line = min(tile * inputs + k, kTimes * panels * inputs - 1);
    const Expr asked = Call::make(Float(32), Call::prefetch, {base, line * kPanel, 1, 1}, Call::Intrinsic);
    line_(k, tile) = Call::make(Int(32), Call::return_second, {asked, Expr(0)}, Call::PureIntrinsic);
  }

  /// 0, to be added to an index of product `k` of register tile number `tile`.
  Expr operator()(const Expr& k, const Expr& tile) const { return on_ ? line_(k, tile) : Expr(0); }

  void schedule(Func sum, const RVar& k) {
    if (on_) line_.compute_at(sum, k);
  }

 private:
  static constexpr int kTimes = 4;  // the weights of this step: what is asked for at most
  Func line_{"line"};
  bool on_ = false;
};

}  // namespace lithe
