#pragma once
// A command: options, then work. Every command is one entry of `commands()`; help, completion and the reference page
// are made from that table.

#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "cli/exit_code.h"
#include "cli/options.h"

namespace lithe::cli {

struct Example {
  const char *line, *what;
};

struct Command {
  std::string name, summary;
  std::vector<Example> examples;
  std::function<std::vector<Option>()> options;          // to be read; assigns nothing
  std::function<ExitCode(const Words& arguments)> work;  // throws Error
  std::vector<Command> tasks = {};                       // where the first argument names one: commands of their own
};

struct HelpOption {
  bool help = false;
  template <class Field>
  void visit(Field&& f) {
    f("help", help, "show examples and options (also -h)");
  }
};

/// Parses the arguments into fresh structs and calls `work` on them.
template <class... Structs, class Work>
Command command_of(const char* name, const char* summary, std::vector<Example> examples, Work work) {
  const auto collect = [](auto&... structs) {
    OptionCollector collector;
    (structs.visit(collector), ...);
    return collector.take();
  };
  const auto options = [collect] {
    std::tuple<Structs..., HelpOption> structs;
    std::vector<Option> all = std::apply(collect, structs);
    for (Option& option : all) option.assign = nullptr;  // the members end here
    return all;
  };
  const auto run = [collect, work](const Words& arguments) {
    std::tuple<Structs...> structs;
    HelpOption help;
    parse(std::apply([&](auto&... s) { return collect(s..., help); }, structs), arguments);
    return std::apply(work, structs);
  };
  return {name, summary, std::move(examples), options, run};
}

/// A command that answers at once, on standard output.
template <class Options>
Command command(const char* name, const char* summary, void (*work)(const Options&), std::vector<Example> examples) {
  return command_of<Options>(name, summary, std::move(examples), [work](const Options& options) {
    work(options);
    return kDone;
  });
}

const std::vector<const Command*>& commands();
/// Throws Error(kUsage) naming the nearest command.
const Command& find_command(const std::string& name);
/// The task that the first argument names, or the command itself.
const Command& with_task(const Command& command, const Words& arguments);

}  // namespace lithe::cli
