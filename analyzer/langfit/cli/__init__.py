"""The command line: arguments in, exit status out, and the only place that prints.

Each module holds the commands of one kind. None imports more than click before its command runs, so that help and
completion come at once.
"""

from __future__ import annotations

import click

from langfit import __version__
from langfit.cli import asking, baselines, configuring, fleets, measuring, scanning, trending
from langfit.cli.frame import ENVIRONMENT, EXITS, Program, epilog

__all__ = ["main"]


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=epilog(
        examples=[
            ("langfit scan", "this folder, as it is on disk"),
            ("langfit scan --base main --fail-on move", "in a pull request"),
            ("langfit COMMAND --help", "all of a command, with examples"),
        ],
        exits=EXITS,
        files=[
            ("langfit.toml", "settings: the nearest one from the scanned folder upwards"),
            ("langfit-baseline.json", "what is known already, where teams keep it"),
        ],
        environment=ENVIRONMENT,
    ),
)
@click.version_option(__version__, prog_name="langfit")
def main() -> None:
    """Say what each program and library of a Go or Rust repository suits, and what to do about it.

    langfit reads source and manifests, at any git revision and without a checkout. It never runs the code it reads,
    never calls git, go or cargo, and never opens a network connection.
    """


for _command in (
    scanning.scan,
    scanning.why,
    asking.components,
    measuring.profile,
    scanning.judge,
    baselines.baseline,
    trending.trend,
    fleets.fleet,
    configuring.init,
    configuring.config,
    asking.rules,
    asking.explain,
    asking.cache,
    configuring.completions,
):
    main.add_command(_command)
