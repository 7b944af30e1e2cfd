// SPDX-License-Identifier: Apache-2.0
// Scores on labelled user agents and referrers. Each prints its figures, for all rows and for the two halves into which a
// hash of the row parts them: a rule that was made from one half must hold on the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "corpus.h"
#include "noctule/base/hash.h"
#include "noctule/detect/knowledge.h"

namespace {

using namespace noctule;
using Class = std::pair<std::string, std::string>;  // app, kind

bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const size_t end = std::min(list.find('|'), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

struct Counts { size_t rows = 0, hits = 0, false_hits = 0; };

// Prints what was judged otherwise than its label, where NOCTULE_SHOW_MISSES is set.
bool show_misses() { return std::getenv("NOCTULE_SHOW_MISSES") != nullptr; }

struct UserAgentScore {
  std::map<Class, Counts> classes;
  std::set<std::string> private_apps;
  size_t negatives = 0, false_private = 0;

  void add(const corpus::Row& row) {
    const Knowledge& knowledge = Knowledge::builtin();
    const UserAgentVerdict verdict = knowledge.classify_user_agent(row[0], row[1]);
    const std::string& id = knowledge.app(verdict.app).id;
    const Class predicted{id.empty() ? "-" : id, std::string(name_of(verdict.kind))};
    const Class expected{std::string(row[2]), std::string(row[3])};
    const bool app_right = predicted.first == expected.first || lists(row[4], predicted.first);
    const bool kind_right = predicted.second == expected.second || lists(row[5], predicted.second);
    Counts& counts = classes[expected];
    ++counts.rows;
    if (app_right && kind_right) ++counts.hits;
    else ++classes[predicted].false_hits;
    if (expected.first == "-") {
      ++negatives;
      const bool reported = verdict.kind == Kind::InappBrowser || verdict.kind == Kind::PreviewBot;  // as a visit or as an unfurl
      false_private += !app_right && reported && knowledge.app(verdict.app).surface == Private::Yes;
    }
    if (show_misses() && !(app_right && kind_right)) {
      std::printf("%s %s for %s %s (%s): %.*s\n", predicted.first.c_str(), predicted.second.c_str(), expected.first.c_str(),
                  expected.second.c_str(), std::string(row[5]).c_str(), static_cast<int>(row[0].size()), row[0].data());
    }
  }

  // Mean of the F1 of each (app, kind) with at least five rows. No app ("-") is none, or counts as one.
  enum class NoApp { Aside, Counted };
  [[nodiscard]] double macro_f1(NoApp no_app = NoApp::Aside) const {
    double sum = 0, count = 0;
    for (const auto& [name, counts] : classes) {
      if (counts.rows < 5 || (name.first == "-" && no_app == NoApp::Aside)) continue;
      sum += f1(counts);
      ++count;
    }
    return sum / count;
  }
  // The stricter reading: the mean over apps with at least five rows of the mean over their kinds, however rare a kind.
  [[nodiscard]] double macro_f1_of_apps() const {
    std::map<std::string, size_t> rows_of_app;
    std::map<std::string, std::pair<double, double>> sums;
    for (const auto& [name, counts] : classes) {
      rows_of_app[name.first] += counts.rows;
      if (counts.rows > 0) sums[name.first].first += f1(counts), ++sums[name.first].second;
    }
    double sum = 0, count = 0;
    for (const auto& [app, pair] : sums) {
      if (rows_of_app[app] >= 5) sum += pair.first / pair.second, ++count;
    }
    return sum / count;
  }
  static double f1(const Counts& counts) {
    const auto hits = static_cast<double>(counts.hits);
    return hits == 0 ? 0 : 2 * hits / static_cast<double>(counts.rows + counts.hits + counts.false_hits);
  }
  [[nodiscard]] double false_private_share() const { return static_cast<double>(false_private) / static_cast<double>(negatives); }
};

TEST(Corpus, user_agents_name_their_app_and_kind) {
  const auto text = corpus::read_file("web/ua_labelled_dev.tsv.zst");
  if (!text) GTEST_SKIP() << "no labelled user agents in " << corpus::folder();
  UserAgentScore all, halves[2];
  for (const auto& row : corpus::rows_of(*text)) {
    ASSERT_GE(row.size(), 6U);
    all.add(row);
    halves[hash_bytes(row[0]) & 1].add(row);
  }
  std::printf("user agents: macro F1 %.4f (halves %.4f, %.4f), with no app counted as one %.4f, all kinds of an app %.4f\n",
              all.macro_f1(), halves[0].macro_f1(), halves[1].macro_f1(), all.macro_f1(UserAgentScore::NoApp::Counted),
              all.macro_f1_of_apps());
  std::printf("user agents: false private apps %zu of %zu negatives (%.4f %%)\n", all.false_private, all.negatives,
              100 * all.false_private_share());
  for (const auto& [name, counts] : all.classes) {
    if (UserAgentScore::f1(counts) < 0.98 && counts.rows > 0) {
      std::printf("  %s %s: F1 %.3f, %zu of %zu rows, %zu false\n", name.first.c_str(), name.second.c_str(), UserAgentScore::f1(counts),
                  counts.hits, counts.rows, counts.false_hits);
    }
  }
  EXPECT_GE(all.macro_f1(), 0.98);
  EXPECT_LE(all.false_private_share(), 0.0005);
}

std::string_view label_of(ReferrerClass cls) {
  switch (cls) {
    case ReferrerClass::Search: return "search";
    case ReferrerClass::Social:
    case ReferrerClass::Video: return "social";
    case ReferrerClass::PrivateMessage:
    case ReferrerClass::Sms: return "private_message";
    case ReferrerClass::Email: return "email";
    case ReferrerClass::AiAssistant: return "ai";
    case ReferrerClass::Paid: return "paid";
    default: return "other";
  }
}

struct ReferrerScore {
  size_t rows = 0, right = 0, private_rows = 0, private_right = 0;
  void add(const corpus::Row& row) {
    const ReferrerVerdict verdict = Knowledge::builtin().classify_referrer(row[0]);
    const bool hit = label_of(verdict.cls) == row[1];
    const bool is_private = row[1] == "email" || row[1] == "private_message";
    ++rows;
    right += hit;
    private_rows += is_private;
    private_right += is_private && hit;
    if (show_misses() && !hit) {
      std::printf("%s for %s: %s\n", std::string(label_of(verdict.cls)).c_str(), std::string(row[1]).c_str(), std::string(row[0]).c_str());
    }
  }
  [[nodiscard]] double accuracy() const { return static_cast<double>(right) / static_cast<double>(rows); }
  [[nodiscard]] double private_accuracy() const { return static_cast<double>(private_right) / static_cast<double>(private_rows); }
};

TEST(Corpus, referrers_are_of_their_class) {
  const auto text = corpus::read_file("web/referrers_labelled_dev.tsv");
  if (!text) GTEST_SKIP() << "no labelled referrers in " << corpus::folder();
  ReferrerScore all, halves[2];
  for (const auto& row : corpus::rows_of(*text)) {
    ASSERT_GE(row.size(), 2U);
    all.add(row);
    halves[hash_bytes(row[0]) & 1].add(row);
  }
  std::printf("referrers: accuracy %.4f (halves %.4f, %.4f); private classes %.4f (halves %.4f, %.4f) of %zu\n", all.accuracy(),
              halves[0].accuracy(), halves[1].accuracy(), all.private_accuracy(), halves[0].private_accuracy(),
              halves[1].private_accuracy(), all.private_rows);
  EXPECT_GE(all.accuracy(), 0.97);
  EXPECT_GE(all.private_accuracy(), 0.99);
}

}  // namespace
