// SPDX-License-Identifier: Apache-2.0
#include "noctule/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace noctule {
namespace {

using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    folder = (std::filesystem::temp_directory_path() / "noctule-config-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder); }
  std::string write(std::string_view text) const {
    std::string path = folder + "/noctule.toml";
    std::ofstream(path) << text;
    return path;
  }
  static std::string refusal(const ConfigSources& sources) {
    const auto config = load_config(sources);
    return config ? "no error" : config.error().message;
  }
  std::string folder;
};

TEST_F(ConfigTest, flags_win_over_the_environment_and_that_over_the_file) {
  ConfigSources sources{.file = write("rate_address = 1\nrate_site = 1\nthreads = 1\nlisten = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n"),
                        .variables = {{"NOCTULE_RATE_ADDRESS", "2"}, {"NOCTULE_RATE_SITE", "2"}, {"NOCTULE_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1"}},
                        .flags = {{"rate_address", {"3"}}}};
  const auto config = load_config(sources);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->rate_address, 3u);
  EXPECT_EQ(config->rate_site, 2u);
  EXPECT_EQ(config->threads, 1u);
  EXPECT_EQ(config->listen.size(), 2u);
  EXPECT_EQ(config->trusted_proxies, (std::vector<std::string>{"10.0.0.0/8", "192.0.2.1"}));
  const std::string printed = print_config(*config, sources);
  EXPECT_THAT(printed, HasSubstr("rate_address = 3  # flag\n"));
  EXPECT_THAT(printed, HasSubstr("rate_site = 2  # environment\n"));
  EXPECT_THAT(printed, HasSubstr("threads = 1  # file\n"));
  EXPECT_THAT(printed, HasSubstr("idle_timeout = 75  # default\n"));
}

TEST_F(ConfigTest, an_unknown_key_names_file_line_and_the_nearest_known_one) {
  EXPECT_THAT(refusal({.file = write("threads = 1\n\nlisen = [\"127.0.0.1:1\"]\n")}), HasSubstr("noctule.toml line 3: there is no key \"lisen\"; did you mean \"listen\"?"));
  EXPECT_THAT(refusal({.variables = {{"NOCTULE_TRUSTED_PROXYS", "a"}}}), HasSubstr("there is no variable \"NOCTULE_TRUSTED_PROXYS\"; did you mean \"NOCTULE_TRUSTED_PROXIES\"?"));
}

TEST_F(ConfigTest, values_that_are_none_are_named_with_what_was_expected) {
  EXPECT_THAT(refusal({.file = write("threads = \"many\"\n")}), HasSubstr("line 1: \"many\" is no value for threads: expected a whole number, 0 to 64"));
  EXPECT_THAT(refusal({.file = write("store_memory = \"1X\"\n")}), HasSubstr("store_memory"));
  EXPECT_THAT(refusal({.file = write("data = [\"a\"]\n")}), HasSubstr("takes one value"));
  EXPECT_THAT(refusal({.file = write("data = 1.5\n")}), HasSubstr("line 1"));
  EXPECT_THAT(refusal({.file = write("a = [\n")}), HasSubstr("line"));
  EXPECT_THAT(refusal({.file = folder + "/none.toml"}), HasSubstr("none.toml"));
  EXPECT_EQ(load_config({.file = write("store_memory = \"2G\"\n")})->store_memory, uint64_t{2} << 30);
}

TEST_F(ConfigTest, what_is_printed_can_be_read_again) {
  Config config;
  config.data = "/var/lib/\"noctule\"";
  config.trusted_proxies = {"10.0.0.0/8", "2001:db8::/32"};
  const auto again = load_config({.file = write(print_config(config, {}))});
  ASSERT_TRUE(again) << again.error().message;
  for (const ConfigOption& option : config_options()) EXPECT_EQ(text_of(option, *again), text_of(option, config)) << option.key;
}

TEST_F(ConfigTest, every_key_stands_in_the_documentation_and_nothing_else_does) {
  std::ifstream file(NOCTULE_SOURCE_DIR "/docs/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  size_t rows = 0;
  for (size_t at = text.str().find("\n| `"); at != std::string::npos; at = text.str().find("\n| `", at + 1)) ++rows;
  EXPECT_EQ(rows, config_options().size());
  for (const ConfigOption& option : config_options()) {
    EXPECT_THAT(text.str(), HasSubstr("| `" + std::string(option.key) + "` |")) << "docs/configuration.md";
    EXPECT_THAT(text.str(), HasSubstr("| " + text_of(option, Config{}) + " |")) << option.key << ": the default in docs/configuration.md";
  }
}

}  // namespace
}  // namespace noctule
