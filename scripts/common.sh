# Sourced by the scripts: where things are, and how a script speaks.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

# fail CODE MESSAGE...: the exit codes are those of the vae program.
fail() {
  say "${@:2}" >&2
  exit "$1"
}

# Prints the LibTorch to build with: the one of VAE_TORCH_DIR, else the torch package in .venv. False if it is not there.
torch_dir() {
  local folder=${VAE_TORCH_DIR:-}
  [[ -n $folder ]] || folder=$(printf '%s\n' "$venv"/lib/python3.*/site-packages/torch | tail -n 1)
  [[ -f $folder/share/cmake/Torch/TorchConfigVersion.cmake ]] && realpath "$folder"
}
