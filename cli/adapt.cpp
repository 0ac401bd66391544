#include "cli/adapt.h"

#include <algorithm>

#include "pipelines/core/error.h"
#include "pipelines/core/names.h"

namespace lithe::cli {
namespace {

bool reads_alike(const Option& a, const Option& b) {
  return a.name == b.name && a.help == b.help && a.value == b.value && a.initial == b.initial;
}

bool has(const Command& task, const Option& option) {
  const std::vector<Option> all = task.options();
  return std::any_of(all.begin(), all.end(), [&](const Option& o) { return reads_alike(o, option); });
}

Words names_of(const std::vector<Command>& tasks) {
  Words names;
  for (const Command& task : tasks) names.push_back(task.name);
  return names;
}

std::string choices_of(const std::vector<Command>& tasks) {
  std::string text;
  for (const Command& task : tasks) text += (text.empty() ? "" : "|") + task.name;
  return text;
}

std::vector<Option> options_of(const std::vector<Command>& tasks) {
  std::string help;
  for (const Command& task : tasks) help += (help.empty() ? "" : "; ") + task.name + ": " + task.summary;
  Option which;
  which.name = "task", which.help = help, which.value = choices_of(tasks);
  which.positional = which.required = true;
  std::vector<Option> all{which};
  for (const Command& task : tasks) {
    for (Option option : task.options()) {
      const auto known = [&](const Option& o) { return reads_alike(o, option); };
      if (std::any_of(all.begin(), all.end(), known)) continue;
      const bool common = std::all_of(tasks.begin(), tasks.end(), [&](const auto& t) { return has(t, option); });
      if (!common) option.help = task.name + ": " + option.help;
      all.push_back(option);
    }
  }
  return all;
}

}  // namespace

Command command_of_tasks(const char* name, const char* summary, const std::vector<Command>& tasks) {
  Command command{name, summary, {}, [tasks] { return options_of(tasks); }, {}};
  for (const Command& task : tasks) {
    command.examples.insert(command.examples.end(), task.examples.begin(), task.examples.end());
    command.tasks.push_back(task);
    command.tasks.back().name = command.name + " " + task.name;
  }
  command.work = [tasks](Words arguments) {
    const std::string which = arguments.empty() ? "" : arguments.front();
    for (const Command& task : tasks) {
      if (task.name != which) continue;
      arguments.erase(arguments.begin());
      return task.work(arguments);
    }
    throw Error(ErrorKind::kUsage, "TASK: expected " + choices_of(tasks) + " as the first argument, got \"" + which +
                                       "\"" + did_you_mean(which, names_of(tasks)));
  };
  return command;
}

extern const Command kAdapt =
    command_of_tasks("adapt", "adapt a classifier to other domains", {adapt_drt(), adapt_covnorm()});

}  // namespace lithe::cli
