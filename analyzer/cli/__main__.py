"""`python -m analyzer.cli`, for those who may not look for a script."""

from analyzer.cli import main

if __name__ == "__main__":
    main(prog_name="langfit")
