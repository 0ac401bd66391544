#pragma once
// One list of options, many readers. A command's options are a struct with one member function
//   template <class Field> void visit(Field&& f)
// that names every member once; parsing, help, completion and the reference page read what `OptionCollector` finds
// there.
//   f("batch", batch, "images per forward pass")             --batch N, as often as once
//   f("weights", weights, "weights file", "FILE")            the last argument says what the option takes
//   f.required("output", output, "folder of the results", "DIR")
//   f.positional("paths", paths, "images or folders", "FILE|DIR")

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lithe::cli {

using Words = std::vector<std::string>;

/// An option or positional argument as everybody reads it.
struct Option {
  std::string name, help;
  /// What it takes: FILE, DIR, NETWORK, N, X, TEXT, KEY=VALUE, several of them ("NETWORK|FILE"), or words to choose
  /// from
  /// ("auto|plain"). Empty: a flag, which takes nothing.
  std::string value;
  std::string initial;  // the default as text; empty: none
  bool positional = false, repeated = false, required = false;
  /// Sets the member; one text for each time it was given. Throws Error(kUsage) if a text is not of the member's type.
  std::function<void(const Words&)> assign;

  /// "--batch", or "PATHS" for a positional argument.
  std::string shown() const;
  /// The words to choose from, or nothing if `value` names kinds of values.
  Words choices() const;
};

// The types that a member can have. `read` throws Error(kUsage) with `where` in front.
void read(const std::string& where, const std::string& text, int& member);
void read(const std::string& where, const std::string& text, int64_t& member);
void read(const std::string& where, const std::string& text, uint64_t& member);
void read(const std::string& where, const std::string& text, double& member);
void read(const std::string& where, const std::string& text, std::string& member);
void read(const std::string& where, const std::string& text, Words& member);  // appends
void read(const std::string& where, const std::string& text, std::map<std::string, std::string>& member);
template <class T>
void read(const std::string& where, const std::string& text, std::optional<T>& member) {
  read(where, text, member.emplace());
}

/// How a type appears in help: what it takes and the text of a default ("" where there is none to show).
struct Shown {
  std::string value, initial;
  bool repeated = false;
};
inline Shown shown(const bool&) { return {}; }
Shown shown(const int& member);
Shown shown(const int64_t& member);
Shown shown(const uint64_t& member);
Shown shown(const double& member);
Shown shown(const std::string& member);
Shown shown(const Words&);
Shown shown(const std::map<std::string, std::string>&);
template <class T>
Shown shown(const std::optional<T>&) {
  return {shown(T{}).value, "", false};
}

/// The visitor that collects options. Their `assign` refers to the members, which must outlive it.
class OptionCollector {
 public:
  template <class T>
  void operator()(const char* name, T& member, const char* help, const char* value = "") {
    add(name, member, help, value);
  }
  template <class T>
  void required(const char* name, T& member, const char* help, const char* value = "") {
    add(name, member, help, value).required = true;
  }
  /// Arguments without a name, in this order. Needed unless the member is optional or has a default.
  template <class T>
  void positional(const char* name, T& member, const char* help, const char* value = "") {
    Option& option = add(name, member, help, value);
    option.positional = true;
    option.required = option.initial.empty() && !is_optional(member);
  }
  std::vector<Option> take() { return std::move(options_); }

 private:
  template <class T>
  static bool is_optional(const std::optional<T>&) {
    return true;
  }
  template <class T>
  static bool is_optional(const T&) {
    return false;
  }

  template <class T>
  Option& add(const char* name, T& member, const char* help, const char* value) {
    const Shown form = shown(member);
    Option option{name, help, *value != '\0' ? value : form.value, form.initial, false, form.repeated, false, {}};
    option.assign = [where = option.shown(), &member](const Words& texts) {
      if constexpr (std::is_same_v<T, bool>) {
        member = true;
      } else {
        for (const std::string& text : texts) read(where, text, member);
      }
    };
    options_.push_back(std::move(option));
    return options_.back();
  }

  std::vector<Option> options_;
};

/// Assigns `arguments` to the members behind `options`. Throws Error(kUsage) on an unknown option (with the nearest
/// one), a missing or surplus argument, or a value that is not of its type or not among its choices.
void parse(const std::vector<Option>& options, const Words& arguments);

/// Throws Error(kUsage) naming the option if `value` is less.
void at_least(int64_t least, const char* option, int64_t value);

}  // namespace lithe::cli
