// Compiled kernels for another machine: made here, taken over there.
#include <cstdio>
#include <iostream>
#include <set>

#include "cli/interrupt.h"
#include "cli/tune.h"
#include "pipelines/core/file.h"
#include "pipelines/graph/kernel_uses.h"
#include "pipelines/kernel_cache/kernel_cache.h"
#include "pipelines/kernel_cache/kernel_compiler.h"
#include "pipelines/kernel_cache/kernel_store.h"

namespace lithe::cli {
namespace {

struct Architecture {
  const char *name, *instruction_set;
};
// The choices of --emit-for. The levels of x86-64 are those of its ABI.
constexpr Architecture kArchitectures[] = {
    {"aarch64", "neon"}, {"x86-64", "baseline"}, {"x86-64-v3", "avx2"}, {"x86-64-v4", "avx512"}};

KernelTarget emitted_target(const std::string& name) {
  for (const Architecture& a : kArchitectures) {
    if (name == a.name) return {a.instruction_set, kAnyDevice};
  }
  throw Error(ErrorKind::kInternal, "--emit-for " + name + " has no instruction set");
}

// The distinct calls, in one order for every run.
std::set<std::string> specs_of(const TuneOptions& o, const Model& model) {
  const Session session(model.graph, model.parameters, {true, Device::kCpu, weights_precision(o.weights_precision)});
  std::set<std::string> specs;
  for (const KernelUse& use : kernel_uses(session, {tuned_shape(o, model)})) specs.insert(use.spec);
  return specs;
}

// The tiles to compile, the one to prefer first: what was imported for that instruction set, then the usual one.
std::vector<KernelTile> tiles_for(const std::string& spec, const KernelTarget& target,
                                  const std::vector<KernelRecord>& hints) {
  std::vector<KernelTile> tiles;
  for (auto hint = hints.rbegin(); hint != hints.rend() && tiles.empty(); ++hint) {
    if (hint->spec == spec && hint->identity.instruction_set == target.instruction_set) tiles.push_back(hint->tile);
  }
  tiles.emplace_back();
  return tiles;
}

// Returns why it cannot be compiled; nothing if it is in the bundle.
std::string emit(KernelRecord record, KernelCompiler& compiler, const KernelStore& bundle) {
  const std::string path = bundle.candidate_path();
  std::string reason, bytes;
  try {
    compiler.compile(record.spec, record.tile, record.identity.instruction_set, path);
    bytes = read_file(path);
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kUsage) throw;
    reason = e.what();
  }
  std::remove(path.c_str());
  if (reason.empty()) bundle.keep(std::move(record), bytes);
  return reason;
}

std::vector<KernelRecord> imported_hints(const TuneOptions& o) {
  return user_kernel_folder().empty() && o.cache.empty() ? std::vector<KernelRecord>()
                                                         : KernelStore(tune_folder(o)).hints();
}

KernelCacheState examine_folder(const std::string& path) {
  std::vector<CacheFolder> folders;
  folders.emplace_back(path, CacheFolder::Kind::kUser);
  return KernelCache(std::move(folders)).examine(kernel_target_of);
}

}  // namespace

ExitCode tune_emit(const TuneOptions& o, Progress& progress) {
  const KernelTarget target = emitted_target(o.emit_for);
  const KernelStore bundle(o.output.empty() ? "kernels-" + o.emit_for : o.output);
  CompilerProcess compiler;
  ModelRequest wanted = o.request;
  wanted.model = *o.what;
  const Model model = load_model(wanted);
  const std::set<std::string> specs = specs_of(o, model);
  const std::vector<KernelRecord> hints = imported_hints(o);
  std::set<std::string> there;
  for (const KernelRecord& record : bundle.records()) {
    if (record.kept() && kernel_identity(record.kernel(), target).mismatch(record.identity).empty())
      there.insert(record.spec);
  }

  int emitted = 0, failed = 0;
  progress.begin(static_cast<int64_t>(specs.size()), 0);
  for (const std::string& spec : specs) {
    if (progress.interrupted()) {
      progress.message("stopped; the same command again continues");
      return static_cast<ExitCode>(128 + caught_interrupt());
    }
    std::string reason;
    if (there.count(spec) == 0) {
      for (const KernelTile& tile : tiles_for(spec, target, hints)) {
        KernelRecord record;
        record.spec = spec, record.tile = tile, record.plan = model.network + " " + to_string(tuned_shape(o, model));
        record.identity = kernel_identity(record.kernel(), target);
        reason = emit(std::move(record), compiler, bundle);
        if (reason.empty()) break;
      }
      if (!reason.empty()) progress.message(short_spec(spec) + " stays generic: " + reason);
      ++(reason.empty() ? emitted : failed);
    }
    progress.advance(1, reason.empty() ? 0 : 1);
  }
  progress.message(bundle.folder() + ": " + std::to_string(specs.size() - static_cast<size_t>(failed)) +
                   " kernels for " + o.emit_for + ", " + std::to_string(emitted) +
                   " of them new, none measured; on that machine: lithe tune import FOLDER");
  return kDone;
}

ExitCode tune_import_bundle(const TuneOptions& o, Progress& progress) {
  const KernelStore store(tune_folder(o));
  const KernelCacheState state = examine_folder(*o.file);
  const std::string reason = state.misses.empty() ? "it holds none" : state.misses[0].reason;
  if (state.usable.empty()) throw Error(*o.file + ": no kernel can be used here: " + reason);
  std::set<std::string> own;  // measured on this machine
  for (const auto& kernel : examine_folder(store.folder()).usable) own.insert(kernel.record.spec);
  const CacheFolder bundle(*o.file, CacheFolder::Kind::kUser);
  int taken = 0;
  for (const auto& kernel : state.usable) {
    if (own.count(kernel.record.spec) != 0) continue;
    store.keep(kernel.record, bundle.read(kernel.record));
    ++taken;
  }
  progress.message(std::to_string(taken) + " kernels taken over, " + std::to_string(own.size()) + " were there");
  if (!state.misses.empty()) {
    progress.message(std::to_string(state.misses.size()) + " cannot be used here, the first one because: " + reason);
  }
  return kDone;
}

}  // namespace lithe::cli
