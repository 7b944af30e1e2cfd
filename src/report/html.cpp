// SPDX-License-Identifier: Apache-2.0
#include "noctule/report/html.h"

#include <algorithm>
#include <array>

#include "analysis_json.h"
#include "embedded_text.h"
#include "noctule/base/result.h"
#include "noctule/base/text.h"
#include "report_text.h"

namespace noctule {
namespace {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

// Words that only a terminal uses stay out of the file.
bool is_for_html(std::string_view key) {
  static constexpr std::array<std::string_view, 6> kElsewhere = {
      "explain.", "progress.", "rule.", "rule_agent.", "rule_shape.", "terminal."};
  const bool elsewhere = std::ranges::any_of(kElsewhere, [&](std::string_view family) { return key.starts_with(family); });
  return !elsewhere || key == "terminal.file_error";
}

void write_messages(JsonWriter& json) {
  json.key("messages");
  json.begin_object();
  for (int language = 0; language < kLanguages; ++language) {
    json.key(name_of(static_cast<Language>(language)));
    json.begin_object();
    for (const MessageRow& row : message_rows()) {
      if (is_for_html(row.key)) json.member(row.key, row.text[language]);
    }
    json.end_object();
  }
  json.end_object();
}

template <typename Enum>
void write_names(JsonWriter& json, std::string_view name, int count) {
  json.key(name);
  json.begin_array();
  for (int i = 0; i < count; ++i) json.value(name_of(static_cast<Enum>(i)));
  json.end_array();
}

std::string data_of(const Analysis& analysis, Language language) {
  JsonWriter json;
  json.begin_object();
  json.member("language", name_of(language));
  json.key("analysis");
  write_analysis(json, analysis);
  json.key("cube");
  write_cube(json, analysis);
  json.key("names");
  json.begin_object();
  write_names<Channel>(json, "channels", kChannels);
  write_names<Ga4Channel>(json, "ga4", kGa4Channels);
  write_names<Grade>(json, "grades", kGrades);
  write_names<Private>(json, "private", 3);
  json.end_object();
  write_messages(json);
  json.end_object();
  return json.take();
}

std::string without_script(const Analysis& analysis, Language language) {
  return "<h1>noctule</h1><p>" + escape_html(headline_text(language, analysis)) + "</p><p>" +
         escape_html(message(language, "web.no_script")) + "</p>";
}

// What stands for a marker of the template. The template is ours, so an unknown one is our bug.
std::string text_for(std::string_view marker, const Analysis& analysis, Language language) {
  if (marker == "LANG") return std::string(name_of(language));
  if (marker == "TITLE") return "noctule · " + escape_html(message(language, "web.title"));
  if (marker == "NOSCRIPT") return without_script(analysis, language);
  NOCT_ASSERT(marker == "DATA");
  return data_of(analysis, language);
}

}  // namespace

std::string render_html(const Analysis& analysis, const HtmlOptions& options) {
  static constexpr std::string_view kMarks[] = {"LANG", "TITLE", "NOSCRIPT", "DATA"};
  std::string out;
  std::string_view rest = kReportHtml;
  for (const std::string_view name : kMarks) {  // in the order in which the template has them
    const std::string mark = "@@" + std::string(name) + "@@";
    const size_t at = rest.find(mark);
    NOCT_ASSERT(at != std::string_view::npos);
    out += rest.substr(0, at);
    out += text_for(name, analysis, options.language);
    rest.remove_prefix(at + mark.size());
  }
  return out.append(rest);
}

}  // namespace noctule
