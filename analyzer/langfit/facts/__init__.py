"""From bytes to summaries: what the rules count in each source file, made in workers and cached by blob."""
