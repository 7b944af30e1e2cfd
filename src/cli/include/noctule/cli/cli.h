#pragma once
// SPDX-License-Identifier: Apache-2.0
// The command line: arguments to a call of the modules below, results to files and terminal, errors to stderr and an exit
// code. docs/command-line.md lists every command and flag.
namespace noctule {

// What the process returns; scripts may rely on it.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;    // nothing could be done: the message says why
inline constexpr int kExitUsage = 2;     // an argument is wrong
inline constexpr int kExitPartly = 3;    // done, but an input broke off half-way

int run_command_line(int argc, char** argv);

}  // namespace noctule
