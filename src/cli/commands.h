// The commands: each adds itself to the command line and runs when it is named there.
#pragma once

#include <CLI/CLI.hpp>

namespace vae {

void add_train(CLI::App& app);
void add_sample(CLI::App& app);
void add_reconstruct(CLI::App& app);
void add_interpolate(CLI::App& app);
void add_traverse(CLI::App& app);
void add_encode(CLI::App& app);
void add_decode(CLI::App& app);
void add_score(CLI::App& app);
void add_evaluate(CLI::App& app);
void add_gradients(CLI::App& app);
void add_metrics(CLI::App& app);
void add_report(CLI::App& app);
void add_export(CLI::App& app);
void add_inspect(CLI::App& app);
void add_data(CLI::App& app);
void add_config(CLI::App& app);
void add_completion(CLI::App& app);
void add_manual(CLI::App& app);

}  // namespace vae
