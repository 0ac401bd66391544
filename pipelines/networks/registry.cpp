#include "pipelines/networks/registry.h"

#include <charconv>

#include "pipelines/core/names.h"
#include "pipelines/networks/families.h"

namespace lithe {
namespace {

std::vector<Network> all_networks() {
  std::vector<Network> all;
  for (const auto& family : {micronets(), mobilenets(), resnets(), residual_adapter_resnets(), vggs()})
    all.insert(all.end(), family.begin(), family.end());
  return all;
}

// The whole text must be one number: "8x" is an error, not 8.
template <class T>
T parse(const std::string& where, const std::string& text, T least, T most, const char* type) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end || !(least <= value && value <= most)) {
    const auto shown = [](T bound) {
      const std::string digits = std::to_string(bound);
      return digits.find('.') == std::string::npos ? digits : digits.substr(0, digits.find('.') + 3);
    };
    throw Error(ErrorKind::kUsage, where + ": expected " + type + " from " + shown(least) + " to " + shown(most) +
                                       ", got \"" + text + "\"");
  }
  return value;
}

}  // namespace

NetworkOptions::NetworkOptions(const std::string& network, const std::vector<NetworkOption>& known,
                               const std::map<std::string, std::string>& given)
    : network_(network) {
  std::vector<std::string> names;
  for (const NetworkOption& option : known) {
    names.push_back(option.name);
    values_[option.name] = option.value;
  }
  for (const auto& [name, value] : given) {
    if (!values_.count(name)) {
      throw Error(ErrorKind::kUsage, network + " has no option \"" + name + "\"" + did_you_mean(name, names));
    }
    values_[name] = value;
  }
}

int64_t NetworkOptions::integer(const std::string& name, int64_t least, int64_t most) const {
  return parse<int64_t>(network_ + "." + name, values_.at(name), least, most, "an integer");
}

double NetworkOptions::number(const std::string& name, double least, double most) const {
  return parse<double>(network_ + "." + name, values_.at(name), least, most, "a number");
}

const std::vector<Network>& networks() {
  static const std::vector<Network> all = all_networks();
  return all;
}

const Network& find_network(const std::string& name) {
  std::vector<std::string> names;
  for (const Network& network : networks()) {
    if (network.name == name) return network;
    names.push_back(network.name);
  }
  throw Error(ErrorKind::kUsage, "unknown network \"" + name + "\"" + did_you_mean(name, names) +
                                     "; `lithe list networks` shows them all");
}

Graph build_network(const std::string& name, const std::map<std::string, std::string>& options) {
  const Network& network = find_network(name);
  return network.build(NetworkOptions(name, network.options, options));
}

}  // namespace lithe
