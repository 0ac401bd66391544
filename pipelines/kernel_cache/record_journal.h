#pragma once
// The file of records: lines are only ever added, so that a kill at any moment costs at most the line being written.

#include <functional>
#include <string>
#include <string_view>

namespace lithe {

/// Adds a line (given without its line feed) in one write and syncs. Processes take turns. A torn line left by another
/// one is closed off first. Throws Error(kOutput) with the system's reason (disk full); the file is then as it was.
void append_line(const std::string& path, std::string_view line);

/// Replaces the file by what `edit` makes of its text, while nobody appends. Throws as append_line.
void edit_lines(const std::string& path, const std::function<std::string(std::string_view text)>& edit);

/// Calls `read` with every complete line and its number from 1; a torn last line is left out.
void each_line(std::string_view text, const std::function<void(std::string_view line, int number)>& read);

}  // namespace lithe
