#pragma once

#include <opencv2/core.hpp>

namespace lithe {

/// The part `window` of `image` resized to `size`; nothing outside of the window is computed, so a long thin image
/// costs no more than another. 8 bit, any channels. Bilinear with pixel centres at half integers: each result is the
/// mean of the pixels around its place under a triangle, which is one output pixel wide to each side where `antialias`
/// is set and the image shrinks (as PIL, to the bit), one input pixel otherwise (as OpenCV, within one level).
/// `result`: memory to use where it fits.
cv::Mat resample(const cv::Mat& image, cv::Size size, cv::Rect window, bool antialias, cv::Mat result = {});

/// The same along one axis as a matrix: a row per output, a column per input from `first` on (64F). Its weights are
/// integers that sum to 1 << kResampleBits. Products with it are `resample`'s bytes if they are rounded after each of
/// the axes, first the horizontal one.
struct ResamplingMatrix {
  int first;
  cv::Mat weights;
};
constexpr int kResampleBits = 22;
ResamplingMatrix resampling_matrix(int in, int out, int begin, int length, bool antialias);

}  // namespace lithe
