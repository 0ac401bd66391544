#pragma once
// The stages in which one domain is learnt. Each continues where it was interrupted.

#include <map>
#include <string>
#include <vector>

#include "pipelines/model/domain.h"
#include "trainers/classification_setup.h"
#include "trainers/covnorm.h"
#include "trainers/covnorm_stage.h"
#include "trainers/covnorm_start.h"

namespace lithe {

/// Whether a method starts from full adapters and their statistics.
bool is_low_rank(const std::string& method);
/// "svhn" of covnorm, "svhn-svd" of a method that it is compared with.
std::string domain_name(const std::string& name, const std::string& method);

/// The images of a domain. It is measured on those of the split `test`, or on `validation` where there is none.
struct DomainData {
  DatasetPtr training, validation, test;
  bool has_test = false;
};
/// Throws Error naming what does not fit.
DomainData data_of(const CovNormOptions& options, const std::string& name);

class DomainStages {
 public:
  /// Opens the data. `backbone` and `options` must outlive this. Throws Error naming what does not fit.
  DomainStages(const CovNormOptions& options, const Model& backbone, const std::string& name);

  const std::string& name() const { return name_; }
  /// Trains full adapters. Like all stages returns false if the user asked to stop.
  bool train_full_adapters(Progress& progress);
  /// Gathers what goes in and comes out of them over the training images.
  bool gather_statistics(Progress& progress);
  const ActivationMoments& moments() const { return moments_; }
  /// Low rank from the statistics `moments`: the domain's own, or of several domains.
  bool train_low_rank(const ActivationMoments& moments, Progress& progress);
  /// What the domain has of its own under a method without low rank.
  bool train_own(Progress& progress);
  /// Folds what was trained last into the file of the domain.
  DomainReport finish(Progress& progress);

 private:
  bool train(const std::string& stage, const std::string& start, const Model& from, double lr, int64_t epochs,
             Progress& progress);
  bool is_own(const std::string& parameter, const std::string& stage) const;
  std::string key_of(const std::string& stage) const;
  bool keep(StageReport report, const std::string& result, bool has_model, Progress& progress);
  Domain folded() const;

  const CovNormOptions& options_;
  const Model& backbone_;
  const std::string name_, folder_;
  std::vector<AdapterPlace> places_;
  DomainData data_;
  Model plain_;    // the backbone with the domain's classes and preprocessing
  Model trained_;  // what the last stage gave
  ActivationMoments moments_;
  StageLog log_;
  std::vector<StageReport> stages_;  // what was done, or done earlier
};

}  // namespace lithe
