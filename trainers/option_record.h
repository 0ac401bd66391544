#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace lithe {

/// Visits options like a command line and keeps their values by their names, for the record of a run.
struct OptionRecord {
  nlohmann::ordered_json values;
  template <class T>
  void operator()(const char* name, const T& member, const char*, const char* = "") {
    values[name] = member;
  }
  template <class T>
  void required(const char* name, const T& member, const char* help, const char* = "") {
    (*this)(name, member, help);
  }
  /// As JSON, in lines where `indent` is not -1; bytes of paths that are no UTF-8 become U+FFFD.
  std::string text(int indent) const {
    return values.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }
};

}  // namespace lithe
