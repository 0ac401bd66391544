#include <iostream>

#include "cli/command.h"
#include "pipelines/formats/results.h"

namespace lithe::cli {
namespace {

struct MergeOptions {
  Words parts;
  std::string output;
  template <class Field>
  void visit(Field&& f) {
    f.positional("part", parts, "folders of the results of all shards", "DIR");
    f.required("output", output, "folder of the joined results", "DIR");
  }
};

void merge(const MergeOptions& o) {
  const int64_t records = merge_results(o.parts, o.output);
  std::cerr << o.output << ": " << records << " records of " << o.parts.size() << " parts\n";
}

}  // namespace

extern const Command kMerge = command<MergeOptions>(
    "merge", "join the results of `lithe classify --shard i/n`", merge,
    {{"lithe merge out.1 out.2 out.3 --output out", "the records of an unsharded run, in its order"}});

}  // namespace lithe::cli
