#pragma once
// What an output folder of `lithe adapt covnorm` says about its domains.

#include <string>
#include <vector>

#include "pipelines/model/model.h"
#include "trainers/covnorm.h"

namespace lithe {

/// The file of a domain, there or not.
std::string domain_path(const CovNormOptions& options, const std::string& name);

/// What decides the bits of a domain, as JSON.
std::string record_of(const CovNormOptions& options, const std::string& name);

/// Whether the domain is there and in report.json, learnt by the options as they are. Throws Error(kUsage) naming the
/// first one that differs, or if it is one of another backbone; with --fresh it only is not there.
bool is_learnt(const CovNormOptions& options, const Model& backbone, const std::string& name);

/// report.json: a row per domain and method. Empty if there is none.
std::vector<DomainReport> read_report(const std::string& output);
/// Adds a row, or puts it where there is one of that name; in the order of names.
void write_report(const std::string& output, const DomainReport& row);

}  // namespace lithe
