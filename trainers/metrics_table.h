#pragma once
// The rows of a metrics.csv, as text and in a checkpoint. `columns(row, visit)` calls visit(name, member) for every
// column of a row, const or not.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lithe {

/// The columns that the epochs of all trainings have.
constexpr auto kEpochColumns = [](auto& m, auto&& visit) {
  visit("epoch", m.epoch);
  visit("lr", m.lr);
  visit("loss", m.loss);
};

/// A line of names, then one per row.
template <class Row, class Columns>
std::string csv_of(const std::vector<Row>& rows, const Columns& columns) {
  std::string text;
  const Row none;
  columns(none, [&](const char* name, const auto&) { text += (text.empty() ? "" : ",") + std::string(name); });
  for (const Row& row : rows) {
    std::string line;
    columns(row, [&](const char*, const auto& value) {
      if constexpr (std::is_convertible_v<decltype(value), std::string>) {
        line += (line.empty() ? "" : ",") + std::string(value);
      } else {
        line += (line.empty() ? "" : ",") + nlohmann::json(value).dump();
      }
    });
    text += "\n" + line;
  }
  return text + "\n";
}

template <class Row, class Columns>
std::string json_of(const std::vector<Row>& rows, const Columns& columns) {
  auto all = nlohmann::ordered_json::array();
  for (const Row& row : rows) {
    columns(row, [&, to = &all.emplace_back()](const char* name, const auto& value) { (*to)[name] = value; });
  }
  return all.dump();
}

/// The rows that `json_of` wrote; the same bits.
template <class Row, class Columns>
std::vector<Row> rows_from(const std::string& text, const Columns& columns) {
  std::vector<Row> rows;
  for (const auto& row : nlohmann::ordered_json::parse(text)) {
    columns(rows.emplace_back(), [&](const char* name, auto& value) { row.at(name).get_to(value); });
  }
  return rows;
}

}  // namespace lithe
