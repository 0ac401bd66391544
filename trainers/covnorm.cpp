#include "trainers/covnorm.h"

#include <cctype>
#include <filesystem>
#include <memory>
#include <optional>

#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "pipelines/networks/registry.h"
#include "trainers/classification.h"
#include "trainers/covnorm_domain.h"
#include "trainers/covnorm_record.h"
#include "trainers/run_folder.h"

namespace lithe {
namespace {

void check_name(const std::string& name) {
  bool plain = !name.empty() && name[0] != '.';
  for (const char c : name) plain = plain && (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.');
  check_usage(plain, "--add " + name + "=...: a domain's name is made of letters, digits, _ and .");
}

std::string backbone_file(const CovNormOptions& o) { return o.output + "/" + kBackboneFile; }

void check_options(const CovNormOptions& o) {
  for (const auto& entry : o.add) check_name(entry.first);
  check_usage(o.tau > 0 && o.tau <= 1, "--tau: expected a share in (0, 1]");
  check_usage(o.samples >= 1, "--samples: expected at least 1");
  check_usage(o.limit == 0 || o.limit >= o.batch, "--limit: expected 0, or at least --batch");
  check_usage(o.epochs >= 1, "--epochs: expected at least 1");
  check_usage(o.mini_epochs >= 0 && o.tune_epochs >= 0, "--mini-epochs, --tune-epochs: expected 0 or more");
  check_usage(o.threads >= 0, "--threads: expected 0 or more");
  check_usage(o.setting == "sequential" || o.method == "covnorm", "--setting joint: is for --method covnorm");
  const bool there = std::filesystem::exists(backbone_file(o));
  check_usage(there || !o.backbone.empty() || (!o.model.empty() && !o.backbone_data.empty()),
              "no backbone: give --backbone FILE, or --model NETWORK and --backbone-data DATA to train one");
  check_usage(o.backbone.empty() || o.model.empty(), "--backbone and --model: expected one of them");
  check_usage(there || !std::filesystem::exists(o.output + "/run.json"),
              "--output " + o.output + ": is the folder of another run (run.json); use one of its own");
}

Model read_backbone(const std::string& file) {
  check_usage(std::filesystem::is_regular_file(file),
              "--backbone " + file + ": no such file; expected a model file as `lithe train classify` writes it");
  ModelRequest request;
  request.model = file;
  Model model = load_model(request);
  check_usage(model.network != "graph",
              file +
                  ": holds a graph; a backbone is a network of `lithe list networks`, which can "
                  "be built for other classes");
  return model;
}

// The model that all domains share; none if the user asked to stop.
std::optional<Model> backbone_of(const CovNormOptions& o, Progress& progress) {
  const std::string file = backbone_file(o);
  if (!o.backbone.empty()) {
    const Model given = read_backbone(o.backbone);
    check_usage(!std::filesystem::exists(file) || read_backbone(file).hash == given.hash,
                "--backbone " + o.backbone + ": " + file +
                    " is another one, on which domains may depend; use another --output");
    std::filesystem::create_directories(o.output);
    if (!std::filesystem::exists(file)) write_file(file, read_file(o.backbone));
  } else if (!std::filesystem::exists(file)) {
    ClassificationOptions c;
    c.data = o.backbone_data, c.model = o.model, c.set = o.set, c.output = o.output + "/stages/backbone";
    c.epochs = o.backbone_epochs, c.batch = o.batch, c.seed = o.seed, c.hold_out = o.hold_out, c.threads = o.threads;
    c.augmentation = o.augmentation, c.fresh = o.fresh, c.optimizer.weight_decay = o.optimizer.weight_decay;
    c.learning_rate.lr = o.backbone_lr, c.learning_rate.schedule = "one-cycle";
    progress.message("backbone: " + o.model);
    if (train_classifier(c, progress).interrupted) return std::nullopt;
    write_file(file, read_file(c.output + "/best.safetensors"));
  }
  Model backbone = read_backbone(file);
  check_usage(o.model.empty() || o.model == backbone.network,
              file + ": is a " + backbone.network + ", not the " + o.model + " of --model; use another --output");
  return backbone;
}

std::vector<std::string> plan_of(const CovNormOptions& o) {
  std::vector<std::string> lines;
  const auto epochs = [](int64_t n) { return std::to_string(n) + (n == 1 ? " epoch" : " epochs"); };
  if (std::filesystem::exists(backbone_file(o))) {
    lines.push_back("backbone: " + backbone_file(o) + ", as it is");
  } else if (!o.backbone.empty()) {
    lines.push_back("backbone: " + o.backbone);
  } else {
    lines.push_back("backbone: train " + o.model + " on " + o.backbone_data + ", " + epochs(o.backbone_epochs));
  }
  for (const auto& [name, path] : o.add) {
    const std::string domain = domain_name(name, o.method), at = domain + ": ";
    if (!o.fresh && std::filesystem::exists(domain_path(o, name))) {
      lines.push_back(at + "is there");
      continue;
    }
    const bool has_adapters = is_low_rank(o.method) || o.method == "adapters";
    const std::string what = has_adapters ? "full adapters" : o.method;
    lines.push_back(at + what + " on " + path + ", " + epochs(o.epochs));
    if (is_low_rank(o.method)) {
      lines.push_back(at + "statistics of the adapters' inputs and outputs, " + std::to_string(o.samples) +
                      " pixels of 512 channels");
      lines.push_back(at + "principal components" + (o.setting == "joint" ? " over all these domains" : "") +
                      ", ranks by tau " + std::to_string(o.tau).substr(0, 5));
      if (o.method == "covnorm") lines.push_back(at + "mini-adaptation layers, " + epochs(o.mini_epochs));
      lines.push_back(at + "all that is its own, " + epochs(o.tune_epochs));
    }
    lines.push_back(at + "fold into " + domain_path(o, name) + ", measure");
  }
  return lines;
}

/// Learns domains that share one whitening and recolouring; a single one has its own. Those that are learnt already
/// only give their statistics. False if interrupted.
bool learn(const CovNormOptions& o, const Model& backbone, const std::vector<std::string>& names, Progress& progress) {
  std::vector<std::unique_ptr<DomainStages>> domains;
  ActivationMoments pooled;
  for (const std::string& name : names) {
    domains.push_back(std::make_unique<DomainStages>(o, backbone, name));
    if (!is_low_rank(o.method)) continue;
    DomainStages& domain = *domains.back();
    if (!domain.train_full_adapters(progress) || !domain.gather_statistics(progress)) return false;
    for (const auto& [value, groups] : domain.moments()) {
      std::vector<Moments>& sum = pooled[value];
      sum.resize(groups.size());
      for (size_t g = 0; g < groups.size(); ++g) sum[g].add(groups[g]);
    }
  }
  for (const auto& domain : domains) {
    if (is_learnt(o, backbone, domain->name())) continue;
    const bool done = is_low_rank(o.method) ? domain->train_low_rank(pooled, progress) : domain->train_own(progress);
    if (!done) return false;
    write_report(o.output, domain->finish(progress));
  }
  return true;
}

}  // namespace

CovNormSummary adapt_covnorm(const CovNormOptions& o, Progress& progress) {
  check_options(o);
  CovNormSummary summary;
  summary.plan = plan_of(o);
  summary.domains = read_report(o.output);  // one that is none should not show after hours, either
  if (o.dry_run) return summary;
  set_threads(o.threads);
  for (const auto& entry : o.add) {  // what cannot be read should not show after hours
    if (!std::filesystem::exists(domain_path(o, entry.first))) data_of(o, entry.first);
  }
  const std::optional<Model> backbone = backbone_of(o, progress);
  summary.interrupted = !backbone;
  std::vector<std::string> all;
  bool is_done = true;
  for (const auto& entry : o.add) {
    if (summary.interrupted) break;
    all.push_back(entry.first);
    const bool learnt = is_learnt(o, *backbone, entry.first);
    is_done = is_done && learnt;
    if (o.setting == "sequential" && !learnt) summary.interrupted = !learn(o, *backbone, {entry.first}, progress);
  }
  if (o.setting == "joint" && !is_done) summary.interrupted = !learn(o, *backbone, all, progress);
  summary.domains = read_report(o.output);
  return summary;
}

}  // namespace lithe
