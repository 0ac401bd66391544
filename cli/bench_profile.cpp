#include "cli/bench_profile.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "pipelines/graph/cost.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

// What one step or several together did.
struct Work {
  int64_t steps = 0, madds = 0, bytes = 0;
  double seconds = 0;

  Work& operator+=(const Work& o) {
    steps += o.steps, madds += o.madds, bytes += o.bytes, seconds += o.seconds;
    return *this;
  }
  double microseconds() const { return seconds * 1e6; }
  double gflops() const { return 2e-9 * static_cast<double>(madds) / seconds; }
  double gbytes() const { return 1e-9 * static_cast<double>(bytes) / seconds; }
};

// A star marks kernels that were compiled for their calls.
std::string marked(const std::string& kernel, bool specialised) { return kernel + (specialised ? "*" : ""); }
std::string marked(const StepProfile& step) { return marked(step.kernel, step.specialised); }

Work work_of(const StepProfile& step) { return {1, step.madds, step.bytes, step.seconds}; }

Work total(const std::vector<StepProfile>& steps) {
  Work sum;
  for (const StepProfile& step : steps) sum += work_of(step);
  return sum;
}

struct KernelSum {
  std::string kernel;
  bool specialised;
  Work work;
};

// The most expensive first.
std::vector<KernelSum> by_kernel(const std::vector<StepProfile>& steps) {
  std::map<std::pair<std::string, bool>, Work> sums;
  for (const StepProfile& step : steps) sums[{step.kernel, step.specialised}] += work_of(step);
  std::vector<KernelSum> sorted;
  for (const auto& [kernel, work] : sums) sorted.push_back({kernel.first, kernel.second, work});
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const KernelSum& a, const KernelSum& b) { return a.work.seconds > b.work.seconds; });
  return sorted;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

Json as_json(const Work& work, const ProfileReport& report) {
  return {{"microseconds", work.microseconds()},
          {"share", work.seconds / total(report.profile.steps).seconds},
          {"madds", work.madds},
          {"gflops", work.gflops()},
          {"share_of_peak", work.gflops() / report.peak_gflops},
          {"bytes", work.bytes},
          {"gbytes_per_second", work.gbytes()}};
}

void print_work(const Work& work, const ProfileReport& report) {
  std::printf("%9.1f %5.1f %12s %7.1f %5.1f %12s %6.1f", work.microseconds(),
              100 * work.seconds / total(report.profile.steps).seconds, grouped(work.madds).c_str(), work.gflops(),
              100 * work.gflops() / report.peak_gflops, grouped(work.bytes).c_str(), work.gbytes());
}

int width_of(const std::vector<StepProfile>& steps, std::string (*text)(const StepProfile& step)) {
  size_t width = 6;
  for (const StepProfile& step : steps) width = std::max(width, text(step).size());
  return static_cast<int>(width);
}

constexpr char kWorkHeader[] = "       us     %        MAdds GFLOP/s peak%        bytes   GB/s";

}  // namespace

Json as_json(const ProfileReport& report) {
  Json steps = Json::array(), kernels = Json::array();
  for (const StepProfile& step : report.profile.steps) {
    Json row = {{"operator", step.op},  {"kernel", step.kernel}, {"specialised", step.specialised},
                {"node", step.node},    {"fused", step.fused},   {"input", step.input},
                {"output", step.output}};
    row.update(as_json(work_of(step), report));
    steps.push_back(std::move(row));
  }
  for (const auto& [kernel, specialised, work] : by_kernel(report.profile.steps)) {
    Json row = {{"kernel", kernel}, {"specialised", specialised}, {"steps", work.steps}};
    row.update(as_json(work, report));
    kernels.push_back(std::move(row));
  }
  return {{"peak_gflops", report.peak_gflops},
          {"steps", steps},
          {"kernels", kernels},
          {"sum_ms", total(report.profile.steps).seconds * 1e3},
          {"input_ms", report.profile.input_seconds * 1e3},
          {"output_ms", report.profile.output_seconds * 1e3},
          {"pass_ms", report.pass_seconds * 1e3}};
}

void print(const ProfileReport& report) {
  const int kernel_width = width_of(report.profile.steps, [](const StepProfile& step) { return marked(step); });
  const int node_width = width_of(report.profile.steps, [](const StepProfile& step) { return step.node; });
  std::printf("%s  %-*s  %-*s  shapes; what it was fused from\n", kWorkHeader, kernel_width, "kernel", node_width,
              "node");
  for (const StepProfile& step : report.profile.steps) {
    print_work(work_of(step), report);
    const std::string shapes = to_string(step.input) + " -> " + to_string(step.output);
    std::printf("  %-*s  %-*s  %s%s%s\n", kernel_width, marked(step).c_str(), node_width, step.node.c_str(),
                shapes.c_str(), step.fused.empty() ? "" : "; ", joined(step.fused).c_str());
  }
  std::printf("\n%s  kernel\n", kWorkHeader);
  for (const auto& [kernel, specialised, work] : by_kernel(report.profile.steps)) {
    print_work(work, report);
    std::printf("  %s x%lld\n", marked(kernel, specialised).c_str(), static_cast<long long>(work.steps));
  }
  const Work sum = total(report.profile.steps);
  print_work(sum, report);
  const auto microseconds = [](double seconds) { return seconds * 1e6; };
  const double input = report.profile.input_seconds, output = report.profile.output_seconds;
  std::printf(
      "  all\n\nthe whole pass: %.1f us; copying the image in %.1f us, the result out %.1f us, the rest %.1f us\n",
      microseconds(report.pass_seconds), microseconds(input), microseconds(output),
      microseconds(report.pass_seconds - input - output - sum.seconds));
  std::printf("peak: %.1f GFLOP/s, multiply-adds in registers; * a kernel that was compiled for its call\n",
              report.peak_gflops);
}

}  // namespace lithe::cli
