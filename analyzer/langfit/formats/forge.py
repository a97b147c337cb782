"""Where a line of a repository can be read on the web: the links of the forges whose addresses are known."""

from __future__ import annotations

import re
from urllib.parse import quote

from msgspec import Struct

from langfit.formats import sanitize

# `host:owner/name.git`, or a URL; credentials are not in it, see Report.remote.
_REMOTE = re.compile(
    r"(?:(?P<scheme>https?|ssh|git)://)?(?:[^/@:]+@)?(?P<host>[A-Za-z0-9.-]+)(?P<port>:\d+(?=/))?"
    r"(?(scheme)/|:/?)(?P<path>[\w.~+-]+(?:/[\w.~+-]+)+)/?",
    re.ASCII,
)
# Way to a revision's files, and to a line of one.
_STYLES = {
    "github": ("/blob/", "#L"),
    "gitlab": ("/-/blob/", "#L"),
    "bitbucket": ("/src/", "#lines-"),
    "codeberg": ("/src/commit/", "#L"),
}
_HOSTS = {"github.com": "github", "gitlab.com": "gitlab", "bitbucket.org": "bitbucket", "codeberg.org": "codeberg"}
_OWN = ("github", "gitlab")  # how those who run one of their own name it
_REVISION = re.compile(r"[0-9a-f]{7,64}")


class Forge(Struct, frozen=True):
    """A repository at one revision on a forge."""

    name: str  # owner/name
    files: str  # URL of its files, with "/" at the end
    mark: str  # what goes between the URL of a file and a line

    def url(self, path: str) -> str:
        """Return the URL of a file, all of its bytes percent-encoded where they must be; "" for a path that climbs."""
        climbs = {"", ".", ".."} & {*path.split("/")}
        return "" if climbs else self.files + quote(sanitize.path_bytes(path), safe="/")


def name_of(remote: str) -> str:
    """`owner/name` of a remote; "" where it is not written like one."""
    match = _REMOTE.fullmatch(remote)
    return match["path"].removesuffix(".git") if match else ""


def forge_of(remote: str, revision: str | None) -> Forge | None:
    """Return the forge behind a remote, None where its links are not known or no revision is."""
    match, name = _REMOTE.fullmatch(remote), name_of(remote)
    if not match or not _REVISION.fullmatch(revision or "") or {".", ".."} & {*name.split("/")}:
        return None
    host = match["host"].lower()
    style = _HOSTS.get(host) or _own(host)
    if not style:
        return None
    port = (match["port"] or "") if match["scheme"] == "https" else ""
    way, mark = _STYLES[style]
    return Forge(name, f"https://{host}{port}/{name}{way}{revision}/", mark)


def _own(host: str) -> str:
    """Return the style of a forge named after its software; "" for a host that poses as a known one."""
    if host.startswith(tuple(f"{known}." for known in _HOSTS)):
        return ""
    return next((style for style in _OWN if host.startswith(f"{style}.")), "")
