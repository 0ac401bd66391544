#pragma once
#include "halide_generators/batch_norm/algorithm.h"

// BatchNorm in training: statistics of the batch, and the way back. All sums run over the pixels m of all images, in
// parts of kPart neighbours, each of them one sequential sum; the parts are then added in their order.
namespace lithe {

constexpr int kPart = 256;

/// The pixels r of part p, and how many they are.
struct PixelParts {
  RDom r{0, kPart};
  Expr pixels, pixel;
  PixelParts(Expr m, Var p) : pixels(m), pixel(min(p * kPart + r, m - 1)) { r.where(p * kPart + r < m); }
  Expr count() const { return (pixels + kPart - 1) / kPart; }
  Expr size(Expr p) const { return cast<float>(min(pixels - p * kPart, kPart)); }
  /// The mean of part p from its sum.
  Expr mean(Expr sum, Expr p) const { return sum * (1.0f / size(p)); }  // so does Halide where sizes are known
};

/// The mean and variance of the batch; y of them; and the running statistics, which move by `momentum` towards the mean
/// and the unbiased variance. Each part's variance is that around its own mean, which loses no digits, however far the
/// mean is from zero; the parts' own means then add theirs (Chan, Golub and LeVeque, 1979).
struct BatchNormTraining {
  Var c{"c"}, m{"m"}, p{"p"};
  PixelParts parts;
  RDom part;
  Func sum{"sum"}, mean_of_part{"mean_of_part"}, squares{"squares"}, of_part{"of_part"}, total{"total"},
      spread{"spread"};
  Func batch_mean{"batch_mean_of"}, batch_scale{"batch_scale_of"}, scale{"scale"}, shift{"shift"};
  Func y{"y_of"}, new_mean{"new_mean_of"}, new_var{"new_var_of"};

  template <class X, class V>
  BatchNormTraining(const X& x, const V& gamma, const V& beta, const V& mean, const V& var, Expr pixels, Expr eps,
                    Expr momentum)
      : parts(pixels, p), part(0, parts.count()) {
    const Expr count = cast<float>(pixels), share = 1.0f / count;
    sum(c, p) = 0.0f;
    sum(c, p) += x(c, parts.pixel);
    mean_of_part(c, p) = parts.mean(sum(c, p), p);
    const Expr deviation = x(c, parts.pixel) - mean_of_part(c, p);
    squares(c, p) = 0.0f;
    squares(c, p) += deviation * deviation;
    of_part(c, p) = Tuple(sum(c, p), squares(c, p));
    total(c) = 0.0f;
    total(c) += of_part(c, part)[0];
    batch_mean(c) = total(c) * share;
    const Expr apart = parts.mean(of_part(c, part)[0], part) - batch_mean(c);
    spread(c) = 0.0f;
    spread(c) += of_part(c, part)[1] + parts.size(part) * (apart * apart);
    batch_scale(c) = 1.0f / sqrt(spread(c) * share + eps);
    scale(c) = gamma(c) * batch_scale(c);
    shift(c) = beta(c) - batch_mean(c) * scale(c);
    y(c, m) = scale(c) * x(c, m) + shift(c);
    new_mean(c) = mean(c) + momentum * (batch_mean(c) - mean(c));
    new_var(c) = var(c) + momentum * (spread(c) * (1.0f / max(count - 1.0f, 1.0f)) - var(c));
  }
};

/// With xn = (x - mean) * scale: dgamma = sum dy xn, dbeta = sum dy, and
/// dx = gamma scale (dy - (dbeta + xn dgamma) / M) over M pixels where the statistics are those of the batch (M > 0),
/// dx = gamma scale dy where they are constants.
struct BatchNormGradient {
  Var c{"c"}, m{"m"}, p{"p"};
  PixelParts parts;
  RDom part;
  Func sums{"sums"}, of_part{"of_part"}, dgamma{"dgamma_of"}, dbeta{"dbeta_of"};
  Func factor{"factor"}, centre{"centre"}, slope{"slope"}, dx{"dx_of"};

  template <class X, class V, class S>
  BatchNormGradient(const X& x, const X& dy, const V& gamma, const V& mean, const S& scale, Expr pixels, bool of_batch)
      : parts(pixels, p), part(0, parts.count()) {
    const Expr here = dy(c, parts.pixel);
    sums(c, p) = Tuple(0.0f, 0.0f);
    sums(c, p) = Tuple(sums(c, p)[0] + here, sums(c, p)[1] + here * (x(c, parts.pixel) - mean(c)));
    of_part(c, p) = Tuple(sums(c, p)[0], sums(c, p)[1] * scale(c));
    dbeta(c) = 0.0f;
    dbeta(c) += of_part(c, part)[0];
    dgamma(c) = 0.0f;
    dgamma(c) += of_part(c, part)[1];
    factor(c) = gamma(c) * scale(c);
    const Expr share = 1.0f / cast<float>(pixels);
    centre(c) = dbeta(c) * share;
    slope(c) = dgamma(c) * scale(c) * share;
    const Expr of_statistics = centre(c) + slope(c) * (x(c, m) - mean(c));
    dx(c, m) = factor(c) * (of_batch ? dy(c, m) - of_statistics : dy(c, m));
  }
};

}  // namespace lithe
