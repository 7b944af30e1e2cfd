// SPDX-License-Identifier: Apache-2.0
#include "catalogue.h"

#include "combined.h"

namespace noctule {
namespace {

using Made = Result<std::unique_ptr<LineParser>>;
using Host = CombinedShape::Host;
using Tail = CombinedShape::Tail;

template <Host host, bool has_agent, Tail tail = Tail::None, bool has_seconds = false>
Made make_combined(const LogFormatOptions&) {
  return make_combined_parser({.host = host, .has_agent = has_agent, .has_seconds = has_seconds, .tail = tail});
}

constexpr FormatRow kRows[] = {
    {"combined", make_combined<Host::None, true>},
    {"common", make_combined<Host::None, false>},
    {"combined-extended", make_combined<Host::None, true, Tail::Fields>},
    {"vhost-combined", make_combined<Host::First, true>},
    {"vhost-common", make_combined<Host::First, false>},
    {"vhost-combined-extended", make_combined<Host::First, true, Tail::Fields>},
    {"gandi", make_combined<Host::First, true, Tail::None, true>},
    {"ovh", make_combined<Host::Second, true, Tail::Fields>},
};

}  // namespace

std::span<const FormatRow> format_rows() { return kRows; }

}  // namespace noctule
