#include "trainers/drt_domains.h"

#include <algorithm>

#include "pipelines/core/random.h"

namespace lithe {
namespace {

/// Images of several sets, with labels of one list of classes.
class PooledSet final : public Dataset {
 public:
  PooledSet(DatasetInfo info, std::vector<std::pair<DatasetPtr, int64_t>> images)
      : Dataset(std::move(info)), images_(std::move(images)) {}
  std::string where(int64_t i) const override { return at(i).first->where(at(i).second); }
  Image image(int64_t i) const override { return at(i).first->image(at(i).second); }

 private:
  const std::pair<DatasetPtr, int64_t>& at(int64_t i) const { return images_[static_cast<size_t>(i)]; }
  std::vector<std::pair<DatasetPtr, int64_t>> images_;
};

std::string quoted(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "\"" : ", \"") + name + "\"";
  return text;
}

// What of `names` is not among `known`.
std::vector<std::string> beyond(const std::vector<std::string>& names, const std::vector<std::string>& known) {
  std::vector<std::string> rest;
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) rest.push_back(name);
  }
  return rest;
}

void check_classes(const std::string& domain, const std::vector<std::string>& names,
                   const std::vector<std::string>& classes, const std::string& of, const std::string& otherwise) {
  const std::vector<std::string> missing = beyond(classes, names), more = beyond(names, classes);
  if (missing.empty() && more.empty()) return;
  std::string what = domain + ": its classes are not those of " + of + ":";
  if (!missing.empty()) what += " it lacks " + quoted(missing);
  if (!more.empty()) what += (missing.empty() ? " it has " : ", and has ") + quoted(more) + " besides";
  throw Error(ErrorKind::kUsage, what + "; all domains need the same classes, by their names" + otherwise);
}

// At most `limit` images, by chance.
DatasetPtr limited(const DatasetPtr& set, int64_t limit, uint64_t seed) {
  if (limit == 0 || set->size() <= limit) return set;
  const RandomStream random(seed, "limit");
  std::vector<int64_t> samples(static_cast<size_t>(set->size()));
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<int64_t>(i);
  std::sort(samples.begin(), samples.end(), [&](int64_t a, int64_t b) {
    return random.bits(static_cast<uint64_t>(a)) < random.bits(static_cast<uint64_t>(b));
  });
  samples.resize(static_cast<size_t>(limit));
  std::sort(samples.begin(), samples.end());
  return subset(set, std::move(samples));
}

bool has_split(const std::string& where, const std::string& name) {
  const std::vector<std::string> splits = dataset_splits(where);
  return std::find(splits.begin(), splits.end(), name) != splits.end();
}

// `ignore_labels`: all of them become the first class.
DatasetPtr pooled(const std::vector<DatasetPtr>& sets, const std::vector<std::string>& classes, bool ignore_labels) {
  DatasetInfo info = sets.front()->info();
  info.class_names = classes, info.labels.clear();
  std::vector<std::pair<DatasetPtr, int64_t>> images;
  for (const DatasetPtr& set : sets) {
    if (set->info().image != info.image) info.image.clear();
    std::vector<int> renumbered;
    for (const std::string& name : set->info().class_names) {
      const auto at = std::find(classes.begin(), classes.end(), name);
      renumbered.push_back(at == classes.end() || ignore_labels ? 0 : static_cast<int>(at - classes.begin()));
    }
    for (int64_t i = 0; i < set->size(); ++i) {
      info.labels.push_back(renumbered[static_cast<size_t>(set->label(i))]);
      images.emplace_back(set, i);
    }
  }
  return std::make_shared<PooledSet>(std::move(info), std::move(images));
}

void tell_empty_classes(const std::string& domain, const Dataset& set, Progress& progress) {
  std::vector<std::string> empty;
  for (int64_t c = 0; c < set.classes(); ++c) {
    const auto& labels = set.info().labels;
    const bool some = std::find(labels.begin(), labels.end(), static_cast<int>(c)) != labels.end();
    if (!some) empty.push_back(set.info().class_names[static_cast<size_t>(c)]);
  }
  if (!empty.empty()) progress.message("source " + domain + " has no images of class " + quoted(empty));
}

// Of some classes it may have no images.
DatasetPtr test_of(const std::string& target, const std::string& path, const std::vector<std::string>& classes) {
  const DatasetPtr test = open_dataset(path, "test");
  const std::vector<std::string> more = beyond(test->info().class_names, classes);
  if (more.empty()) return pooled({test}, classes, false);
  throw Error(ErrorKind::kUsage, "target " + target + ": its split test has the class " + quoted(more) +
                                     ", which no source has; all domains need the same classes, by their names");
}

}  // namespace

DrtDomains open_domains(const DrtOptions& o, Progress& progress) {
  const auto training = [&](const std::string& where) {
    return limited(open_dataset(where, has_split(where, "train") ? "train" : ""), o.limit, o.seed);
  };
  const auto& [target_name, target_path] = *o.target.begin();
  const std::string& first = o.source.begin()->first;
  std::vector<std::string> classes;
  std::vector<DatasetPtr> sources;
  for (const auto& [name, path] : o.source) {
    if (name == target_name) throw Error(ErrorKind::kUsage, "--source " + name + ": this is the target's name");
    sources.push_back(training(path));
    if (classes.empty()) classes = sources.back()->info().class_names;
    check_classes("source " + name, sources.back()->info().class_names, classes, first, "");
    tell_empty_classes(name, *sources.back(), progress);
  }
  DrtDomains domains;
  const HeldOut parts = hold_out(pooled(sources, classes, false), o.hold_out, o.seed);
  domains.sources = parts.kept, domains.source_validation = parts.held_out;

  const DatasetPtr target = training(target_path);
  if (!o.unlabelled_target) {
    check_classes("target " + target_name, target->info().class_names, classes, first,
                  "; give --unlabelled-target if nobody has sorted its images");
  }
  domains.target = pooled({target}, classes, o.unlabelled_target);
  if (!o.unlabelled_target) {
    domains.test_is_target = !has_split(target_path, "test");
    domains.test = domains.test_is_target ? domains.target : test_of(target_name, target_path, classes);
  }
  for (const auto& [what, set] :
       {std::pair{"the sources together have", domains.sources}, {"the target has", domains.target}}) {
    if (set->size() >= o.batch) continue;
    throw Error(ErrorKind::kUsage, std::string(what) + " " + std::to_string(set->size()) +
                                       " images to train on, fewer than one --batch of " + std::to_string(o.batch));
  }
  return domains;
}

Preprocessing preprocessing_for(const DrtDomains& domains, const Shape& input) {
  const int64_t height = input.at(2), width = input.at(3);
  const auto small = [&](const DatasetPtr& set) {
    const Image image = set->image(0);
    return image.height <= 2 * height && image.width <= 2 * width;
  };
  if (!small(domains.sources) || !small(domains.target)) return preprocessing_preset("imagenet", height, width);
  Preprocessing p = preprocessing_preset("inception", height, width);
  p.resize = "stretch";
  return p;
}

}  // namespace lithe
