#pragma once
// What the processor could do at most, measured.

#include <string>

namespace lithe::cli {

/// Multiply-adds of float32 that the calling thread can do per second with the vectors of an instruction set of
/// `instruction_set()`, counted as two operations each: GFLOP/s of registers alone, no memory. Takes some milliseconds.
double peak_gflops(const std::string& instruction_set);

}  // namespace lithe::cli
