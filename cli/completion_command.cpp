#include <iostream>

#include "cli/command.h"
#include "cli/completion.h"

namespace lithe::cli {
namespace {

struct CompletionOptions {
  std::string shell;
  template <class Field>
  void visit(Field&& f) {
    f.positional("shell", shell, "the shell to write for", "bash|zsh|fish");
  }
};

void completion(const CompletionOptions& o) {
  std::cout << (o.shell == "bash" ? bash_completion() : o.shell == "zsh" ? zsh_completion() : fish_completion());
}

}  // namespace

extern const Command kCompletion = command<CompletionOptions>(
    "completion", "print a completion script for a shell", completion,
    {{"source <(lithe completion bash)", "complete in this bash"},
     {"lithe completion bash > /etc/bash_completion.d/lithe", "for every bash of this machine"},
     {"lithe completion fish > ~/.config/fish/completions/lithe.fish", "for every fish of this user"}});

}  // namespace lithe::cli
