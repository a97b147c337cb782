#!/usr/bin/env bash
# Installs this checkout into an environment of its own. Says where its Python is, where its fact cache belongs, and
# which vocabulary of facts it has: facts of another vocabulary are of no use to it.
# Python runs isolated (-I): the current folder is the scanned repository, and nothing in it may be imported.
set -euo pipefail

folder="$(mktemp -d "$RUNNER_TEMP/langfit.XXXXXX")"
"$LANGFIT_PYTHON" -I -m venv "$folder"
python="$folder/bin/python"
[ -x "$python" ] || python="$folder/Scripts/python.exe"
"$python" -I -m pip --disable-pip-version-check --quiet install "$GITHUB_ACTION_PATH"
vocabulary="$("$python" -I -c 'import sys; from langfit.languages import vocabulary; sys.stdout.write(vocabulary())')"
{
  echo "python=$python"
  # From the variable, not from the expression runner.temp, which names a folder of the host in a job's container.
  echo "facts=$RUNNER_TEMP/langfit-facts"
  echo "vocabulary=$vocabulary"
} >> "$GITHUB_OUTPUT"
