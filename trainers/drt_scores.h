#pragma once
// How well an adaptation seems to go, without labels of the target.

#include <vector>

#include "datasets/dataset.h"
#include "pipelines/graph/parameters.h"
#include "pipelines/model/preprocessing.h"
#include "trainers/drt_parts.h"

namespace lithe {

/// What a network with two heads says about a set of images.
struct Replies {
  Tensor features, logits;         // N D; N K, of the head that speaks
  std::vector<double> confidence;  // softmax probability of the class that is given
  std::vector<int> top, labels;    // the class that is given, the one that it is
  int64_t apart = 0;               // images to which the heads give different classes
};
/// In inference mode; `at_most` images, evenly spaced (0: all).
Replies replies_to(const TwoHeadedParts& parts, const Parameters& parameters, const DatasetPtr& set,
                   const Preprocessing& preprocessing, int64_t batch, int64_t at_most = 0);

/// Scores of a softmax over K classes; higher is better.
///   entropy  minus the mean entropy of an image's prediction
///   infomax  entropy of the mean prediction minus the mean entropy (Shi and Sha, ICML 2012): sure, and of all classes
///   snd      soft neighbourhood density (Saito et al., ICCV 2021): mean entropy of softmax(p_i . p_j / 0.05) over j,
///            p of length 1
struct LabelFreeScores {
  double entropy = 0, infomax = 0, snd = 0;
};
LabelFreeScores label_free_scores(const Tensor& logits);

/// Share of images with top == label.
double top1_of(const Replies& replies);
/// Share of images that each of `classes` is given to.
std::vector<double> shares_of(const Replies& replies, int64_t classes);
/// exp(entropy of the shares): as many classes, if all of them were given as often.
double effective_classes(const std::vector<double>& shares);
/// Mean over features of (mean_a - mean_b)^2 / ((variance_a + variance_b) / 2): 0 where the domains look alike. a, b: N
/// D.
double feature_discrepancy(const Tensor& a, const Tensor& b);

}  // namespace lithe
