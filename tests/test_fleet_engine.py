"""Engines: the standard library's executor is the interface, and Dask's workers may die."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

import fleets
from fleets import ran, report_of, states
from langfit.fleet.engine import Engine, check_address, receipts, threads
from langfit.fleet.model import Limits, Receipt, Seen, Task
from langfit.model.errors import LangfitError

QUICK = ("--no-cache", "--quiet")


def tasks(number: int) -> list[Task]:
    return [Task(f"{n}", f"{n}", "", Seen(), "", "", Limits()) for n in range(number)]


@pytest.mark.parametrize(("number", "window"), [(0, 1), (1, 1), (7, 2), (50, 100)])
def test_every_task_has_one_receipt(number: int, window: int) -> None:
    """And no more than a window of them is handed over at once."""
    waiting: list[str] = []

    class Counting(ThreadPoolExecutor):
        most = 0

        def submit(self, *arguments: object, **more: object) -> Future[Receipt]:  # type: ignore[override]
            made: Future[Receipt] = super().submit(*arguments, **more)  # type: ignore[arg-type]
            waiting.append("x")
            self.most = max(self.most, len(waiting))
            return made

    with Counting(2) as executor:
        engine = Engine(executor, lambda task: Receipt(task.key, "done"), window)
        found = []
        for receipt in receipts(engine, tasks(number)):
            waiting.pop()
            found.append(receipt.key)
    assert sorted(found) == sorted(task.key for task in tasks(number))
    assert executor.most <= window


def test_what_an_engine_loses_is_a_row() -> None:
    """Whatever it raises: the other receipts come all the same."""

    def work(task: Task) -> Receipt:
        if task.key == "1":
            raise OSError("a worker is gone")
        return Receipt(task.key, "done")

    with ThreadPoolExecutor(1) as executor:
        found = {row.key: row.reason for row in receipts(Engine(executor, work, 2), tasks(3))}
    assert found == {"0": "", "1": "lost", "2": ""}


def test_threads_are_told_to_stop() -> None:
    """When the one that waits for receipts is interrupted."""
    stop = threading.Event()
    with pytest.raises(KeyboardInterrupt), threads(1, stop):
        raise KeyboardInterrupt
    assert stop.is_set()


@pytest.mark.parametrize(
    ("address", "insecure", "sentence"),
    [
        ("tls://host:8786", False, ""),
        ("tcp://127.0.0.1:8786", False, ""),
        ("tcp://localhost:8786", False, ""),
        ("tcp://10.0.0.1:8786", True, ""),
        ("tcp://10.0.0.1:8786", False, "neither encrypted"),
        ("tcp://127.0.0.1.evil.example:8786", False, "neither encrypted"),
        ("tls://user:secret@host:8786", False, "is no address"),
        ("ucx://host:1", True, "is no address"),
    ],
)
def test_plain_tcp_stays_on_this_machine(address: str, insecure: bool, sentence: str) -> None:
    """Unless it is asked for."""
    if not sentence:
        check_address(address, insecure=insecure)
        return
    with pytest.raises(LangfitError, match=sentence):
        check_address(address, insecure=insecure)


class Cluster:
    """A scheduler of Dask and two workers, as processes of this machine."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.environment = os.environ | environment
        self.protocol = ["--protocol", "tls"] if environment else []
        self.file = folder / "scheduler.json"
        self.log = (folder / "dask.log").open("wb")
        where = ["--scheduler-file", str(self.file)]
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *self.protocol, *where
        )
        self.workers = [self.worker(folder / f"worker{n}") for n in range(2)]
        until = time.monotonic() + 60
        while not self.file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.address = json.loads(self.file.read_text())["address"]

    def worker(self, folder: Path) -> subprocess.Popen[bytes]:
        """Start a worker without a nanny, so that killing it is killing it."""
        folder.mkdir(exist_ok=True)
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
        return self._start(
            "worker", "--host", "127.0.0.1", *self.protocol, *options, "--scheduler-file", str(self.file)
        )

    def _start(self, kind: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.dask_{kind}", *options]
        return subprocess.Popen(command, stdout=self.log, stderr=self.log, env=self.environment)

    def end(self) -> None:
        """End all of it."""
        for one in (*self.workers, self.scheduler):
            one.kill()
            one.wait()
        self.log.close()


def certificates(folder: Path) -> dict[str, str]:
    """Make a certificate that signs itself, and return the settings of Dask that name it for all sides."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command is not installed")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=fleet"]
    subprocess.run(
        [*command, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True
    )
    settings = {"REQUIRE_ENCRYPTION": "true", "TLS__CA_FILE": str(folder / "cert.pem")}
    for side in ("CLIENT", "WORKER", "SCHEDULER"):
        settings |= {f"TLS__{side}__CERT": str(folder / "cert.pem"), f"TLS__{side}__KEY": str(folder / "key.pem")}
    return {f"DASK_DISTRIBUTED__COMM__{name}": value for name, value in settings.items()}


@pytest.fixture(params=["tcp", "tls"])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """A real scheduler with two worker processes."""
    pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
    made = Cluster(tmp_path, certificates(tmp_path) if request.param == "tls" else {})
    yield made
    made.end()


def test_a_killed_worker_costs_nothing(cluster: Cluster, tmp_path: Path) -> None:
    """The scheduler gives its task to the other one; every repository has one row and one result."""
    out = tmp_path / "fleet"
    fleets.small_fleet(tmp_path / "in", 8)
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "langfit",
        "fleet",
        "run",
        str(tmp_path / "in"),
        "--out",
        str(out),
        *QUICK,
    ]
    driver = subprocess.Popen(
        [*command, "--scheduler", cluster.address], stderr=subprocess.PIPE, env=cluster.environment
    )
    until = time.monotonic() + 120
    while len(fleets.results(out)) < 2 and driver.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(cluster.workers[0].pid, signal.SIGKILL)
    said = driver.communicate(timeout=120)[1]
    assert driver.returncode == 0, said
    assert set(states(out).values()) == {"done"}
    report = report_of(out)
    assert (report["repositories"], report["done"], len(fleets.results(out))) == (8, 8, 8)
    ran(tmp_path / "in", "--out", tmp_path / "threads", *QUICK)
    assert report_of(tmp_path / "threads")["findings"] == report["findings"]
