#pragma once
#include "halide_generators/conv2d/algorithm.h"

// `ni` is the output inside a panel of 16 (conv2d/panels.h), `no` the panel, `m` the pixel; the last panel may run past
// the last output.
namespace lithe {

/// Makes the weights of the image first: diag(s) w + (p Phi) q.
struct DynamicPointwise {
  Var o{"o"}, m{"m"}, n{"n"}, ni{"ni"}, no{"no"}, k{"k"}, l{"l"};
  RDom latent, inputs;
  Func mix{"mix"}, mix_sum{"mix_sum"}, sum{"sum"}, weights{"weights"}, shift{"shift"}, acc{"acc"}, y{"result"};
  template <class X, class W, class B, class S, class Q, class Phi>
  DynamicPointwise(const X& x, const W& w, const B& b, const S& s, const Q& q, const B& a, const Phi& phi, const W& p,
                   const B& c, const Bounds& bounds)
      : latent(0, a.dim(0).extent()), inputs(0, x.dim(0).extent()) {
    const Expr L = a.dim(0).extent(), output = min(no * kPanel + ni, b.dim(0).extent() - 1);
    mix_sum(ni, no, l, n) = 0.0f;
    mix_sum(ni, no, l, n) += p(ni, latent, no) * phi(latent * L + l, n);
    mix(ni, l, no, n) = mix_sum(ni, no, l, n);
    sum(ni, no, k, n) = s(output, n) * w(ni, k, no);
    sum(ni, no, k, n) += mix(ni, latent, no, n) * q(k, latent);
    weights(ni, k, no, n) = sum(ni, no, k, n);
    shift(ni, no, n) = s(output, n) * b(output) + c(output);
    shift(ni, no, n) += mix(ni, latent, no, n) * a(latent);
    acc(ni, no, m, n) = shift(ni, no, n);
    acc(ni, no, m, n) += weights(ni, inputs, no, n) * x(inputs, m, n);
    y(o, m, n) = clamped(acc(o % kPanel, o / kPanel, m, n), bounds.least, bounds.most);
  }
};

/// Adds the latent path pixel by pixel.
struct DynamicPointwiseLatent {
  Var o{"o"}, m{"m"}, n{"n"}, ni{"ni"}, no{"no"}, j{"j"};
  RDom latent, inputs;
  Func z{"z"}, z_sum{"z_sum"}, phi_panels{"phi_panels"}, mixed{"mixed"}, mixed_sum{"mixed_sum"}, acc{"acc"},
      y{"result"};
  template <class X, class W, class B, class S, class Phi>
  DynamicPointwiseLatent(const X& x, const W& w, const B& b, const S& s, const W& q, const B& a, const Phi& phi,
                         const W& p, const B& c, const Bounds& bounds)
      : latent(0, a.dim(0).extent()), inputs(0, x.dim(0).extent()) {
    const Expr L = a.dim(0).extent(), output = min(no * kPanel + ni, b.dim(0).extent() - 1);
    const Expr row = min(no * kPanel + ni, L - 1);
    z_sum(ni, no, m, n) = a(row);
    z_sum(ni, no, m, n) += q(ni, inputs, no) * x(inputs, m, n);
    z(ni, m, no, n) = z_sum(ni, no, m, n);
    phi_panels(ni, j, no, n) = phi(row * L + j, n);
    mixed_sum(ni, no, m, n) = 0.0f;
    mixed_sum(ni, no, m, n) += phi_panels(ni, latent, no, n) * z(latent % kPanel, m, latent / kPanel, n);
    mixed(ni, m, no, n) = mixed_sum(ni, no, m, n);
    acc(ni, no, m, n) = b(output);
    acc(ni, no, m, n) += w(ni, inputs, no) * x(inputs, m, n);
    acc(ni, no, m, n) = acc(ni, no, m, n) * s(output, n) + c(output);
    acc(ni, no, m, n) += p(ni, latent, no) * mixed(latent % kPanel, m, latent / kPanel, n);
    y(o, m, n) = clamped(acc(o % kPanel, o / kPanel, m, n), bounds.least, bounds.most);
  }
};

}  // namespace lithe
