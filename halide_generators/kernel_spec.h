#pragma once
// Everything that is fixed about one call of a kernel, as one line of text: what the engine asks for, what the kernel
// compiler reads, and the key under which a specialised kernel is kept:
//   pointwise x=24:1,3136:24 w=16:1,24:16,6:384 b=96:1 groups=1 clamp_min=0 clamp_max=6 y=96:1,3136:96
// A buffer is extent:stride per dimension, innermost first, in elements; every other argument is a number. Before the
// kernel of a graphics card stands how the card is reached: opencl:pointwise.

#include <cstdint>
#include <cstdlib>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace lithe {

struct KernelSpec {
  struct Dim {
    int32_t extent, stride;
  };

  std::string kernel;
  std::map<std::string, std::vector<Dim>> buffers;
  std::map<std::string, double> scalars;

  /// Throws std::invalid_argument naming the part that is none.
  static KernelSpec parse(const std::string& text) {
    std::istringstream words(text);
    KernelSpec spec;
    words >> spec.kernel;
    for (std::string word; words >> word;) {
      const size_t equals = word.find('=');
      if (equals == std::string::npos || equals == 0 || equals + 1 == word.size()) fail(word);
      const std::string name = word.substr(0, equals), value = word.substr(equals + 1);
      if (value.find(':') == std::string::npos) {
        char* end = nullptr;
        spec.scalars[name] = std::strtod(value.c_str(), &end);  // reads inf as well
        if (*end != '\0') fail(word);
        continue;
      }
      std::istringstream dims(value);
      for (std::string dim; std::getline(dims, dim, ',');) {
        std::istringstream numbers(dim);
        Dim d{};
        char colon = 0;
        if (!(numbers >> d.extent >> colon >> d.stride) || colon != ':' || !numbers.eof()) fail(word);
        spec.buffers[name].push_back(d);
      }
    }
    return spec;
  }

 private:
  [[noreturn]] static void fail(const std::string& word) {
    throw std::invalid_argument("kernel spec: expected NAME=NUMBER or NAME=EXTENT:STRIDE,..., got \"" + word + "\"");
  }
};

}  // namespace lithe
