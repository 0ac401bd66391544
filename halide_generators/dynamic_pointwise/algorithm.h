#pragma once
#include "halide_generators/conv2d/algorithm.h"

// `ni` is the output inside a panel of 16 (conv2d/panels.h), `no` the panel, `m` the pixel; the last panel may run past
// the last output.
namespace lithe {

/// values(o) in panels; past the end the last one is repeated.
template <class Buffer>
Expr in_panel(const Buffer& values, Expr ni, Expr no) {
  return values(min(no * kPanel + ni, values.dim(0).extent() - 1));
}
template <class Buffer>
Expr in_panel(const Buffer& values, Expr ni, Expr no, Expr n) {
  return values(min(no * kPanel + ni, values.dim(0).extent() - 1), n);
}

/// The parameters of Dynamic Convolution Decomposition's 1x1 layer, named as in op.cpp.
template <class Matrix, class Rows, class Vector, class PerImage>
struct Decomposition {
  const Matrix& w;
  const Vector& b;
  const PerImage& s;
  const Rows& q;
  const Vector& a;
  const PerImage& phi;
  const Matrix& p;
  const Vector& c;
  Expr latent_extent() const { return a.dim(0).extent(); }
};

/// weights(ni, k, no, n) = diag(s) w + (p Phi) q and shift(ni, no, n), what they add to, of an image.
struct ImageWeights {
  Var n{"n"}, ni{"ni"}, no{"no"}, k{"k"}, l{"l"};
  RDom latent;
  Func scale{"scale"}, mix{"mix"}, mix_sum{"mix_sum"}, sum{"sum"}, weights{"weights"}, shift{"shift"};
  template <class D>
  explicit ImageWeights(const D& d) : latent(0, d.latent_extent()) {
    scale(ni, no, n) = in_panel(d.s, ni, no, n);
    mix_sum(ni, no, l, n) = 0.0f;
    mix_sum(ni, no, l, n) += d.p(ni, latent, no) * d.phi(latent * d.latent_extent() + l, n);
    mix(ni, l, no, n) = mix_sum(ni, no, l, n);
    sum(ni, no, k, n) = strict_float(scale(ni, no, n) * d.w(ni, k, no));  // else either product might be contracted
    sum(ni, no, k, n) += mix(ni, latent, no, n) * d.q(k, latent);
    weights(ni, k, no, n) = sum(ni, no, k, n);
    shift(ni, no, n) = scale(ni, no, n) * in_panel(d.b, ni, no) + in_panel(d.c, ni, no);
    shift(ni, no, n) += mix(ni, latent, no, n) * d.a(latent);
  }
};

/// Makes the weights of the image first. Sums stand in vectors of `lanes`, a whole panel or a half; `no` counts
/// vectors. index(k, no, m) is k.
struct DynamicPointwise {
  Var o{"o"}, m{"m"}, n{"n"}, ni{"ni"}, no{"no"};
  int lanes;
  RDom inputs;
  ImageWeights image;
  Func acc{"acc"}, y{"result"};
  template <class X, class D, class Index>
  DynamicPointwise(const X& x, const D& d, const Bounds& bounds, const Index& index, int lanes)
      : lanes(lanes), inputs(0, x.dim(0).extent()), image(d) {
    const int parts = kPanel / lanes;
    const Expr lane = no % parts * lanes + ni, panel = no / parts;
    acc(ni, no, m, n) = image.shift(lane, panel, n);
    acc(ni, no, m, n) += image.weights(lane, index(inputs, no, m), panel, n) * x(inputs, m, n);
    y(o, m, n) = clamped(acc(o % lanes, o / lanes, m, n), bounds.least, bounds.most);
  }
};

/// Adds the latent path pixel by pixel; z stands in vectors of `z_lanes`, a whole panel or a half. index(k, no, m) is
/// k.
struct DynamicPointwiseLatent {
  static constexpr int lanes = kPanel;
  Var o{"o"}, m{"m"}, n{"n"}, ni{"ni"}, no{"no"}, j{"j"};
  int z_lanes;
  RDom latent, inputs;
  Func scale{"scale"}, bias{"bias"}, offset{"offset"}, phi_panels{"phi_panels"};
  Func z{"z"}, z_sum{"z_sum"}, mixed{"mixed"}, mixed_sum{"mixed_sum"}, acc{"acc"}, y{"result"};
  template <class X, class D, class Index>
  DynamicPointwiseLatent(const X& x, const D& d, const Bounds& bounds, const Index& index, int z_lanes)
      : z_lanes(z_lanes), latent(0, d.latent_extent()), inputs(0, x.dim(0).extent()) {
    const Expr L = d.latent_extent();
    const int parts = kPanel / z_lanes;
    scale(ni, no, n) = in_panel(d.s, ni, no, n);
    bias(ni, no) = in_panel(d.b, ni, no), offset(ni, no) = in_panel(d.c, ni, no);
    z_sum(ni, no, m, n) = d.a(min(no * z_lanes + ni, L - 1));
    z_sum(ni, no, m, n) += d.q(no % parts * z_lanes + ni, inputs, no / parts) * x(inputs, m, n);
    z(ni, m, no, n) = z_sum(ni, no, m, n);
    phi_panels(ni, j, no, n) = d.phi(min(no * kPanel + ni, L - 1) * L + j, n);
    mixed_sum(ni, no, m, n) = 0.0f;
    mixed_sum(ni, no, m, n) += phi_panels(ni, latent, no, n) * z(latent % z_lanes, m, latent / z_lanes, n);
    mixed(ni, m, no, n) = mixed_sum(ni, no, m, n);
    acc(ni, no, m, n) = bias(ni, no);
    acc(ni, no, m, n) += d.w(ni, index(inputs, no, m), no) * x(inputs, m, n);
    acc(ni, no, m, n) = acc(ni, no, m, n) * scale(ni, no, n) + offset(ni, no);
    acc(ni, no, m, n) += d.p(ni, latent, no) * mixed(latent % kPanel, m, latent / kPanel, n);
    y(o, m, n) = clamped(acc(o % kPanel, o / kPanel, m, n), bounds.least, bounds.most);
  }
};

}  // namespace lithe
