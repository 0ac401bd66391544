#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/interrupt.h"

namespace lithe::cli {
namespace {

constexpr char kClearLine[] = "\r\033[K";

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(std::ceil(seconds));
  char text[32];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  }
  return text;
}

int terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

ProgressDisplay::ProgressDisplay(const ProgressOptions& options) : quiet_(options.quiet) {
  const std::string& how = options.progress;
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  style_ = how == "json"                                 ? Style::kJson
           : how == "bar" || (how == "auto" && terminal) ? Style::kBar
           : how == "none"                               ? Style::kNone
                                                         : Style::kPlain;
  if (quiet_) style_ = Style::kNone;
  catch_interrupts();
}

ProgressDisplay::~ProgressDisplay() {
  if (bar_drawn_) std::cerr << std::endl;
}

void ProgressDisplay::begin(int64_t total, int64_t already) {
  total_ = total, already_ = already, done_ = failed_ = 0;
  start_ = Clock::now();
  shown_ = {};
}

void ProgressDisplay::advance(int64_t done, int64_t failed) {
  done_ += done, failed_ += failed;
  const double interval = style_ == Style::kBar ? 0.1 : style_ == Style::kJson ? 1 : 5;  // seconds between two displays
  const auto now = Clock::now();
  if (already_ + done_ < total_ && std::chrono::duration<double>(now - shown_).count() < interval) return;
  shown_ = now;
  show();
}

double ProgressDisplay::rate() const {
  const double seconds = seconds_since(start_);
  return seconds > 0 ? static_cast<double>(done_) / seconds : 0;
}

double ProgressDisplay::remaining() const {
  const double per_second = rate();
  return per_second > 0 ? static_cast<double>(std::max<int64_t>(0, total_ - already_ - done_)) / per_second : 0;
}

std::string ProgressDisplay::line() const {
  const int64_t at = already_ + done_;
  char text[128];
  std::snprintf(text, sizeof text, "%lld/%lld  %3d%%  %.1f/s  ETA %s", static_cast<long long>(at),
                static_cast<long long>(total_), total_ > 0 ? static_cast<int>(100 * at / total_) : 100, rate(),
                clock_text(remaining()).c_str());
  return text + (failed_ > 0 ? "  " + std::to_string(failed_) + " failed" : std::string());
}

void ProgressDisplay::show() {
  if (style_ == Style::kPlain) {
    std::cerr << line() << std::endl;
  } else if (style_ == Style::kJson) {
    const nlohmann::ordered_json state = {{"done", already_ + done_},
                                          {"total", total_},
                                          {"failed", failed_},
                                          {"per_second", rate()},
                                          {"eta_seconds", remaining()}};
    std::cerr << state.dump() << std::endl;
  } else if (style_ == Style::kBar) {
    const std::string text = line();
    const int room = std::clamp(terminal_width() - static_cast<int>(text.size()) - 5, 0, 40);
    const int filled = total_ > 0 ? static_cast<int>(room * (already_ + done_) / total_) : room;
    std::cerr << kClearLine;
    if (room >= 10) std::cerr << '[' << std::string(filled, '#') << std::string(room - filled, '.') << "]  ";
    std::cerr << text << std::flush;
    bar_drawn_ = true;
  }
}

void ProgressDisplay::message(const std::string& text) {
  if (quiet_) return;
  if (style_ == Style::kJson) {
    std::cerr << nlohmann::json{{"message", text}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
              << std::endl;
    return;
  }
  std::cerr << (bar_drawn_ ? kClearLine : "") << text << std::endl;
  bar_drawn_ = false;
}

bool ProgressDisplay::interrupted() const { return caught_interrupt() != 0; }

}  // namespace lithe::cli
