#include <cstdio>
#include <iostream>

#include "cli/adapt.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/recipes.h"
#include "trainers/module.h"

namespace lithe::cli {
namespace {

struct CovNormTask {
  std::string recipe;
  template <class Field>
  void visit(Field&& f) {
    f("recipe", recipe, "other defaults: published, those of the released code; table, for runs of two minutes");
  }
};

// As in the released code only the mini-adaptation layers move in the first five epochs of tuning. `table` is ours.
const std::vector<Recipe>& covnorm_recipes() {
  static const std::vector<Recipe> all = {{"published",
                                           {"--batch=16", "--epochs=40", "--lr=1e-3", "--schedule=step",
                                            "--milestones=5,10,15,20,25,30,35", "--samples=2000000", "--scaling=code",
                                            "--mini=random", "--mini-epochs=5", "--tune-epochs=35", "--tune-lr=1e-4"}},
                                          {"table",
                                           {"--limit=8000", "--epochs=4", "--lr=0.01", "--samples=20000",
                                            "--mini-epochs=1", "--tune-epochs=3", "--tune-lr=0.003"}}};
  return all;
}

void print(const std::vector<DomainReport>& domains) {
  std::printf("%-24s %-11s %9s %-9s %12s %10s %12s %9s\n", "domain", "method", "top-1", "on", "parameters", "share",
              "bytes", "seconds");
  for (const DomainReport& d : domains) {
    std::printf("%-24s %-11s %8.2f%% %-9s %12lld %9.2f%% %12lld %9.0f\n", d.name.c_str(), d.method.c_str(),
                100 * d.top1, d.split.c_str(), static_cast<long long>(d.added), 100 * d.share,
                static_cast<long long>(d.bytes), d.seconds);
  }
}

ExitCode covnorm(const CovNormTask&, const CovNormOptions& o, const ProgressOptions& p) {
  ProgressDisplay progress(p);
  const CovNormSummary summary = trainers().adapt_covnorm(o, progress);
  if (o.dry_run) {
    for (const std::string& line : summary.plan) std::cout << line << "\n";
    return kDone;
  }
  print(summary.domains);
  if (!summary.interrupted) return kDone;
  progress.message("stopped; the same command again continues there");
  return interrupted();
}

}  // namespace

Command adapt_covnorm() {
  return with_recipes(
      command_of<CovNormTask, CovNormOptions, ProgressOptions>(
          "covnorm", "many domains on one backbone, a small file for each (Li and Vasconcelos, CVPR 2019)",
          {{"lithe adapt covnorm --backbone run/best.safetensors --add mnist=build/data/mnist --add svhn=svhn --output "
            "domains",
            "two domains; `lithe classify photos --model domains/backbone.safetensors --domain svhn` runs one"},
           {"lithe adapt covnorm --add letters=letters --output domains",
            "one more domain; the others stay as they are"}},
          covnorm),
      covnorm_recipes());
}

}  // namespace lithe::cli
