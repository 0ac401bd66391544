#pragma once

#include <nlohmann/json.hpp>

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
};

}  // namespace lithe
