"""Run the command line as `python -m langfit`."""

from langfit.cli import main

if __name__ == "__main__":
    main(prog_name="langfit")
