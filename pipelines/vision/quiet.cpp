#include "pipelines/vision/quiet.h"

#include <iostream>
#include <opencv2/core/utils/logger.hpp>
#include <streambuf>

namespace lithe {
namespace {

thread_local int quiet = 0;

// Keeps nothing itself, so it is as safe for several threads as what it forwards to.
class Filter final : public std::streambuf {
 public:
  explicit Filter(std::streambuf* target) : target_(target) {}

 protected:
  int overflow(int c) override {
    return quiet != 0 || traits_type::eq_int_type(c, traits_type::eof()) ? traits_type::not_eof(c)
                                                                         : target_->sputc(static_cast<char>(c));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    return quiet != 0 ? count : target_->sputn(text, count);
  }
  int sync() override { return target_->pubsync(); }

 private:
  std::streambuf* target_;
};

bool install() {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  std::cerr.rdbuf(new Filter(std::cerr.rdbuf()));  // never destroyed: std::cerr outlives everything
  return true;
}

}  // namespace

Quiet::Quiet() {
  [[maybe_unused]] static const bool installed = install();
  ++quiet;
}

Quiet::~Quiet() { --quiet; }

}  // namespace lithe
