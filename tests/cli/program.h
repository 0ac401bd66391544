#pragma once
// The built program as users meet it: a line of bash with `lithe` in the path.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace lithe::test {

struct Outcome {
  int code = 0;
  std::string out, err;
};

inline std::string read_text(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "lithe_cli_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Runs a script and waits. `code` is as the shell's $?: 128 + n after signal n.
inline Outcome shell(const std::string& script) {
  const Folder folder;
  // LeakSanitizer now and then dies by a signal at the exit of a process that opened OpenCV and ran threads ("Tracer
  // caught signal 11"). Leaks are looked for in the tests that run inside their own process.
  std::ofstream(folder / "script") << "export PATH=" LITHE_BINARY_DIR
                                      ":$PATH ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0\n"
                                   << script << "\n";
  const std::string line = "bash " + (folder / "script") + " >" + (folder / "out") + " 2>" + (folder / "err");
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text(folder / "out"),
          read_text(folder / "err")};
}

}  // namespace lithe::test
