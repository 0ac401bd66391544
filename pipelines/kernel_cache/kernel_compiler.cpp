#include "pipelines/kernel_cache/kernel_compiler.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "pipelines/core/error.h"
#include "pipelines/core/shared_library.h"

extern char** environ;  // for posix_spawn; POSIX leaves its declaration to the program

namespace lithe {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kProgram[] = "lithe-kernelc";
constexpr char kNeeds[] = "the Debian packages libhalide14-0 and binutils";
constexpr int kPatience = 120'000;  // milliseconds for one kernel

bool is_program(const fs::path& path) { return ::access(path.c_str(), X_OK) == 0 && !fs::is_directory(path); }

std::string find_program() {
  if (const char* chosen = std::getenv("LITHE_KERNELC"); chosen != nullptr && *chosen != '\0') {
    if (is_program(chosen)) return chosen;
    throw Error(ErrorKind::kUsage, std::string("LITHE_KERNELC: no program: ") + chosen);
  }
  std::vector<fs::path> folders = {fs::path(folder_of_this_library())};
  std::error_code unreadable;
  const fs::path self = fs::read_symlink("/proc/self/exe", unreadable);
  if (!unreadable) folders.insert(folders.begin(), self.parent_path());
  const char* path = std::getenv("PATH");
  std::istringstream entries(path == nullptr ? "" : path);
  for (std::string entry; std::getline(entries, entry, ':');) folders.emplace_back(entry);
  for (const fs::path& folder : folders) {
    if (is_program(folder / kProgram)) return folder / kProgram;
  }
  throw Error(ErrorKind::kUsage, std::string("no kernel compiler: ") + kProgram +
                                     " is neither beside lithe nor in the path; it comes with Lithe and needs " +
                                     kNeeds);
}

}  // namespace

CompilerProcess::CompilerProcess() : program_(find_program()) {}

CompilerProcess::~CompilerProcess() { stop(); }

void CompilerProcess::start() {
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0) throw Error(ErrorKind::kInternal, std::string("pipe: ") + std::strerror(errno));
  if (::pipe2(out, O_CLOEXEC) != 0) {
    ::close(in[0]), ::close(in[1]);
    throw Error(ErrorKind::kInternal, std::string("pipe: ") + std::strerror(errno));
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Ctrl-C is for us: we finish the candidate and then close the child's input, which ends it, as our death does.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  char* const arguments[] = {program_.data(), nullptr};
  const int failed = ::posix_spawn(&child_, program_.c_str(), &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(in[0]), ::close(out[1]);
  requests_ = in[1], answers_ = out[0];
  unread_.clear();
  if (failed == 0) return;
  child_ = -1;
  stop();
  throw Error(ErrorKind::kUsage, program_ + ": cannot be started: " + std::strerror(failed));
}

int CompilerProcess::stop() {
  int status = 0;
  if (requests_ >= 0) ::close(requests_);
  if (answers_ >= 0) ::close(answers_);
  requests_ = answers_ = -1;
  if (child_ > 0) {
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  child_ = -1;
  return status;
}

void CompilerProcess::died() {
  const int status = stop();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {  // the loader's: it has said which library is missing
    throw Error(ErrorKind::kUsage, program_ + ": cannot be started; it needs " + kNeeds);
  }
  throw Error("the kernel compiler died" +
              (WIFSIGNALED(status) ? " by signal " + std::to_string(WTERMSIG(status)) : std::string()));
}

std::string CompilerProcess::answer(const std::string& request) {
  if (child_ < 0) start();
  const std::string line = request + "\n";
  for (size_t done = 0; done < line.size();) {
    const ssize_t written = ::write(requests_, line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) died();
    done += static_cast<size_t>(written);
  }
  for (size_t end = 0; (end = unread_.find('\n')) == std::string::npos;) {
    pollfd ready{answers_, POLLIN, 0};
    const int events = ::poll(&ready, 1, kPatience);
    if (events < 0 && errno == EINTR) continue;
    if (events == 0) {
      ::kill(child_, SIGKILL);
      stop();
      throw Error("the kernel compiler took more than " + std::to_string(kPatience / 1000) + " s");
    }
    char bytes[4096];
    const ssize_t count = ::read(answers_, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) died();
    unread_.append(bytes, static_cast<size_t>(count));
  }
  const size_t end = unread_.find('\n');
  std::string text = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) throw Error("the kernel compiler answered \"" + text.substr(0, 80) + "\"");
  if (parsed.contains("not_installed")) {
    throw Error(ErrorKind::kUsage, "the kernel compiler " + parsed["not_installed"].get<std::string>());
  }
  if (parsed.contains("error")) throw Error(parsed["error"].get<std::string>());
  return text;
}

std::vector<Tunable> CompilerProcess::tunables(const std::string& spec, const std::string& instruction_set) {
  const json request = {{"tunables", spec}, {"instruction_set", instruction_set}};
  std::vector<Tunable> list;
  const json reply = json::parse(answer(request.dump()));
  for (const json& t : reply.at("tunables")) {
    list.push_back({t.at("name"), t.at("usual"), t.at("values").get<std::vector<int>>()});
  }
  return list;
}

void CompilerProcess::compile(const std::string& spec, const KernelTile& tile, const std::string& instruction_set,
                              const std::string& path) {
  answer(json{{"compile", spec}, {"tile", tile}, {"instruction_set", instruction_set}, {"path", path}}.dump());
}

}  // namespace lithe
