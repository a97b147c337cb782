"""What to do about each deliverable: where it meets others, where it could be cut, what was decided, and the advice."""
