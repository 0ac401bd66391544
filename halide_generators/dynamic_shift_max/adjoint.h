#pragma once
#include <string>
#include <vector>

#include "Halide.h"

namespace lithe {

using namespace Halide;

/// What each pixel sends back through Dynamic Shift-Max. A branch that is larger gets all of dy, equal ones half of it
/// each; with one branch both are the same.
///
/// The channels of a pixel are copied into a row that goes on beyond its ends as a ring: seen from c, the channel that
/// is shifted onto it then lies one or Cg + 1 places on, and the one it is shifted onto as far back. These are plain
/// vectors of neighbours, two instead of a gather, without a test for the ends.
struct ShiftMaxRows {
  Var c{"c"}, j{"j"}, k{"k"}, p{"p"}, n{"n"};
  Func turn, x, dy, a;  // turn: 1 at the last channel of a group
  Expr C, Cg;
  RDom row, rim;

  template <class X, class A>
  ShiftMaxRows(const std::string& name, const X& given, const A& coefficients, const X& gradient, Expr channels,
               Expr groups, Expr J, Expr K, bool back)
      : turn(name + "_turn"), x(name + "_x"), dy(name + "_dy"), a(name + "_a"), C(channels), Cg(channels / groups) {
    const Expr reach = min(Cg + 1, C), pixel = min(p, given.dim(1).extent() - 1);
    row = RDom(0, C), rim = RDom(0, reach);
    // Which sides go on is a matter of what is read.
    const auto ring = [&](Func f, const std::vector<Expr>& place, bool before, bool behind, auto at) {
      const auto here = [&](Expr e) {
        std::vector<Expr> all{e};
        all.insert(all.end(), place.begin(), place.end());
        return all;
      };
      f(here(c)) = undef<float>();
      f(here(row)) = at(row);
      if (before) f(here(rim - reach)) = at(C - reach + rim);
      if (behind) f(here(C + rim)) = at(rim);
    };
    ring(x, {p, n}, back, true, [&](Expr e) { return given(e, pixel, n); });
    ring(dy, {p, n}, back, false, [&](Expr e) { return gradient(e, pixel, n); });
    ring(a, {j, k, n}, back, false,
         [&](Expr e) { return select(j < J, coefficients(e, clamp(j, 0, J - 1), clamp(k, 0, K - 1), n), 0.0f); });
    turn(c) = cast<float>(c % Cg == Cg - 1);
  }

  Expr shifted() const { return select(turn(c) != 0.0f, x(c + 1, p, n), x(c + 1 + Cg, p, n)); }
  /// The part of dy that goes to branch 0; the rest goes to branch 1.
  Expr to_first() const {
    const auto branch = [&](int which) { return a(c, 0, which, n) * x(c, p, n) + a(c, 1, which, n) * shifted(); };
    return select(branch(0) > branch(1), 1.0f, select(branch(0) < branch(1), 0.0f, 0.5f)) * dy(c, p, n);
  }
};

struct ShiftMaxImageGradient : ShiftMaxRows {
  Func back{"back"}, dx{"dx_of"};  // back: to the channel itself, and to the one that was shifted onto it
  template <class X, class A>
  ShiftMaxImageGradient(const X& x_, const A& a_, const X& dy_, Expr C_, Expr G, Expr J, Expr K)
      : ShiftMaxRows("dx", x_, a_, dy_, C_, G, J, K, /*back=*/true) {
    const Expr first = to_first(), second = dy(c, p, n) - first;
    back(c, p, n) =
        Tuple(first * a(c, 0, 0, n) + second * a(c, 0, 1, n), first * a(c, 1, 0, n) + second * a(c, 1, 1, n));
    dx(c, p, n) = back(c, p, n)[0] + select(turn(c - 1) != 0.0f, back(c - 1, p, n)[1], back(c - 1 - Cg, p, n)[1]);
  }
};

struct ShiftMaxCoefficientsGradient : ShiftMaxRows {
  RDom pixel;
  Func terms{"terms"}, sum{"sum"}, da{"da_of"};
  template <class X, class A>
  ShiftMaxCoefficientsGradient(const X& x_, const A& a_, const X& dy_, Expr C_, Expr G, Expr J, Expr K)
      : ShiftMaxRows("da", x_, a_, dy_, C_, G, J, K, /*back=*/false), pixel(0, x_.dim(1).extent()) {
    terms(c, p, n) = Tuple(to_first(), shifted());
    const Expr first = terms(c, pixel, n)[0], next = terms(c, pixel, n)[1];
    const Expr second = dy(c, pixel, n) - first, same = x(c, pixel, n);
    sum(c, n) = Tuple(0.0f, 0.0f, 0.0f, 0.0f);
    const FuncRef s = sum(c, n);
    sum(c, n) = Tuple(s[0] + first * same, s[1] + first * next, s[2] + second * same, s[3] + second * next);
    const Expr of_first = select(j == 0, s[0], s[1]), of_second = select(j == 0, s[2], s[3]);
    da(c, j, k, n) = select(K == 1, of_first + of_second, k == 0, of_first, of_second);
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
