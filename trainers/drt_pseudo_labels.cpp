#include "trainers/drt_pseudo_labels.h"

#include <algorithm>

#include "pipelines/core/error.h"
#include "pipelines/formats/results.h"

namespace lithe {
namespace {

/// Some images of a set under other labels.
class Relabelled final : public Dataset {
 public:
  Relabelled(DatasetInfo info, DatasetPtr set) : Dataset(std::move(info)), set_(std::move(set)) {}
  std::string where(int64_t i) const override { return set_->where(i); }
  Image image(int64_t i) const override { return set_->image(i); }

 private:
  DatasetPtr set_;
};

}  // namespace

PseudoLabels pseudo_labels(const DatasetPtr& target, const Replies& replies, double confidence, int64_t least) {
  LITHE_CHECK(static_cast<int64_t>(replies.top.size()) == target->size());
  std::vector<std::vector<double>> of_class(static_cast<size_t>(target->classes()));
  for (size_t i = 0; i < replies.top.size(); ++i) {
    of_class[static_cast<size_t>(replies.top[i])].push_back(replies.confidence[i]);
  }
  PseudoLabels result;
  for (std::vector<double>& all : of_class) {
    const auto middle = all.begin() + static_cast<ptrdiff_t>(all.size() / 2);
    if (!all.empty()) std::nth_element(all.begin(), middle, all.end());
    result.thresholds.push_back(all.empty() ? confidence : std::min(confidence, *middle));
  }
  std::vector<int64_t> samples;
  DatasetInfo info = target->info();
  info.labels.clear();
  result.csv = "image,class,confidence,used\n";
  for (size_t i = 0; i < replies.top.size(); ++i) {
    const auto c = static_cast<size_t>(replies.top[i]);
    const bool used = replies.confidence[i] >= result.thresholds[c];
    if (used) samples.push_back(static_cast<int64_t>(i)), info.labels.push_back(replies.top[i]);
    result.csv += csv_field(target->where(static_cast<int64_t>(i))) + "," + csv_field(info.class_names[c]) + "," +
                  std::to_string(replies.confidence[i]) + (used ? ",1\n" : ",0\n");
  }
  if (static_cast<int64_t>(samples.size()) < least) {
    throw Error("self-training: the model is sure of " + std::to_string(samples.size()) +
                " target images, fewer than one --batch of " + std::to_string(least));
  }
  result.set = std::make_shared<Relabelled>(std::move(info), subset(target, std::move(samples)));
  return result;
}

}  // namespace lithe
