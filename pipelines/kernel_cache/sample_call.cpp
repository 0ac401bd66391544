#include "pipelines/kernel_cache/sample_call.h"

#include <HalideRuntime.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "pipelines/core/clock.h"
#include "pipelines/core/error.h"
#include "pipelines/core/random.h"
#include "pipelines/core/tensor.h"

namespace lithe {
namespace {

constexpr uint8_t kUntouched = 0xa5;  // as a float: -2.9e-16
constexpr int kTurns = 7;
constexpr double kTurn = 200, kEnough = 40'000;  // microseconds of one turn at least, and of one kernel at most
constexpr double kClearly = 1.25;

size_t bytes_of(const halide_buffer_t& buffer) {
  size_t elements = 1;
  for (int d = 0; d < buffer.dimensions; ++d) {
    LITHE_CHECK(buffer.dim[d].extent > 0 && buffer.dim[d].stride >= 0);
    elements += static_cast<size_t>(buffer.dim[d].extent - 1) * static_cast<size_t>(buffer.dim[d].stride);
  }
  return elements * static_cast<size_t>(buffer.type.bytes());
}

void check(int code) {
  if (code != 0) throw Error("failed with Halide error " + std::to_string(code));
}

}  // namespace

struct SampleCall::Argument {
  uint64_t scalar = 0;
  halide_buffer_t buffer{};
  std::vector<halide_dimension_t> dims;
  std::vector<uint8_t> memory;
  bool is_output = false;

  ~Argument() {
    if (buffer.device != 0) halide_device_free(nullptr, &buffer);
  }

  void take(const halide_buffer_t& from, uint64_t seed) {
    dims.assign(from.dim, from.dim + from.dimensions);
    buffer = from, buffer.dim = dims.data(), buffer.flags = 0;
    buffer.device = 0, buffer.device_interface = nullptr;
    const size_t bytes = bytes_of(from);
    memory.resize(bytes + Tensor::kAlignment);
    const auto misaligned = reinterpret_cast<uintptr_t>(memory.data()) % Tensor::kAlignment;
    buffer.host = memory.data() + (Tensor::kAlignment - misaligned) % Tensor::kAlignment;
    if (is_output) return;
    if (from.type.code != halide_type_float || from.type.bits != 32) return take_values(from, bytes);
    const RandomStream noise(seed, "sample call");
    auto* numbers = reinterpret_cast<float*>(buffer.host);
    for (size_t n = 0; n < bytes / sizeof(float); ++n) numbers[n] = static_cast<float>(2 * noise.uniform(n) - 1);
  }

  void take_values(const halide_buffer_t& from, size_t bytes) {
    if (from.device == 0) {
      std::memcpy(buffer.host, from.host, bytes);
      return;
    }
    halide_buffer_t there = from;
    there.host = buffer.host, there.flags = halide_buffer_flag_device_dirty;
    check(halide_copy_to_host(nullptr, &there));
  }

  void send(const halide_device_interface_t* card) {
    buffer.flags = halide_buffer_flag_host_dirty;
    const int code = halide_copy_to_device(nullptr, &buffer, card);
    if (code == 0) return;
    throw Error(ErrorKind::kInternal, "a call's arguments do not fit into the memory of the device beside the model (" +
                                          std::to_string(bytes_of(buffer) >> 20) + " MB, Halide error " +
                                          std::to_string(code) + "); try a smaller batch");
  }
};

SampleCall::SampleCall(const halide_filter_metadata_t& metadata, void* const* arguments) {
  for (int i = 0; i < metadata.num_arguments; ++i) {
    const halide_filter_argument_t& described = metadata.arguments[i];
    all_.push_back(std::make_unique<Argument>());
    Argument& argument = *all_.back();
    if (described.kind == halide_argument_kind_input_scalar) {
      std::memcpy(&argument.scalar, arguments[i], static_cast<size_t>(described.type.bytes()));
      arguments_.push_back(&argument.scalar);
      continue;
    }
    argument.is_output = described.kind == halide_argument_kind_output_buffer;
    const auto& given = *static_cast<const halide_buffer_t*>(arguments[i]);
    argument.take(given, static_cast<uint64_t>(i));
    arguments_.push_back(&argument.buffer);
    if (given.device == 0) continue;
    argument.send(given.device_interface);
    on_card_ = &argument.buffer;
  }
}

SampleCall::~SampleCall() = default;

void SampleCall::operator()(KernelFunction kernel) { check(kernel(arguments_.data())); }

void SampleCall::wait() {
  if (on_card_ != nullptr) check(halide_device_sync(nullptr, on_card_));
}

double SampleCall::time(KernelFunction kernel, int repeats) {
  wait();
  const double from = thread_microseconds();
  const Clock::time_point start = Clock::now();
  for (int i = 0; i < repeats; ++i) (*this)(kernel);
  wait();
  const double waited = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
  return (on_card_ != nullptr ? waited : thread_microseconds() - from) / repeats;
}

template <class Call>
SampleCall::Outputs SampleCall::outputs_after(const Call& call) {
  for (const auto& argument : all_) {
    if (argument->is_output) std::fill(argument->memory.begin(), argument->memory.end(), kUntouched);
  }
  call();
  Outputs outputs;
  for (const auto& argument : all_) {
    if (argument->is_output) outputs.push_back(argument->memory);  // with the bytes around it: nobody wrote there
  }
  return outputs;
}

SampleCall::Outputs SampleCall::outputs_of(KernelFunction kernel) {
  return outputs_after([&] {
    for (const auto& argument : all_) {
      if (argument->is_output && on_card_ != nullptr) argument->send(on_card_->device_interface);
    }
    (*this)(kernel);
    for (const auto& argument : all_) {
      if (argument->is_output && on_card_ != nullptr) check(halide_copy_to_host(nullptr, &argument->buffer));
    }
  });
}

SampleCall::Outputs SampleCall::outputs_on_processor(KernelFunction kernel) {
  return outputs_after([&] {
    std::vector<halide_buffer_t> here(all_.size());
    std::vector<void*> arguments = arguments_;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (all_[i]->memory.empty()) continue;  // a scalar
      here[i] = all_[i]->buffer;
      here[i].device = 0, here[i].device_interface = nullptr, here[i].flags = 0;
      arguments[i] = &here[i];
    }
    check(kernel(arguments.data()));
  });
}

double difference(const SampleCall::Outputs& a, const SampleCall::Outputs& b) {
  double worst = 0, largest = 1;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    for (size_t at = 0; at + sizeof(float) <= a[i].size(); at += sizeof(float)) {
      float x = 0, y = 0;
      std::memcpy(&x, &a[i][at], sizeof x), std::memcpy(&y, &b[i][at], sizeof y);
      if (std::memcmp(&x, &y, sizeof x) == 0 || (std::isnan(x) && std::isnan(y))) continue;
      if (!std::isfinite(x) || !std::isfinite(y)) return std::numeric_limits<double>::infinity();
      worst = std::max(worst, static_cast<double>(std::fabs(x - y)));
      largest = std::max(largest, static_cast<double>(std::fabs(y)));
    }
  }
  return worst / largest;
}

double thread_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

std::vector<double> best_times(SampleCall& call, const std::vector<KernelFunction>& kernels) {
  std::vector<double> best(kernels.size(), std::numeric_limits<double>::infinity());
  std::vector<int> repeats(kernels.size(), 1);
  const auto time = [&](size_t k) { return call.time(kernels[k], repeats[k]); };
  for (size_t k = 0; k < kernels.size(); ++k) {
    call(kernels[k]);  // warms caches and pages
    best[k] = time(k);
    repeats[k] = std::max(1, static_cast<int>(kTurn / std::max(best[k], 0.01)));
  }
  const double start = thread_microseconds();
  const auto enough = kEnough * static_cast<double>(kernels.size());
  for (int turn = 0; turn < kTurns * 3; ++turn) {
    for (size_t k = 0; k < kernels.size(); ++k) best[k] = std::min(best[k], time(k));
    if (turn == 1 && kernels.size() > 1 && best[0] > kClearly * best[1]) break;
    if (turn + 1 >= kTurns && thread_microseconds() - start > enough) break;
  }
  return best;
}

}  // namespace lithe
