#!/usr/bin/env bash
# Installs this checkout into an environment of its own and tells the next step where its Python is.
# Python runs isolated (-I): the current folder is the scanned repository, and nothing in it may be imported.
set -euo pipefail

folder="$(mktemp -d "$RUNNER_TEMP/langfit.XXXXXX")"
"$LANGFIT_PYTHON" -I -m venv "$folder"
python="$folder/bin/python"
[ -x "$python" ] || python="$folder/Scripts/python.exe"
"$python" -I -m pip --disable-pip-version-check --quiet install "$GITHUB_ACTION_PATH"
echo "python=$python" >> "$GITHUB_OUTPUT"
