"""Run the command line as `langfit`, and as `python -m langfit`."""

from langfit.process import run


def start() -> None:
    """Run the command line; signals end it well from here on, also while it is being imported."""

    def program() -> None:
        from langfit.cli import main

        main(prog_name="langfit")

    run(program)


if __name__ == "__main__":
    start()
