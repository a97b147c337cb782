"""Where a repository comes from, as far as a report may say it: host and path, and nothing that could be a secret.

People and services put tokens into every part of a URL. What is not exactly one of the two forms that git documents,
with a host and a path made of names, is not shown at all.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

import pygit2

LONGEST = 1_000  # characters
SCHEME = r"(?:git\+)?(?:https?|ssh)|ssh\+git|git|ftps?"
HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
URL = re.compile(rf"({SCHEME})://(?:[^/?#]*@)?({HOST}(?::[0-9]{{1,5}})?)(/[^?#]*)?(?:[?#].*)?", re.IGNORECASE)
SHORT = re.compile(rf"(?:[^@:/?#\s]+@)?({HOST}):(?!//)(.*)")  # as scp has it
PART = re.compile(r"(?:[\w.~+-]|%[0-9A-Fa-f]{2})*")
DECODED = re.compile(r"[\w.~+ -]*")
BEFORE = frozenset(  # what stands in a path before a token, or in the place of one
    "access-token access_token auth basic bearer gitlab-ci-token job-token oauth oauth2 password private-token"
    " private_token secret token x-access-token x-oauth-basic x-token-auth".split()
)
MARKED = re.compile(
    r"(?:gh[a-z]_|github_pat_|gl[a-z]{2,6}-|xox[a-z]-|sk-|pat-|npm_|pypi-|ATBB|ATATT|ATCTT|AKIA|ASIA|eyJ|hf_|dop_v1_|dckr_)"
)
HEX = re.compile(r"[0-9a-fA-F]{32,}")
RUN = re.compile(r"[A-Za-z0-9]{10,}")
DIGITS = re.compile(r"[0-9]+")
LONG = 28  # letters and digits without a sign between them


def remote_of(repo: pygit2.Repository) -> str:
    """Return the URL of the remote "origin" without user, password, query and fragment, "" when there is none.

    It is "" for paths of this machine as well, which say nothing to a reader elsewhere, and where it may hold a token.
    """
    try:
        return shown(repo.remotes["origin"].url or "")
    except (KeyError, ValueError, pygit2.GitError):
        return ""


def shown(url: str) -> str:
    """Return what may be shown of the URL of a remote, "" for nothing."""
    if len(url) > LONGEST or not url.isprintable():
        return ""
    found = URL.fullmatch(url)
    if found is not None:
        scheme, host, path = found[1].lower(), found[2], found[3] or ""
        return f"{scheme}://{host}{path}" if _is_plain(host) and _is_plain(path) else ""
    found = SHORT.fullmatch(url)
    if found is None or len(found[1]) < 2 or found[2].startswith(":"):  # a drive; a helper such as ext::
        return ""
    return f"{found[1]}:{found[2]}" if _is_plain(found[1]) and _is_plain(found[2]) else ""


def _is_plain(text: str) -> bool:
    """Whether a host or a path is made of names, none of which looks like a secret."""
    parts = text.split("/") if "/" in text else re.split(r"[][:.]+", text)
    return all(_is_name(part) for part in parts) and not any(part.lower() in BEFORE for part in parts[:-1])


def _is_name(part: str) -> bool:
    name = unquote(part)
    if not PART.fullmatch(part) or not DECODED.fullmatch(name):
        return False
    if MARKED.match(name.lstrip("~+.-_ ")) or HEX.search(name):
        return False
    return not any(_is_random(run) for run in RUN.findall(name))


def _is_random(run: str) -> bool:
    """Whether letters and digits read as if a machine had made them: in turns, or in a long row."""
    rounds = len(DIGITS.findall(run))
    mixed = run != run.lower() and run != run.upper()
    return (mixed and rounds >= 2) or rounds >= 4 or (rounds > 0 and len(run) >= LONG)
