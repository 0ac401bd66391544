#include "pipelines/kernel_cache/tuner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "pipelines/kernel_cache/kernel_cache.h"

namespace lithe {
namespace {

// The usual tile replaces the generic kernel unless it is slower; another one must win by more than measuring errs.
constexpr double kNotSlower = 1, kFaster = 0.98;
constexpr double kNear = 1e-4;        // of a graphics card's results and the processor's
constexpr double kDiscouraged = 0.8;  // a kernel's claim on the budget after each candidate that gained nothing
constexpr double kWorthALine = 0.99;
constexpr size_t kReason = 200;  // characters of a reason that are kept

std::string differs(double error) {
  char text[80];
  std::snprintf(text, sizeof text, "the generic kernel differs from the processor's by %.2g of the largest", error);
  return text;
}

}  // namespace

struct Tuner::Work {
  const KernelUse& use;
  const KernelFunction before;  // what the engine calls
  KernelFunction now;           // what it will call
  KernelTile tile;              // of `now`
  double time = 0;              // of `now`, microseconds
  double claim = 1;             // on the budget
  bool done = false;
  std::vector<KernelTile> hints;
  std::set<KernelTile> tried;
  std::optional<TileSearch> search;  // made when it is this kernel's turn
  std::vector<std::unique_ptr<KernelLibrary>> libraries;
  std::shared_ptr<SampleCall> sample;
  std::optional<SampleCall::Outputs> expected;  // of the generic kernel
  std::string distrust;                         // why they are none to compare with

  Work(const KernelUse& u, KernelFunction kernel) : use(u), before(kernel), now(kernel) {}
  double weight() const { return time * use.count; }
};

Tuner::Tuner(TuneRequest request, const KernelStore& store, KernelCompiler& compiler, Progress& progress)
    : request_(std::move(request)), store_(store), compiler_(compiler), progress_(progress), start_(Clock::now()) {}

Tuner::~Tuner() = default;

TuneResult Tuner::run(const std::vector<KernelUse>& uses) {
  const SerialKernels serial;
  prepare(uses);
  try {
    try_usual_tiles();
    if (request_.budget > 0) search();
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::kOutput) throw;
    result_.output_error = e.what();
  }
  return result();
}

void Tuner::prepare(const std::vector<KernelUse>& uses) {
  const std::vector<KernelRecord> hints = store_.hints();
  for (const KernelUse& use : uses) {
    const KernelFunction special = specialised_kernel(use.spec, request_.target);
    works_.push_back(std::make_unique<Work>(use, special == nullptr ? use.generic : special));
    Work& work = *works_.back();
    for (const KernelRecord& hint : hints) {
      if (hint.spec == use.spec) work.hints.push_back(hint.tile);
    }
    const KernelIdentity here = kernel_identity(kernel_of(use.spec), request_.target);
    for (const KernelRecord& record : request_.known) {
      if (record.spec != use.spec || !here.mismatch(record.identity).empty()) continue;
      if (record.kept() && special == nullptr) continue;  // its file is lost
      work.tried.insert(record.tile);
      if (record.kept()) work.tile = record.tile;
    }
    if (request_.times) work.time = best_times(call(work), {work.now})[0];
  }
  std::stable_sort(works_.begin(), works_.end(),
                   [](const auto& a, const auto& b) { return a->weight() > b->weight(); });
}

void Tuner::try_usual_tiles() {
  told_ = total();
  if (request_.budget > 0) {
    progress_.begin(std::lround(request_.budget), 0);
  } else {
    progress_.begin(static_cast<int64_t>(works_.size()), 0);
  }
  for (const auto& work : works_) {
    if (over()) return;
    if (work->tried.count({}) == 0) try_tile(*work, {});
    if (request_.budget == 0) progress_.advance(1, 0);
  }
}

void Tuner::search() {
  while (!over()) {
    Work* work = most_promising();
    if (work == nullptr) {
      progress_.message("every tile was tried");
      return;
    }
    const std::optional<KernelTile> tile = next_tile(*work);
    if (!tile) {
      work->done = true;
    } else if (!try_tile(*work, *tile)) {
      work->claim *= kDiscouraged;
    }
  }
}

std::optional<KernelTile> Tuner::next_tile(Work& work) {
  if (!work.search) {
    try {
      work.search.emplace(compiler_.tunables(work.use.spec, request_.target.instruction_set), work.hints);
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kUsage) throw;
      return std::nullopt;  // its usual tile could not be compiled either, and the journal says why
    }
  }
  return work.search->next(work.tile, work.tried);
}

Tuner::Work* Tuner::most_promising() {
  Work* best = nullptr;
  for (const auto& work : works_) {
    if (work->done) continue;
    if (best == nullptr || work->weight() * work->claim > best->weight() * best->claim) best = work.get();
  }
  return best;
}

// Compiles, checks and measures one candidate, and writes down what came of it. Returns whether it is used from now on.
bool Tuner::try_tile(Work& work, const KernelTile& tile) {
  KernelRecord record;
  record.spec = work.use.spec, record.tile = tile, record.plan = request_.plan;
  record.identity = kernel_identity(record.kernel(), request_.target);
  work.tried.insert(tile);
  ++result_.measured;
  const std::string path = store_.candidate_path();
  try {
    compiler_.compile(record.spec, tile, request_.target.instruction_set, path);
    const std::string bytes = read_file(path);
    auto library = std::make_unique<KernelLibrary>(bytes);
    const auto outputs = call(work).outputs_of(library->call());
    record.error = difference(outputs, expected(work));
    if (outputs != expected(work)) throw Error("its bits are not those of the generic kernel");
    const std::vector<double> times = best_times(call(work), {library->call(), work.now, work.use.generic});
    record.time_us = times[0], record.generic_time_us = times[2];
    std::remove(path.c_str());
    const bool usual = tile.empty() && work.now == work.use.generic;
    if (times[0] > times[1] * (usual ? kNotSlower : kFaster)) {
      store_.note(record);
      return false;
    }
    store_.keep(record, bytes);
    work.libraries.push_back(std::move(library));
    work.now = work.libraries.back()->call(), work.tile = tile, work.time = times[0], work.claim = 1;
    tell(work);
    return true;
  } catch (const Error& e) {
    std::remove(path.c_str());
    if (e.kind() == ErrorKind::kOutput || e.kind() == ErrorKind::kUsage) throw;
    store_.require_room();
    record.refused = std::string(e.what()).substr(0, kReason);
    ++result_.refused;
    store_.note(record);
    require_working(work, tile);
    return false;
  }
}

SampleCall& Tuner::call(Work& work) {
  if (turn_ != nullptr && turn_ != &work) turn_->sample.reset(), turn_->expected.reset();
  turn_ = &work;
  if (work.sample == nullptr) work.sample = work.use.sample();
  return *work.sample;
}

const SampleCall::Outputs& Tuner::expected(Work& work) {
  if (!work.expected) {
    work.expected = call(work).outputs_of(work.use.generic);
    if (work.use.on_processor != nullptr) {
      const double error = difference(*work.expected, call(work).outputs_on_processor(work.use.on_processor));
      if (error > kNear) work.distrust = differs(error);
    }
  }
  if (!work.distrust.empty()) throw Error(work.distrust);
  return *work.expected;
}

// A candidate may take a graphics card down with it: all others would be refused without a fault of theirs.
void Tuner::require_working(Work& work, const KernelTile& tile) try {
  call(work).time(work.use.generic, 1);
} catch (const Error& e) {
  throw Error(ErrorKind::kInternal, kernel_of(work.use.spec) + ": the generic kernel " + e.what() +
                                        " after candidate " + to_string(tile) +
                                        "; the same command again leaves that one out");
}

// Every step that is worth a line: a percent of the whole since the last one.
void Tuner::tell(const Work& work) {
  if (total() > kWorthALine * told_) return;
  char text[160];
  std::snprintf(text, sizeof text, "%6.1f s  kernels %.3f -> %.3f ms  %s (%s), %d x %.1f us", seconds(), told_ / 1000,
                total() / 1000, kernel_of(work.use.spec).c_str(), to_string(work.tile).c_str(), work.use.count,
                work.time);
  progress_.message(text);
  told_ = total();
}

bool Tuner::over() {
  if (progress_.interrupted()) result_.interrupted = true;
  if (request_.budget > 0) {
    const double now = std::floor(std::min(seconds(), request_.budget));
    if (now > shown_) progress_.advance(std::lround(now - shown_), 0), shown_ = now;
  }
  return result_.interrupted || (request_.budget > 0 && seconds() >= request_.budget);
}

double Tuner::seconds() const { return seconds_since(start_); }

double Tuner::total() const {
  double sum = 0;
  for (const auto& work : works_) sum += work->weight();
  return sum;
}

TuneResult Tuner::result() {
  for (const auto& work : works_) {
    TunedKernel kernel{work->use.spec, work->use.count, work->tile, work->time, work->time};
    if (work->now != work->before) {
      const std::vector<double> times = best_times(call(*work), {work->now, work->before});
      kernel.after = times[0], kernel.before = times[1];
    }
    result_.kernels.push_back(std::move(kernel));
  }
  std::stable_sort(result_.kernels.begin(), result_.kernels.end(),
                   [](const TunedKernel& a, const TunedKernel& b) { return a.before * a.count > b.before * b.count; });
  return std::move(result_);
}

}  // namespace lithe
