#include "cli/command.h"
#include "pipelines/core/names.h"

namespace lithe::cli {

extern const Command kClassify, kValidate, kMerge, kInspect, kList, kRun, kImport, kExport, kBench, kTune, kData,
    kTrain, kAdapt, kEvaluate, kDoctor, kVersion, kCompletion, kHelp;

const std::vector<const Command*>& commands() {
  static const std::vector<const Command*> table = {&kClassify, &kValidate, &kMerge,  &kInspect, &kList,       &kRun,
                                                    &kImport,   &kExport,   &kBench,  &kTune,    &kData,       &kTrain,
                                                    &kAdapt,    &kEvaluate, &kDoctor, &kVersion, &kCompletion, &kHelp};
  return table;
}

const Command& find_command(const std::string& name) {
  Words names;
  for (const Command* command : commands()) {
    if (command->name == name) return *command;
    names.push_back(command->name);
  }
  throw Error(ErrorKind::kUsage,
              "unknown command \"" + name + "\"" + did_you_mean(name, names) + "; `lithe help` lists them");
}

const Command& with_task(const Command& command, const Words& arguments) {
  for (const Command& task : command.tasks) {
    if (!arguments.empty() && task.name == command.name + " " + arguments.front()) return task;
  }
  return command;
}

}  // namespace lithe::cli
