#include "pipelines/graph/kernels.h"

#include <HalideRuntime.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>

#include "pipelines/core/error.h"
#include "pipelines/core/names.h"
#include "pipelines/core/shared_library.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/scratch_memory.h"

namespace lithe {
namespace {

std::map<std::string, CompiledKernel>& registry(Device device) {
  static auto* kernels = new std::map<std::string, CompiledKernel>[3];  // outlives every static that registers
  return kernels[static_cast<size_t>(device)];
}

// The kernels of devices register themselves when their library is loaded.
const std::map<std::string, CompiledKernel>& kernels_for([[maybe_unused]] Device device) {
#ifdef LITHE_GPU
  if (device != Device::kCpu) {
    [[maybe_unused]] static const void* const loaded = symbol("liblithe_devices.so", "lithe_opencl_relayout");
  }
#endif
  return registry(device);
}

// The text of an error may come from a worker thread while the return code reaches the caller.
std::mutex error_mutex;
std::string error_text;
std::atomic<int64_t> errors{0};  // texts that there were: one from before a call is not about it

// Must return: generated code has no unwind information.
void on_error(void*, const char* message) {
  const std::lock_guard<std::mutex> lock(error_mutex);
  error_text = message;
  ++errors;
}

// `errors_before`: how many there were before the call that gave `code`.
std::string describe_error(int code, int64_t errors_before) {
  const std::string number = "Halide error " + std::to_string(code);
  if (errors == errors_before) return number;
  const std::lock_guard<std::mutex> lock(error_mutex);
  return number + ": " + error_text.substr(0, error_text.find_last_not_of('\n') + 1);
}

constexpr int kTasksPerThread = 4;  // with so many, loops inside of them gain nothing from threads

int parallel_for(void* context, halide_task_t task, int min, int size, uint8_t* closure) {
  if (kernels_are_serial() || size == 1 || threads() == 1) {
    for (int i = min; i < min + size; ++i) {
      if (const int code = halide_do_task(context, task, i, closure)) return code;
    }
    return 0;
  }
  std::atomic<int> status{0};
  const bool enough = size >= kTasksPerThread * threads();
  // Isolated: a thread that waits here must not pick up another image's task.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(min, min + size, [&](int i) {
      if (status.load(std::memory_order_relaxed) != 0) return;
      std::optional<SerialKernels> alone;
      if (enough) alone.emplace();
      if (const int code = halide_do_task(context, task, i, closure)) status = code;
    });
  });
  return status;
}

// Rising.
#if defined(__aarch64__)
constexpr std::array kInstructionSets = {"neon"};
#else
constexpr std::array kInstructionSets = {"baseline", "avx2", "avx512"};
#endif
constexpr int kBest = static_cast<int>(kInstructionSets.size()) - 1;

int named_level(const std::string& name) {
  std::string known;
  for (int level = 0; level <= kBest; ++level) {
    if (name == kInstructionSets[level]) return level;
    known += (level == 0 ? "" : ", ") + std::string(kInstructionSets[level]);
  }
  throw Error(ErrorKind::kUsage, "LITHE_INSTRUCTION_SET: expected one of " + known + ", got \"" + name + "\"");
}

int allowed_level() {
  static const int level = [] {
    const char* name = std::getenv("LITHE_INSTRUCTION_SET");
    return name == nullptr || *name == '\0' ? kBest : named_level(name);
  }();
  return level;
}

bool wants(const uint64_t* features, int feature) { return (features[feature / 64] >> (feature % 64)) & 1; }

int can_use(int count, const uint64_t* features) {
  const int needed = wants(features, halide_target_feature_avx512) ? 2
                     : wants(features, halide_target_feature_avx2) ? 1
                                                                   : 0;
  return needed <= allowed_level() && halide_default_can_use_target_features(count, features);
}

struct Setup {
  Setup() {
    halide_set_error_handler(on_error);
    halide_set_custom_do_par_for(parallel_for);
    halide_set_custom_malloc([](void*, size_t bytes) { return allocate_scratch(bytes); });
    halide_set_custom_free([](void*, void* memory) { free_scratch(memory); });
    halide_set_custom_can_use_target_features(can_use);
  }
};

void set_up() { static const Setup once; }

}  // namespace

const CompiledKernel& find_kernel(const std::string& name, Device device) {
  const auto it = kernels_for(device).find(name);
  if (it == kernels_for(device).end()) {
    throw Error(ErrorKind::kInternal, std::string("no kernel \"") + name + "\" was compiled in for " + name_of(device) +
                                          did_you_mean(name, kernel_names(device)));
  }
  return it->second;
}

bool has_kernel(const std::string& name, Device device) { return kernels_for(device).count(name) > 0; }

std::vector<std::string> kernel_names(Device device) {
  std::vector<std::string> names;
  for (const auto& entry : kernels_for(device)) names.push_back(entry.first);
  return names;
}

std::string argument_name(const char* name) {
  const std::string text = name;
  return text.substr(0, text.find('$'));
}

void call_kernel(const CompiledKernel& kernel, void** arguments, const std::string& where) {
  set_up();
  const int64_t errors_before = errors;
  const int code = kernel.call(arguments);
  if (code == 0) return;
  const std::string advice = code == halide_error_code_device_malloc_failed ? "; try a smaller batch" : "";
  throw Error(ErrorKind::kInternal,
              where + ": kernel " + kernel.name + " failed with " + describe_error(code, errors_before) + advice);
}

std::string halide_message(const std::function<int()>& call) {
  set_up();
  const int64_t errors_before = errors;
  const int code = call();
  return code == 0 ? "" : describe_error(code, errors_before);
}

std::string instruction_set() {
  set_up();
#if defined(__x86_64__) && !defined(LITHE_BASELINE_ONLY)
  uint64_t features[4] = {};
  const auto has = [&](std::initializer_list<int> wanted) {
    std::fill(std::begin(features), std::end(features), uint64_t{0});
    for (const int f : wanted) features[f / 64] |= uint64_t{1} << (f % 64);
    return can_use(4, features) != 0;
  };
  if (has({halide_target_feature_avx512, halide_target_feature_avx512_skylake})) return kInstructionSets[2];
  if (has({halide_target_feature_avx2, halide_target_feature_fma, halide_target_feature_f16c}))
    return kInstructionSets[1];
#endif
  return kInstructionSets[0];
}

}  // namespace lithe

extern "C" void halide_register_argv_and_metadata(int (*call)(void**), const halide_filter_metadata_t* metadata,
                                                  const char* const*) {
  // The prefix says where it runs, and keeps symbols apart from the C library's: there is a tanh in both.
  using lithe::Device;
  const std::string symbol = metadata->name;
  for (const auto& [prefix, device] :
       {std::pair{"lithe_kernel_", Device::kCpu}, std::pair{"lithe_opencl_", Device::kOpenCl},
        std::pair{"lithe_cuda_", Device::kCuda}}) {
    if (symbol.compare(0, std::strlen(prefix), prefix) != 0) continue;
    const std::string name = symbol.substr(std::strlen(prefix));
    lithe::registry(device)[name] = {name, call, metadata};
  }
}
