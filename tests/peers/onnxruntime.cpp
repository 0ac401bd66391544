#include "tests/peers/onnxruntime.h"

#include <dlfcn.h>

#include <cstring>
#include <utility>

namespace lithe {
namespace {

// Opaque objects of onnxruntime.
using Handle = void*;
using Status = void*;

// Positions in the table of functions, which only ever grows at its end (onnxruntime_c_api.h, struct OrtApi).
enum Position {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetIntraOpNumThreads = 24,
  kSetInterOpNumThreads = 25,
  kSessionGetOutputCount = 31,
  kSessionGetInputName = 36,
  kSessionGetOutputName = 37,
  kCreateTensorWithData = 49,
  kGetTensorMutableData = 51,
  kGetDimensionsCount = 61,
  kGetDimensions = 62,
  kGetTensorTypeAndShape = 65,
  kCreateCpuMemoryInfo = 69,
  kGetDefaultAllocator = 78,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseTensorTypeAndShapeInfo = 99,
};
constexpr uint32_t kApiVersion = 1;  // the first one has them all
constexpr int kWarning = 2, kFloat = 1, kDeviceAllocator = 0, kDefaultMemory = 0;

struct ApiBase {
  void* const* (*get_api)(uint32_t version);
  const char* (*version)();
};

}  // namespace

struct OnnxRuntime::State {
  void* const* api = nullptr;
  Handle session = nullptr, memory = nullptr, input = nullptr;
  std::string input_name;
  std::vector<std::string> output_names;
  std::vector<Handle> results;

  template <class... A>
  void call(Position position, A... arguments) const {
    using Function = Status (*)(A...);
    Function function;
    std::memcpy(&function, &api[position], sizeof function);
    if (const Status status = function(arguments...)) {
      const char* (*message)(Status);
      std::memcpy(&message, &api[kGetErrorMessage], sizeof message);
      throw Error(ErrorKind::kInput, std::string("onnxruntime: ") + message(status));
    }
  }

  void release(Position position, Handle handle) const {
    void (*function)(Handle);
    std::memcpy(&function, &api[position], sizeof function);
    if (handle) function(handle);
  }

  void release_results() {
    for (Handle& result : results) release(kReleaseValue, std::exchange(result, nullptr));
  }
};

OnnxRuntime::OnnxRuntime(const std::string& library, const std::string& model, int threads)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  void* module = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module) throw Error(ErrorKind::kInput, dlerror());
  ApiBase* (*base)();
  void* symbol = dlsym(module, "OrtGetApiBase");
  if (!symbol)
    throw Error(ErrorKind::kInput, library + ": expected onnxruntime with OrtGetApiBase, found no such function");
  std::memcpy(&base, &symbol, sizeof base);
  s.api = base()->get_api(kApiVersion);

  Handle environment, options, allocator;
  s.call(kCreateEnv, kWarning, "lithe", &environment);
  s.call(kCreateSessionOptions, &options);
  s.call(kSetIntraOpNumThreads, options, threads);
  s.call(kSetInterOpNumThreads, options, 1);
  s.call(kCreateSession, environment, model.c_str(), options, &s.session);
  s.call(kCreateCpuMemoryInfo, kDeviceAllocator, kDefaultMemory, &s.memory);
  s.call(kGetDefaultAllocator, &allocator);

  // The few names and options live as long as the process.
  char* name;
  s.call(kSessionGetInputName, s.session, size_t{0}, allocator, &name);
  s.input_name = name;
  size_t count;
  s.call(kSessionGetOutputCount, s.session, &count);
  for (size_t i = 0; i < count; ++i) {
    s.call(kSessionGetOutputName, s.session, i, allocator, &name);
    s.output_names.push_back(name);
  }
  s.results.resize(count);
}

OnnxRuntime::~OnnxRuntime() {
  state_->release_results();
  state_->release(kReleaseValue, state_->input);
  state_->release(kReleaseSession, state_->session);
}

void OnnxRuntime::set_input(const Tensor& input) {
  State& s = *state_;
  s.release(kReleaseValue, std::exchange(s.input, nullptr));
  s.call(kCreateTensorWithData, s.memory, input.raw(), static_cast<size_t>(input.bytes()), input.shape().data(),
         input.shape().size(), kFloat, &s.input);
}

void OnnxRuntime::run() {
  State& s = *state_;
  s.release_results();
  const char* input_name = s.input_name.c_str();
  std::vector<const char*> output_names;
  for (const std::string& name : s.output_names) output_names.push_back(name.c_str());
  s.call(kRun, s.session, nullptr, &input_name, &s.input, size_t{1}, output_names.data(), output_names.size(),
         s.results.data());
}

std::vector<Tensor> OnnxRuntime::outputs() const {
  std::vector<Tensor> tensors;
  for (const Handle result : state_->results) {
    Handle info;
    size_t rank;
    void* data;
    state_->call(kGetTensorTypeAndShape, result, &info);
    state_->call(kGetDimensionsCount, info, &rank);
    Shape shape(rank);
    state_->call(kGetDimensions, info, shape.data(), rank);
    state_->release(kReleaseTensorTypeAndShapeInfo, info);
    state_->call(kGetTensorMutableData, result, &data);
    Tensor tensor(shape);
    std::memcpy(tensor.raw(), data, static_cast<size_t>(tensor.bytes()));
    tensors.push_back(tensor);
  }
  return tensors;
}

}  // namespace lithe
