#pragma once
#include "halide_generators/gpu.h"
#include "halide_generators/specialise.h"

// What kernels promise Halide about their buffers, and the schedule of everything that runs along channels.
namespace lithe {

using namespace Halide;

/// Every dimension starts at 0: without this Halide cannot align a loop with the vectors of a buffer. Extents and
/// strides are fixed where they are known.
template <class Buffer>
void from_zero(Buffer& buffer) {
  for (int i = 0; i < buffer.dimensions(); ++i) buffer.dim(i).set_min(0);
  fix_dimensions(buffer);
}

/// Images: the channels, dimension `c`, lie side by side.
template <class Buffer>
void channels_innermost(Buffer& buffer, int c) {
  buffer.dim(0).set_stride(Expr());
  buffer.dim(c).set_stride(1);
  from_zero(buffer);
}

/// Vectors of channels, pixel by pixel. A last partial vector moves back and computes some channels again, which an
/// output that may lie on its input cannot bear. `sums` are computed per vector, in registers.
inline void along_channels(Func y, Var c, const std::vector<Var>& outer, const Target& target,
                           const std::vector<Func>& sums = {}) {
  if (target.has_gpu_feature()) {
    std::vector<Var> order{c};
    order.insert(order.end(), outer.begin(), outer.end());
    return sums.empty() ? on_gpu(y, order) : on_gpu(y, sums, order);
  }
  Var co{"co"}, ci{"ci"};
  const auto vectors = [&](Stage s, int lanes) {
    s.split(c, co, ci, lanes, lanes == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    std::vector<VarOrRVar> order{ci, co};
    order.insert(order.end(), outer.begin(), outer.end());
    s.reorder(order).vectorize(ci);
    for (size_t i = outer.size() - std::min<size_t>(outer.size(), 2); i < outer.size(); ++i) s.parallel(outer[i]);
  };
  int at = 0;
  while (y.args()[at].name() != c.name()) ++at;
  const Expr channels = y.output_buffer().dim(at).extent();
  for (int lanes = target.natural_vector_size<float>(); lanes >= 4; lanes /= 2) {
    vectors(y.specialize(channels >= lanes), lanes);
  }
  vectors(y, 1);
  for (Func sum : sums) {
    sum.compute_at(y, co).vectorize(c);
    for (int i = 0; i < sum.num_update_definitions(); ++i) sum.update(i).vectorize(c);
  }
}

}  // namespace lithe
