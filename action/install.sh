#!/usr/bin/env bash
# Installs this checkout into an environment of its own, with the packages of requirements.lock and no others. Prints
# where its Python is, where its fact cache belongs, and the format of its facts: those of another are of no use to it.
# Python runs isolated (-I): the current folder is the scanned repository, and nothing in it may be imported.
set -euo pipefail

folder="$(mktemp -d "$RUNNER_TEMP/langfit.XXXXXX")"
"$LANGFIT_PYTHON" -I -m venv "$folder"
python="$folder/bin/python"
[ -x "$python" ] || python="$folder/Scripts/python.exe"
install() { "$python" -I -m pip --disable-pip-version-check --quiet install "$@"; }
install --require-hashes --only-binary :all: --requirement "$GITHUB_ACTION_PATH/action/requirements.lock"
install --no-deps --no-index --no-build-isolation "$GITHUB_ACTION_PATH"
format="$("$python" -I -c 'from langfit import __version__; from langfit.facts.codec import FORMAT
print(f"{__version__}-{FORMAT}")')"
{
  echo "python=$python"
  # From the variable, not from the expression runner.temp, which names a folder of the host in a job's container.
  echo "facts=$RUNNER_TEMP/langfit-facts"
  echo "format=$format"
} >> "$GITHUB_OUTPUT"
