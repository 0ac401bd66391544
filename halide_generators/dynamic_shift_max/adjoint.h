#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// The way back through Dynamic Shift-Max. A branch that is larger gets all of dy, equal ones half of it each.
struct ShiftMaxGradient {
  Var c{"c"}, p{"p"}, j{"j"}, k{"k"}, n{"n"};
  RDom pixel;
  Func first{"first"}, dx{"dx_of"}, sum{"sum"};  // first: the share of dy that branch 0 gets

  template <class X, class A>
  ShiftMaxGradient(const X& x, const A& a, const X& dy, Expr C, Expr G, Expr J, Expr K) : pixel(0, x.dim(1).extent()) {
    const Expr Cg = C / G;
    const auto turned = [&](Expr from, Expr by) {  // `by` places and groups on
      return clamp((from / Cg + by + G) % G * Cg + (from % Cg + by + Cg) % Cg, 0, C - 1);
    };
    const auto branch = [&](Expr at, Expr which) {
      return a(at, 0, which, n) * x(at, p, n) +
             select(J > 1, a(at, min(1, J - 1), which, n) * x(turned(at, 1), p, n), 0.0f);
    };
    const Expr zero = branch(c, 0), one = branch(c, min(1, K - 1));
    first(c, p, n) = select(zero > one, 1.0f, select(zero < one, 0.0f, 0.5f));
    // What reaches the coefficients of term t of output `at`, summed over the branches.
    const auto reaching = [&](Expr at, Expr t) {
      const Expr share = first(at, p, n);
      return dy(at, p, n) * (share * a(at, t, 0, n) + (1.0f - share) * a(at, t, min(1, K - 1), n));
    };
    dx(c, p, n) = reaching(c, 0) + select(J > 1, reaching(turned(c, -1), min(1, J - 1)), 0.0f);
    const Expr share = select(K == 1, 1.0f, select(k == 0, first(c, pixel, n), 1.0f - first(c, pixel, n)));
    const Expr source = select(j == 0, c, turned(c, 1));
    sum(c, j, k, n) = 0.0f;
    sum(c, j, k, n) += share * dy(c, pixel, n) * x(clamp(source, 0, C - 1), pixel, n);
  }
};

/// du = da * range / 6 inside the slope of the hard sigmoid.
struct CoefficientGradient {
  Var i{"i"}, n{"n"};
  Func du{"du_of"};
  template <class U, class A>
  CoefficientGradient(const U& u, const A& da, Expr range, Expr C, Expr J, Expr K) {
    const Expr set = i / C, v = u(i, n);
    const Expr slope = da(i % C, clamp(set % J, 0, J - 1), clamp(set / J, 0, K - 1), n) * range * (1.0f / 6);
    du(i, n) = select(v > -3.0f && v < 3.0f, slope, 0.0f);
  }
};

}  // namespace lithe
