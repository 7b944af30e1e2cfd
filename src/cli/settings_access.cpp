// SPDX-License-Identifier: Apache-2.0
#include "settings_access.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "noctule/base/civil_time.h"
#include "noctule/base/text.h"
#include "noctule/settings/data_folder.h"

namespace noctule {
namespace {

constexpr int64_t kDayMs = 86'400'000, kHourMs = 3'600'000;
constexpr uint64_t kExpiryDaysMax = 36'525;
constexpr size_t kPathBytesMax = 400;  // of a path in a message

std::unexpected<Error> io_error(const std::string& folder, const char* what) {
  return fail(ErrorCode::Io, fmt::format("{}: {}: {}", printable(folder, kPathBytesMax), what, std::strerror(errno)));
}

// An ISO day's first instant in UTC.
std::optional<int64_t> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_decimal(text.substr(0, 4)), month = parse_decimal(text.substr(5, 2)), day = parse_decimal(text.substr(8));
  if (!year || !month || !day) return std::nullopt;
  CivilTime civil{};
  civil.year = static_cast<int>(*year);
  civil.month = static_cast<int>(*month);
  civil.day = static_cast<int>(*day);
  if (!is_valid_civil(civil)) return std::nullopt;
  return instant_ms_from_civil(civil, 0);
}

}  // namespace

void add_data_option(CLI::App& command, std::string& folder) {
  command.add_option("--data", folder, "folder of the server's data")->option_text("DIR")->envname("NOCTULE_DATA")->required();
}

Result<void> act_as_owner_of(const std::string& folder) {
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) return io_error(folder, "cannot be opened");
  if (!S_ISDIR(status.st_mode)) return fail(ErrorCode::InvalidInput, fmt::format("{}: is no folder", printable(folder, kPathBytesMax)));
  if (::geteuid() != 0 || status.st_uid == 0) return {};
  if (::setgroups(0, nullptr) != 0 || ::setegid(status.st_gid) != 0 || ::seteuid(status.st_uid) != 0) {
    return io_error(folder, "the rights of its owner cannot be taken on");
  }
  return {};
}

Result<Settings> open_settings_in(const std::string& folder, Missing missing) {
  struct stat status{};
  const bool exists = ::stat((folder + "/settings.db").c_str(), &status) == 0;
  if (!exists && missing == Missing::MustExist) {
    return fail(ErrorCode::NotFound, fmt::format("{}: holds no data of noctule yet; \"noctule site add DOMAIN --data {}\" or a first start of the server makes it",
                                                 printable(folder, kPathBytesMax), printable(folder, kPathBytesMax)));
  }
  if (auto created = DataFolder(folder).create(); !created) return std::unexpected(std::move(created).error());
  if (auto acting = act_as_owner_of(folder); !acting) return std::unexpected(std::move(acting).error());
  return Settings::open(folder);
}

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string day_or_never(int64_t instant_ms) { return instant_ms == 0 ? "never" : format_iso_day(day_number(instant_ms, 0)); }

Result<int64_t> parse_expiry(std::string_view text, int64_t now) {
  if (text.empty()) return 0;
  if (const auto day = parse_day(text)) return *day;
  const auto count = parse_decimal(text.substr(0, text.size() - 1));
  const int64_t unit = text.back() == 'd' ? kDayMs : text.back() == 'h' ? kHourMs : 0;
  if (!count || *count > kExpiryDaysMax || unit == 0) {
    return fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no time to end at: expected like 30d, 12h or 2027-01-31", printable(text, 40)));
  }
  return now + static_cast<int64_t>(*count) * unit;
}

}  // namespace noctule
