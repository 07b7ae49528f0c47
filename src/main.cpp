#include "cli/app.h"

int main(int argc, char** argv) { return vae::run_command_line(argc, argv); }
