"""What a report says of where a repository comes from: never a secret, in whatever part of the URL it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pygit2
import pytest

from langfit import formats
from langfit.repository.remotes import shown
from trees import commit, printed, write

SECRET = "s3cretTok3n9xQ"
REAL = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
LEAKY = """
https://user:SECRET@example.com/o/r.git
https://SECRET@example.com/o/r.git
https://SECRET:@example.com/o/r.git
https://SECRET:x-oauth-basic@github.com/o/r.git
https://user:SECRET@@example.com/o/r.git
https://user:SECRET\\@example.com/o/r.git
https://user:pa/SECRET@example.com/o/r.git
https://user:12/SECRET@example.com/o/r.git
https://user:12?SECRET@example.com/o/r.git
https://user:12#SECRET@example.com/o/r.git
https://example.com:SECRET@/o/r.git
https://example.com:SECRET/o/r.git
https://example.com/user:SECRET@example.com/o/r.git
https://example.com/SECRET@o/r.git
https://example.com/x-access-token:SECRET/o/r.git
https://example.com/x-access-token%3ASECRET%40github.com/o/r.git
https://example.com/x-access-token%253ASECRET/o/r.git
https://example.com/oauth2/SECRET/o/r.git
https://example.com/token/hunter-SECRET/o/r.git
https://example.com/SECRET/o/r.git
https://example.com/o/SECRET.git
https://example.com/o/r;token=SECRET
https://example.com/o/r&token=SECRET
https://example.com/o/r.git,SECRET
https://example.com/token=SECRET/r.git
https://example.com/o/r.git?token=SECRET
https://example.com/o/r.git?a=b&token=SECRET#x
https://example.com/o/r.git#SECRET
https://example.com/o/r.git SECRET
https://example.com/o/r.git\tSECRET
https://example.com /SECRET/r.git
https:user:SECRET@example.com/o/r.git
https:/user:SECRET@example.com/o/r.git
https:///user:SECRET@example.com/o/r.git
https:example.com/SECRET@o/r.git
https ://user:SECRET@example.com/o/r.git
 https://user:SECRET@example.com/o/r.git
//user:SECRET@example.com/o/r.git
http://[SECRET]/o/r.git
http://[::1/SECRET@o/r.git
http://[::1]SECRET/o/r.git
ssh://git:SECRET@example.com:22/o/r.git
ssh://git@example.com:SECRET/o/r.git
ssh://git@example.com/~SECRET/r.git
ssh://SECRET@example.com/o/r.git
git+https://SECRET@example.com/o/r.git
foo://user:SECRET@example.com/o/r.git
user:SECRET@example.com:o/r.git
user:SECRET@example.com/o/r.git
SECRET@example.com:o/r.git
git@SECRET@example.com:o/r.git
git:SECRET@example.com:o/r.git
example.com:SECRET@o/r.git
git@example.com:SECRET/r.git
git@example.com:o/r.git?SECRET
git@example.com:o/r.git#SECRET
git@example.com:user:SECRET@example.com/r.git
ext::sh -c SECRET
codecommit::us-east-1://SECRET@repo
/srv/SECRET/r.git
file:///srv/SECRET/r.git
SECRET
""".strip("\n").splitlines()


@pytest.mark.parametrize("url", LEAKY)
@pytest.mark.parametrize(
    "secret", [SECRET, REAL, "0123456789abcdef0123456789abcdef01234567", "glpat-xxYYzz0011aabbccddee"]
)
def test_a_remote_with_a_secret_shows_none(url: str, secret: str) -> None:
    """At most the host and a path of plain names is shown."""
    made = shown(url.replace("SECRET", secret))
    assert secret not in made and secret.lower() not in made.lower()


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://user:pass@example.com/o/r.git", "https://example.com/o/r.git"),
        ("HTTPS://Example.com:8443/o/r", "https://Example.com:8443/o/r"),
        ("https://org@dev.azure.com/org/My%20Project/_git/repo", "https://dev.azure.com/org/My%20Project/_git/repo"),
        ("https://git.sr.ht/~user/repo", "https://git.sr.ht/~user/repo"),
        ("https://github.com/golang/oauth2.git", "https://github.com/golang/oauth2.git"),
        ("https://github.com/o/h3o-s2n-quic-p2p", "https://github.com/o/h3o-s2n-quic-p2p"),
        ("https://github.com/o/TheAlgorithms2024", "https://github.com/o/TheAlgorithms2024"),
        ("https://[2001:db8::1]:8080/o/r", "https://[2001:db8::1]:8080/o/r"),
        ("http://192.168.1.10:3000/o/r", "http://192.168.1.10:3000/o/r"),
        ("ssh://git@example.com:22/o/r.git", "ssh://example.com:22/o/r.git"),
        ("git://example.com/o/r.git", "git://example.com/o/r.git"),
        ("git@example.com:o/r.git", "example.com:o/r.git"),
        ("example.com:r.git", "example.com:r.git"),
        ("C:/work/r", ""),
        ("../r.git", ""),
        ("https://example.com/" + "a/" * 2_000, ""),
    ],
)
def test_a_remote_without_secrets_is_shown(url: str, plain: str) -> None:
    """Hosts, ports and paths as people write them."""
    assert shown(url) == plain


def test_no_format_shows_a_secret(tmp_path: Path) -> None:
    """A remote as CI services write it, in every format."""
    commit(write(tmp_path, {"go.mod": "module m\n", "main.go": "package main\n\nfunc main() {}\n"}))
    config = pygit2.Repository(str(tmp_path)).config
    config["remote.origin.url"] = f"https://example.com/x-access-token:{REAL}@github.com/o/r"
    config["remote.origin.fetch"] = "+refs/heads/*:refs/remotes/origin/*"
    for name in formats.names():
        assert REAL not in printed("scan", "--no-cache", "--format", name, "--show", "all", tmp_path)
    assert json.loads(printed("scan", "--no-cache", "--format", "json", tmp_path))["source"]["remote"] == ""
