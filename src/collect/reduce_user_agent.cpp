// SPDX-License-Identifier: Apache-2.0
// Three reductions, from what says least to what says most; the first that is judged as the whole user agent is taken.
#include <algorithm>
#include <array>
#include <vector>

#include "noctule/base/text.h"
#include "noctule/collect/cleaning.h"
#include "noctule/collect/collector.h"
#include "noctule/detect/knowledge.h"
#include "noctule/detect/software.h"
#include "text_cleaning.h"

namespace noctule {
namespace {

constexpr size_t kMajorDigitsMax = 4;

// Versions that browsers have frozen: they tell nobody apart.
constexpr std::array<std::string_view, 5> kFrozen = {"537.36", "605.1.15", "10_15_7", "20100101", "86_64"};

bool is_version_byte(char c) { return is_digit(c) || c == '.' || c == '_'; }

// 120.0.6099.144 -> 120.0.0.0, 17_4_1 -> 17_0_0; a number too long for a version is a build number: 0.
void append_version(std::string_view version, std::string& out) {
  if (std::ranges::find(kFrozen, version) != kFrozen.end()) {
    out += version;
    return;
  }
  bool first = true;
  while (!version.empty()) {
    size_t digits = 0;
    while (digits < version.size() && is_digit(version[digits])) ++digits;
    if (digits > 0) {
      out += first && digits <= kMajorDigitsMax ? version.substr(0, digits) : std::string_view("0");
      first = false;
      version.remove_prefix(digits);
      continue;
    }
    out += version[0];
    version.remove_prefix(1);
  }
}

// Every number in the text; letters stay.
void append_with_versions(std::string_view text, std::string& out) {
  while (!text.empty()) {
    if (!is_digit(text[0])) {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    size_t end = 0;
    while (end < text.size() && is_version_byte(text[end])) ++end;
    while (end > 1 && !is_digit(text[end - 1])) --end;
    append_version(text.substr(0, end), out);
    text.remove_prefix(end);
  }
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 24 && std::ranges::all_of(text, [](char c) { return is_alpha(c) || c == '-' || c == '_'; });
}

// The systems and flags of a user agent's first brackets; anything else there is a model, a language or a build.
bool is_platform(std::string_view part) {
  static constexpr std::array<std::string_view, 27> kBeginnings = {
      "Windows", "Win64", "WOW64", "x64", "Macintosh", "Intel Mac OS X", "PPC Mac OS X", "X11", "Linux", "Ubuntu", "Fedora", "CrOS", "Android",
      "iPhone", "iPad", "iPod", "CPU ", "Mobile", "Tablet", "rv:", "compatible", "MSIE", "Trident", "wv", "K", "KAIOS", "Tizen"};
  return std::ranges::any_of(kBeginnings, [&](std::string_view beginning) {
    const bool whole = beginning == "K" || beginning == "wv";
    return whole ? part == beginning : starts_with_ignoring_case(part, beginning);
  });
}

void append_platform(std::string_view comment, std::string& out) {
  out += '(';
  bool any = false;
  while (!comment.empty()) {
    const size_t end = comment.find(';');
    const std::string_view part = trim(comment.substr(0, end));
    comment = end == std::string_view::npos ? std::string_view() : comment.substr(end + 1);
    if (!is_platform(part)) continue;
    if (any) out += "; ";
    append_with_versions(part.substr(0, part.find(" Build/")), out);
    any = true;
  }
  out += ')';
}

// Of Facebook's list of pairs in square brackets, which app it is.
void append_pairs(std::string_view list, std::string& out) {
  std::string kept;
  while (!list.empty()) {
    const size_t end = list.find(';');
    const std::string_view pair = list.substr(0, end), key = pair.substr(0, pair.find('/'));
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
    if (key != "FBAN" && key != "FBAV" && key != "FB_IAB" && key != "IABMV") continue;
    if (!kept.empty()) kept += ';';
    append_with_versions(pair, kept);
  }
  if (!kept.empty()) out.append("[").append(kept).append("]");
}

// One piece of a user agent: what stands in brackets, or a word between spaces.
struct Piece {
  char kind;  // '(' '[' or 'w'
  std::string_view text;
};

std::vector<Piece> pieces_of(std::string_view user_agent) {
  std::vector<Piece> pieces;
  while (!user_agent.empty()) {
    const char first = user_agent[0];
    if (first == ' ') {
      user_agent.remove_prefix(1);
      continue;
    }
    if (first == '(' || first == '[') {
      const char closing = first == '(' ? ')' : ']';
      int depth = 0;
      size_t end = 0;
      for (; end < user_agent.size(); ++end) {
        if (user_agent[end] == first) ++depth;
        if (user_agent[end] == closing && --depth == 0) break;
      }
      pieces.push_back({first, user_agent.substr(1, std::max<size_t>(end, 1) - 1)});
      user_agent.remove_prefix(std::min(end + 1, user_agent.size()));
      continue;
    }
    size_t end = 1;
    while (end < user_agent.size() && user_agent[end] != ' ' && user_agent[end] != '(' && user_agent[end] != '[') ++end;
    pieces.push_back({'w', user_agent.substr(0, end)});
    user_agent.remove_prefix(end);
  }
  return pieces;
}

enum class Detail : uint8_t { Products, Words };

bool keeps_word(std::string_view word, Detail detail) {
  if (is_name(word.substr(0, word.find('/'))) && word.find('/') != std::string_view::npos) {
    const std::string_view version = word.substr(word.find('/') + 1);
    return std::ranges::all_of(version, is_version_byte) || detail == Detail::Words;
  }
  if (word == "Mobile" || word == "like" || word == "Gecko" || word == "Safari") return true;
  return detail == Detail::Words && (is_name(word) || std::ranges::all_of(word, is_version_byte));
}

std::string reduce(std::string_view user_agent, Detail detail) {
  std::string out;
  bool first_brackets = true;
  for (const Piece& piece : pieces_of(user_agent)) {
    std::string part;
    if (piece.kind == '(' && piece.text == "KHTML, like Gecko") part = "(KHTML, like Gecko)";
    else if (piece.kind == '(' && first_brackets) append_platform(piece.text, part);
    else if (piece.kind == '[') append_pairs(piece.text, part);
    else if (piece.kind == 'w' && keeps_word(piece.text, detail)) append_with_versions(piece.text, part);
    if (piece.kind == '(') first_brackets = false;
    if (part.empty()) continue;
    if (!out.empty()) out += ' ';
    out += part;
  }
  return out;
}

bool is_judged_alike(std::string_view a, std::string_view b) {
  const UserAgentVerdict left = Knowledge::builtin().classify_user_agent(a), right = Knowledge::builtin().classify_user_agent(b);
  if (left.kind != right.kind || left.app != right.app || left.surface != right.surface || left.purpose != right.purpose) return false;
  if (left.mobile != right.mobile || left.web_view != right.web_view) return false;
  const Software one = read_software(a), other = read_software(b);
  return one.browser == other.browser && one.os == other.os && one.device == other.device && one.browser_version == other.browser_version &&
         one.os_version == other.os_version;
}

}  // namespace

std::string reduce_user_agent(std::string_view user_agent) {
  std::string clean;
  append_clean(user_agent, kUserAgentSizeMax, clean);
  for (const Detail detail : {Detail::Products, Detail::Words}) {
    std::string reduced = reduce(clean, detail);
    if (is_judged_alike(reduced, clean)) return reduced;
  }
  std::string reduced;
  append_with_versions(clean, reduced);
  // A text in which even numbers count is nobody's browser: its first name is all that can be said of it.
  return is_judged_alike(reduced, clean) || is_personal_text(clean) ? reduced : std::string(clean.substr(0, clean.find_first_of(" /")));
}

}  // namespace noctule
