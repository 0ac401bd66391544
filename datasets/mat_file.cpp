#include "datasets/mat_file.h"

#include <matio.h>

#include <memory>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

using Variable = std::unique_ptr<matvar_t, void (*)(matvar_t*)>;

void say_nothing(int, char*) {}

Variable read_variable(const std::string& path, const std::string& name) {
  Mat_LogInitFunc("lithe", say_nothing);  // the error says it
  const std::unique_ptr<mat_t, int (*)(mat_t*)> file(Mat_Open(path.c_str(), MAT_ACC_RDONLY), Mat_Close);
  if (file == nullptr) throw Error(path + ": is missing, damaged or no MATLAB file");
  Variable variable(Mat_VarRead(file.get(), name.c_str()), Mat_VarFree);
  if (variable == nullptr || variable->data == nullptr || variable->isComplex) {
    throw Error(path + ": there is no readable array \"" + name + "\" in it; is the file complete?");
  }
  return variable;
}

template <class T, class From>
MatArray<T> copied(const matvar_t& variable) {
  MatArray<T> array;
  for (int d = 0; d < variable.rank; ++d) array.shape.push_back(static_cast<int64_t>(variable.dims[d]));
  const auto* from = static_cast<const From*>(variable.data);
  array.values.assign(from, from + elements(array.shape));
  return array;
}

Error other_type(const std::string& path, const std::string& name, const char* expected) {
  return Error(path + ": \"" + name + "\": expected " + expected);
}

}  // namespace

MatArray<uint8_t> read_mat_bytes(const std::string& path, const std::string& name) {
  const Variable variable = read_variable(path, name);
  if (variable->class_type != MAT_C_UINT8) throw other_type(path, name, "unsigned bytes");
  return copied<uint8_t, uint8_t>(*variable);
}

MatArray<double> read_mat_numbers(const std::string& path, const std::string& name) {
  const Variable variable = read_variable(path, name);
  if (variable->class_type == MAT_C_UINT8) return copied<double, uint8_t>(*variable);
  if (variable->class_type != MAT_C_DOUBLE) throw other_type(path, name, "numbers of double precision or bytes");
  return copied<double, double>(*variable);
}

}  // namespace lithe
