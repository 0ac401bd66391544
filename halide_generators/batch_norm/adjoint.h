#pragma once
#include "halide_generators/batch_norm/algorithm.h"

// BatchNorm in training: statistics of the batch, and the way back. All sums run over the pixels m of all images, in
// parts of kPart neighbours, each of them one sequential sum; the parts are then added in their order.
namespace lithe {

constexpr int kPart = 256;

/// sum over the pixels of part p of `term`, and how many they are.
struct PixelParts {
  RDom r{0, kPart};
  Expr pixels;
  explicit PixelParts(Expr m) : pixels(m) {}
  Expr count() const { return (pixels + kPart - 1) / kPart; }
  Expr size(Expr p) const { return cast<float>(min(pixels - p * kPart, kPart)); }
  /// Pixel r of part p; the condition says whether there is one.
  Expr pixel(Expr p) const { return min(p * kPart + r, pixels - 1); }
  Expr exists(Expr p) const { return p * kPart + r < pixels; }
};

/// The mean and variance of the batch; y of them; and the running statistics, which move by `momentum` towards the mean
/// and the unbiased variance. Each part's variance is that around its own mean, which loses no digits, however far the
/// mean is from zero; the parts' own means then add theirs (Chan, Golub and LeVeque, 1979).
struct BatchNormTraining {
  Var c{"c"}, m{"m"}, p{"p"};
  PixelParts parts;
  RDom part;
  Func sum{"sum"}, squares{"squares"}, total{"total"}, spread{"spread"};
  Func batch_mean{"batch_mean_of"}, batch_scale{"batch_scale_of"}, scale{"scale"}, shift{"shift"};
  Func y{"y_of"}, new_mean{"new_mean_of"}, new_var{"new_var_of"};

  template <class X, class V>
  BatchNormTraining(const X& x, const V& gamma, const V& beta, const V& mean, const V& var, Expr pixels, Expr eps,
                    Expr momentum)
      : parts(pixels), part(0, parts.count()) {
    const Expr count = cast<float>(pixels);
    sum(c, p) = 0.0f;
    sum(c, p) += select(parts.exists(p), x(c, parts.pixel(p)), 0.0f);
    const Expr deviation = x(c, parts.pixel(p)) - sum(c, p) / parts.size(p);
    squares(c, p) = 0.0f;
    squares(c, p) += select(parts.exists(p), deviation * deviation, 0.0f);
    total(c) = 0.0f;
    total(c) += sum(c, part);
    batch_mean(c) = total(c) / count;
    const Expr apart = sum(c, part) / parts.size(part) - batch_mean(c);
    spread(c) = 0.0f;
    spread(c) += squares(c, part) + parts.size(part) * (apart * apart);
    batch_scale(c) = 1.0f / sqrt(spread(c) / count + eps);
    scale(c) = gamma(c) * batch_scale(c);
    shift(c) = beta(c) - batch_mean(c) * scale(c);
    y(c, m) = scale(c) * x(c, m) + shift(c);
    new_mean(c) = mean(c) + momentum * (batch_mean(c) - mean(c));
    new_var(c) = var(c) + momentum * (spread(c) / max(count - 1.0f, 1.0f) - var(c));
  }
};

/// With xn = (x - mean) * scale: dgamma = sum dy xn, dbeta = sum dy, and
/// dx = gamma scale (dy - (dbeta + xn dgamma) / M) over M pixels where the statistics are those of the batch (M > 0),
/// dx = gamma scale dy where they are constants.
struct BatchNormGradient {
  Var c{"c"}, m{"m"}, p{"p"};
  PixelParts parts;
  RDom part;
  Func sum{"sum"}, product{"product"}, dgamma{"dgamma_of"}, dbeta{"dbeta_of"}, dx{"dx_of"};

  template <class X, class V, class S>
  BatchNormGradient(const X& x, const X& dy, const V& gamma, const V& mean, const S& scale, Expr pixels, bool of_batch)
      : parts(pixels), part(0, parts.count()) {
    const auto normalised = [&](Expr pixel) { return (x(c, pixel) - mean(c)) * scale(c); };
    const Expr here = select(parts.exists(p), dy(c, parts.pixel(p)), 0.0f);
    sum(c, p) = 0.0f;
    sum(c, p) += here;
    product(c, p) = 0.0f;
    product(c, p) += here * normalised(parts.pixel(p));
    dbeta(c) = 0.0f;
    dbeta(c) += sum(c, part);
    dgamma(c) = 0.0f;
    dgamma(c) += product(c, part);
    Expr centred = dy(c, m);
    if (of_batch) centred = centred - (dbeta(c) + normalised(m) * dgamma(c)) * (1.0f / cast<float>(pixels));
    dx(c, m) = gamma(c) * scale(c) * centred;
  }
};

}  // namespace lithe
