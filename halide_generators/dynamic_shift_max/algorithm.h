#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// y[e] = max_k sum_j a[k, j, c(e)] * x[pi_j(e)], where an image is a row of H*W*C numbers e, channel c(e) = e mod C.
/// Its coefficients are laid out once per image over a period of whole pixels and whole vectors of 16, so that few
/// channels fill vectors as well as many. Seen from e the shifted channel lies in one of four places: at a turn inside
/// the group (the group's last channel) or not, at a wrap of the groups (the last group) or not. Each of them is a
/// plain vector, one of which is chosen per lane; that beats gathering.
struct DynamicShiftMax {
  Var e{"e"}, lane{"lane"}, v{"v"}, k{"k"}, n{"n"};
  RDom other;
  Func a0{"a0"}, a1{"a1"}, turn{"turn"}, wrap{"wrap"}, shifted{"shifted"}, branch{"branch"}, most{"most"}, y{"y"};
  static constexpr int kLanes = 16;

  template <class X, class A>
  DynamicShiftMax(const X& x, const A& a, Expr G) : other(1, a.dim(2).extent() - 1) {
    const Expr size = x.dim(0).extent(), C = a.dim(0).extent(), J = a.dim(1).extent(), Cg = C / G;
    const Expr c = (v * kLanes + lane) % C;
    a0(lane, v, k, n) = a(c, 0, k, n);
    a1(lane, v, k, n) = a(c, min(1, J - 1), k, n);
    turn(lane, v) = cast<int32_t>(c % Cg == Cg - 1);
    wrap(lane, v) = cast<int32_t>(c / Cg == G - 1);

    const Expr period = C / min(C & -C, kLanes);  // in vectors
    const Expr l = e % kLanes, u = unsafe_promise_clamped(e / kLanes % period, 0, period - 1);
    const Func at = BoundaryConditions::repeat_edge(x, {{0, size}, {Expr(), Expr()}});
    const Expr same = select(wrap(l, u) != 0, at(e + 1 - C, n), at(e + 1, n));
    const Expr next = select(wrap(l, u) != 0, at(e + 1 - C + Cg, n), at(e + 1 + Cg, n));
    shifted(e, n) = select(turn(l, u) != 0, same, next);
    branch(e, k, n) = a0(l, u, k, n) * at(e, n) + select(J > 1, a1(l, u, k, n) * shifted(e, n), 0.0f);
    most(e, n) = branch(e, 0, n);
    const Expr b = branch(e, other, n);
    most(e, n) = select(b <= most(e, n), most(e, n), b);
    y(e, n) = most(e, n);
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
