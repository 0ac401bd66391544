#pragma once
#include "halide_generators/conv2d/algorithm.h"

namespace lithe {

/// sum(i, b, a) over the taps k; `channel` runs over i, b, a and says where each goes in y.
struct BlockedDepthwise {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"}, i{"i"}, b{"b"}, a{"a"};
  RDom k, channel;
  Func sum{"sum"};
  Expr output, value;
  template <class X, class Weights, class Bias>
  BlockedDepthwise(const X& x, const Weights& weights, const Bias& bias, Expr block, Expr M, Expr KW, Expr KH,
                   const Window& s, const Bounds& bounds)
      : k(0, KW, 0, KH), channel(0, block, 0, M, 0, x.dim(2).extent() / block) {
    sum(i, b, a, w, h, n) = 0.0f;
    sum(i, b, a, w, h, n) +=
        weights((a * M + b) * block + i, k.x, k.y) *
        zero_padded(x)(w * s.stride_w + k.x - s.pad_w, h * s.stride_h + k.y - s.pad_h, a * block + i, n);
    output = (channel.z * M + channel.y) * block + channel.x;
    value = clamped(sum(channel.x, channel.y, channel.z, w, h, n) + bias(output), bounds.least, bounds.most);
  }
};

}  // namespace lithe
