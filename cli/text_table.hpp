#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace enlace::cli {

/// A table for people: a row a line, columns as wide as their widest cell.
class text_table {
 public:
  explicit text_table(std::vector<std::string> header) { rows_.push_back({std::move(header), {}}); }

  /// `shade`: the colour of the row; empty for none.
  void add(std::vector<std::string> cells, std::string_view shade = "");
  [[nodiscard]] std::string text(bool coloured) const;

 private:
  struct row {
    std::vector<std::string> cells;
    std::string_view shade;
  };
  std::vector<row> rows_;
};

}  // namespace enlace::cli
