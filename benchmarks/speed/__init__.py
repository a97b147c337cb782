"""What langfit costs, beside the bare parse of the same files and beside its peers, all in one run."""
