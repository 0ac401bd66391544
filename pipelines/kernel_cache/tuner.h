#pragma once
// The search for fast kernels: the schedule's usual tile for every call of a plan first, then other tiles where the
// plan spends its time. Every candidate is measured as the file that is kept, in turns with what it would replace.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/core/clock.h"
#include "pipelines/core/progress.h"
#include "pipelines/kernel_cache/kernel_compiler.h"
#include "pipelines/kernel_cache/kernel_store.h"
#include "pipelines/kernel_cache/sample_call.h"
#include "pipelines/kernel_cache/tile_search.h"

namespace lithe {

/// A distinct call of a plan. `sample` gives a call to measure; large ones are made when it is their turn, and are let
/// go before the next one.
struct KernelUse {
  std::string spec;
  int count = 1;  // how often one image needs it
  KernelFunction generic = nullptr;
  std::function<std::shared_ptr<SampleCall>()> sample;
  /// The processor's, for a call on a graphics card; nullptr where that one takes other arguments.
  KernelFunction on_processor = nullptr;
};

struct TuneRequest {
  double budget = 60;  // seconds; 0: only the usual tiles, of everything
  KernelTarget target;
  std::string plan;                 // noted in the records
  std::vector<KernelRecord> known;  // of all folders: what was tried or kept before
  bool times = true;                // measure what is not touched as well, for the result
};

struct TunedKernel {
  std::string spec;
  int count = 1;
  KernelTile tile;               // of `after`
  double before = 0, after = 0;  // microseconds of one call, in turns; equal where nothing better was found
};

struct TuneResult {
  std::vector<TunedKernel> kernels;  // the ones that take the most time first
  int measured = 0, refused = 0;     // candidates of this run
  bool interrupted = false;
  std::string output_error;  // why the search ended early: nothing can be kept
};

class Tuner {
 public:
  Tuner(TuneRequest request, const KernelStore& store, KernelCompiler& compiler, Progress& progress);
  ~Tuner();

  /// The kernels run on the calling thread alone. Ends early when the user asks.
  /// Throws Error(kUsage) if there is no compiler to run.
  TuneResult run(const std::vector<KernelUse>& uses);

 private:
  struct Work;  // one use on its way

  void prepare(const std::vector<KernelUse>& uses);
  void try_usual_tiles();
  void search();
  std::optional<KernelTile> next_tile(Work& work);
  bool try_tile(Work& work, const KernelTile& tile);
  SampleCall& call(Work& work);
  const SampleCall::Outputs& expected(Work& work);
  void require_working(Work& work, const KernelTile& tile);
  Work* most_promising();
  void tell(const Work& work);
  bool over();
  double seconds() const;
  double total() const;
  TuneResult result();

  TuneRequest request_;
  const KernelStore& store_;
  KernelCompiler& compiler_;
  Progress& progress_;
  Clock::time_point start_;
  std::vector<std::unique_ptr<Work>> works_;
  Work* turn_ = nullptr;  // the one that has its sample
  TuneResult result_;
  double told_ = 0;   // microseconds of all kernels, as the user knows
  double shown_ = 0;  // seconds of the budget that the progress knows of
};

}  // namespace lithe
