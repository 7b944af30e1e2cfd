// SPDX-License-Identifier: Apache-2.0
// Writes the analyses of the report's tests as HTML and JSON into a folder, for the browser and the schema to judge.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "noctule/report/html.h"
#include "noctule/report/json.h"
#include "sample_analysis.h"

using namespace noctule;

namespace {

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "cannot write {}\n", path);
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} FOLDER\n", argv[0]);
    return 2;
  }
  const std::string folder = argv[1];
  const std::pair<std::string_view, Analysis> samples[] = {{"sample", test::sample_analysis()}, {"few", test::few_analysis()},
                                                           {"empty", test::empty_analysis()}, {"wide", test::wide_analysis()},
                                                           {"hostile", test::hostile_analysis()}, {"blank", Analysis{}}};
  bool good = true;
  for (const auto& [name, analysis] : samples) {
    good &= write_file(fmt::format("{}/{}.json", folder, name), render_json(analysis));
    for (const Language language : {Language::English, Language::French}) {
      good &= write_file(fmt::format("{}/{}.{}.html", folder, name, name_of(language)), render_html(analysis, {language}));
    }
  }
  return good ? 0 : 1;
}
