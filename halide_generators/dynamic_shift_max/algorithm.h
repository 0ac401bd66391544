#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// y[c, p] = max_k sum_j a[k, j, c] x[pi_j(c), p], pixels p. Seen from c the shifted channel lies in one of four places:
/// at a turn inside the group (the group's last channel) or not, at a wrap of the groups (the last group) or not. Each
/// of them is a plain vector of neighbours, one of which is chosen per lane; that beats gathering. Lanes that are not
/// chosen may lie in the two pixels before or behind: near the ends of the image the index is clamped instead.
struct DynamicShiftMax {
  Var c{"c"}, p{"p"}, n{"n"}, k{"k"};
  RDom other;
  Func turn{"turn"}, wrap{"wrap"}, branch{"branch"}, most{"most"}, y{"result"};

  template <class X, class A>
  DynamicShiftMax(const X& x, const A& a, Expr G) : other(1, a.dim(2).extent() - 1) {
    const Expr C = x.dim(0).extent(), pixels = x.dim(1).extent(), J = a.dim(1).extent(), Cg = C / G;
    turn(c) = cast<float>(c % Cg == Cg - 1);
    wrap(c) = cast<float>(c / Cg == G - 1);

    const Expr inside = p >= 2 && p < pixels - 2;
    const auto at = [&](Expr channel) {
      return x(select(likely(inside), unsafe_promise_clamped(channel, 0, C - 1), clamp(channel, 0, C - 1)), p, n);
    };
    const Expr same = select(wrap(c) != 0.0f, at(c + 1 - C), at(c + 1));
    const Expr next = select(wrap(c) != 0.0f, at(c + 1 - C + Cg), at(c + 1 + Cg));
    const Expr shifted = select(turn(c) != 0.0f, same, next);
    branch(c, p, k, n) = a(c, 0, k, n) * x(c, p, n) + select(J > 1, a(c, min(1, J - 1), k, n) * shifted, 0.0f);
    most(c, p, n) = branch(c, p, 0, n);
    const Expr b = branch(c, p, other, n);
    most(c, p, n) = select(b <= most(c, p, n), most(c, p, n), b);
    y(c, p, n) = most(c, p, n);
  }
};

/// a[k, j, c] = (hard_sigmoid(u[(k J + j) C + c]) - 1/2) * range + offsets[k J + j]
struct ShiftMaxCoefficients {
  Var c{"c"}, j{"j"}, k{"k"}, n{"n"};
  Func a{"a"};
  template <class U, class Offsets>
  ShiftMaxCoefficients(const U& u, const Offsets& offsets, Expr range, Expr C, Expr J) {
    const Expr set = clamp(k * J + j, 0, offsets.dim(0).extent() - 1);
    const Expr v = u(clamp(set * C + c, 0, u.dim(0).extent() - 1), n) + 3.0f;
    const Expr hard_sigmoid = select(v<0.0f, 0.0f, v> 6.0f, 6.0f, v) * (1.0f / 6);
    a(c, j, k, n) = (hard_sigmoid - 0.5f) * range + offsets(set);
  }
};

}  // namespace lithe
