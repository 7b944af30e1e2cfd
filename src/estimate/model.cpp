// SPDX-License-Identifier: Apache-2.0
#include "model.h"

#include <algorithm>
#include <cmath>

#include "noctule/base/random.h"

namespace noctule {
namespace {

constexpr size_t kDraws = 6'000;

double draw_log_normal(Random& random, double median, double sigma) { return median * std::exp(sigma * random.normal()); }

double draw_logistic_normal(Random& random, double median, double sigma) {
  return 1 / (1 + (1 - median) / median * std::exp(-sigma * random.normal()));
}

// Marsaglia and Tsang 2000.
double draw_gamma(Random& random, double shape) {
  if (shape < 1) return draw_gamma(random, shape + 1) * std::pow(1 - random.uniform(), 1 / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.normal(), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double draw_beta(Random& random, double a, double b) {
  const double x = draw_gamma(random, a), y = draw_gamma(random, b);
  return x + y > 0 ? x / (x + y) : 0.5;
}

double odds(double part) { return part / (1 - part); }

// One guess at how a site's visits lose their origin.
struct Rates {
  double search_loss = 0;   // part of searches without referrer
  double referral = 0, assistant = 0, newsletter = 0;  // dark for each that shows itself
  double bookmarks = 0;     // deep ones for each on home or sections
  double programs = 0;      // documents, feed readers, apps: for each deep arrival of known source
  double machines = 0;      // taken for people because others at the same edge fetched assets: part of all dark
  double dark_shares = 0;   // dark private arrivals for each that shows itself
  double quiet_part = 0;    // of dark private arrivals, on pages without a known one
  double again_part = 0;    // of dark private arrivals, by visitors who came back
  double surfaces = 0;      // private, of arrivals from apps without known surface
  double mail = 0;          // of webmail that may be a mailing, part that is none
  double wrong_mail = 0, wrong_strong = 0;  // part of the known ones that are no private shares
};

// The priors, with their sources in docs/estimate.md.
Rates draw_rates(Random& random, const Tally& tally, const EstimateContext& context) {
  Rates rates;
  rates.search_loss = random.chance(0.88) ? draw_logistic_normal(random, 0.07, 0.7) : random.uniform(0.3, 0.85);
  rates.referral = odds(draw_logistic_normal(random, 0.1, 0.6));
  rates.assistant = odds(draw_logistic_normal(random, 0.3, 0.7));
  rates.newsletter = draw_log_normal(random, 0.12, 0.9);
  rates.bookmarks = draw_log_normal(random, 0.2, 0.7);
  rates.programs = draw_log_normal(random, 0.04, 0.9);
  rates.machines = context.addresses_are_edges ? random.uniform(0, 0.97) : 0;
  const double kind = random.uniform();  // as usual; an app that leaves no trace; everything shows itself
  rates.dark_shares = kind < 0.5 ? draw_log_normal(random, 1.4, 0.5) : kind < 0.9 ? draw_log_normal(random, 3, 0.8) : draw_log_normal(random, 0.1, 1);
  rates.quiet_part = draw_beta(random, tally.known_once + 0.5, std::max(0.0, tally.known - tally.known_once) + 1);
  rates.again_part = context.addresses_are_edges ? 0 : draw_beta(random, 0.3 * tally.known_again + 1.2, 0.3 * (tally.known - tally.known_again) + 4);
  rates.surfaces = draw_log_normal(random, 0.12, 0.9);
  rates.mail = draw_beta(random, 1, 2);
  rates.wrong_mail = draw_beta(random, 1, 5);
  rates.wrong_strong = draw_beta(random, 0.25, 50);
  return rates;
}

struct Means {
  double shares = 0, others = 0;
};

class Explanation {
 public:
  Explanation(const Tally& tally, const Rates& rates) : tally_(tally), rates_(rates) {
    for (const auto& group : tally.cells) {
      for (const Cell& cell : group) reference_ += cell.reference();
      pages_ += group[kFirst].pages;
    }
    const double wrong = rates.wrong_mail * tally.known_by_mail + rates.wrong_strong * (tally.known - tally.known_by_mail) + tally.known_by_chance;
    known_ = std::max(0.0, tally.known - wrong);
    dark_shares_ = rates.dark_shares * (known_ + tally.weak + 0.5);
  }

  [[nodiscard]] double truly_known() const { return known_; }
  [[nodiscard]] double dark_shares() const { return dark_shares_; }
  // Some of the dark shares are elsewhere than in the cells.
  void set_apart(double shares) { dark_shares_ = std::max(kLeastPart * dark_shares_, dark_shares_ - shares); }

  [[nodiscard]] Means means(size_t group, size_t time) const {
    const Cell& cell = tally_.cells[group][time];
    const double place = (tally_.cells[group][kFirst].reference() + tally_.cells[group][kAgain].reference() + 0.5) / (reference_ + 1);
    Means means;
    means.others = odds(rates_.search_loss) * cell.search + rates_.referral * cell.referral + rates_.assistant * cell.assistant +
                   rates_.newsletter * cell.newsletter + rates_.programs * cell.reference() +
                   rates_.bookmarks * place * (time == kAgain ? tally_.shallow_again : tally_.shallow_first);
    if (rates_.machines > 0 && time == kFirst) {
      const double spread = 0.5 * place + 0.5 * tally_.cells[group][kFirst].pages / std::max(1.0, pages_);
      means.others += rates_.machines * tally_.dark * spread;
    }
    means.shares = dark_shares_ * (group == kQuiet ? rates_.quiet_part : 1 - rates_.quiet_part) *
                   (time == kAgain ? rates_.again_part : 1 - rates_.again_part);
    return means;
  }

 private:
  static constexpr double kLeastPart = 0.3;
  const Tally& tally_;
  const Rates& rates_;
  double reference_ = 0, pages_ = 0, known_ = 0, dark_shares_ = 0;
};

// Log-probability of a count around a mean that itself is only right to within a third: negative binomial.
double log_likelihood(double count, double mean) {
  constexpr double kShape = 9;  // 1 / 0.33^2
  const double total = count + kShape;
  return std::lgamma(total) - std::lgamma(kShape) - std::lgamma(count + 1) + kShape * std::log(kShape / (kShape + mean)) +
         count * std::log((mean + 1e-9) / (kShape + mean));
}

// Of a count, how many are shares when the means say so; cells are not alike, so the part itself varies.
double draw_part(Random& random, double count, const Means& means) {
  if (count <= 0) return 0;
  constexpr double kSure = 12;
  const double part = means.shares / std::max(1e-9, means.shares + means.others);
  const double sure = kSure * count / (kSure + count) + 1;
  return count * draw_beta(random, sure * part + 0.02, sure * (1 - part) + 0.02);
}

// Of the crowds, what came by shares. A document, a poster or a wave of bookmarks holds a few pages, most likely those that
// stick out most; other crowds are cascades of which too little shows itself.
double draw_from_crowds(Random& random, const std::vector<double>& crowds) {
  const double kind = random.uniform();
  const size_t waves = kind < 0.35 ? 0 : kind < 0.65 ? 1 : kind < 0.85 ? 2 : 3;
  double shares = 0;
  for (size_t i = waves; i < crowds.size(); ++i) shares += crowds[i] * draw_beta(random, 1.2, 0.8);
  return shares;
}

// How far crowds may exceed the shares that the known ones promise: log-normal.
double log_likelihood_of_crowds(double in_crowds, double promised) {
  constexpr double kSigma = 0.6;
  const double excess = in_crowds > promised ? std::log(in_crowds / promised) / kSigma : 0;
  return -0.5 * excess * excess;
}

WeightedDraw make_draw(Random& random, const Tally& tally, const Rates& rates) {
  Explanation explanation(tally, rates);
  const double in_crowds = draw_from_crowds(random, tally.crowds);
  WeightedDraw draw;
  draw.weight = log_likelihood_of_crowds(in_crowds, explanation.dark_shares());
  explanation.set_apart(in_crowds);
  draw.total = explanation.truly_known() + in_crowds;
  for (size_t group = 0; group < kGroups; ++group) {
    for (size_t time = 0; time < kTimes; ++time) {
      const double dark = tally.cells[group][time].dark;
      const Means means = explanation.means(group, time);
      draw.weight += log_likelihood(dark, means.shares + means.others);
      draw.total += draw_part(random, dark, means);
    }
  }
  draw.total += rates.mail * tally.unknown_mail;
  draw.total += std::min(tally.unknown_surface, rates.surfaces * (explanation.truly_known() + 1));
  return draw;
}

}  // namespace

Posterior draw_posterior(const Tally& tally, const EstimateContext& context) {
  Posterior posterior;
  posterior.draws.reserve(kDraws);
  Random random(context.seed ^ 0x65737469'6D617465ULL);
  std::vector<double> losses;
  double best = -1e300;
  for (size_t i = 0; i < kDraws; ++i) {
    const Rates rates = draw_rates(random, tally, context);
    posterior.draws.push_back(make_draw(random, tally, rates));
    losses.push_back(rates.search_loss);
    best = std::max(best, posterior.draws.back().weight);
  }
  double sum = 0, squares = 0;
  for (WeightedDraw& draw : posterior.draws) {
    draw.weight = std::exp(draw.weight - best);
    sum += draw.weight;
    squares += draw.weight * draw.weight;
  }
  for (size_t i = 0; i < kDraws; ++i) {
    posterior.draws[i].weight /= sum;
    posterior.search_loss += posterior.draws[i].weight * losses[i];
  }
  posterior.effective_draws = sum * sum / squares;
  std::ranges::sort(posterior.draws, {}, &WeightedDraw::total);
  return posterior;
}

double quantile(const Posterior& posterior, double part) {
  double below = 0;
  for (const WeightedDraw& draw : posterior.draws) {
    below += draw.weight;
    if (below >= part) return draw.total;
  }
  return posterior.draws.empty() ? 0 : posterior.draws.back().total;
}

}  // namespace noctule
