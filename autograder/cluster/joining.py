"""Joining a cluster: only one that asks for a token, as otherwise anybody who reaches it could run programs on it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ray
from ray.exceptions import RayError

from autograder.errors import HostError

FIRST_WITH_TOKENS = (2, 52)
CONNECT_S = 10.0
PROBE_S = 60.0
_SETTINGS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")  # where Ray looks for a token before it looks at home
_HOW = (
    "`ray get-auth-token --generate` makes one, and with RAY_AUTH_MODE=token `ray start` asks for it; "
    "docs/cluster.md says more"
)


def join(address: str) -> None:
    """Make this process a driver of the cluster at HOST:PORT.

    Raises:
        HostError: it is not there, lets in whoever comes without a token, or not us with ours.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]+:\d+", address):
        raise HostError(
            f"--cluster {address}: not HOST:PORT, as `ray start --head` prints it; run this command on a machine of "
            "the cluster"
        )
    if tuple(int(part) for part in ray.__version__.split(".")[:2]) < FIRST_WITH_TOKENS:
        raise HostError(
            f"Ray {ray.__version__} knows no tokens; install {'.'.join(map(str, FIRST_WITH_TOKENS))} or later"
        )
    _require_token()
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), CONNECT_S).close()
    except OSError as problem:  # Ray would try for most of a minute
        raise HostError(f"no cluster answers at {address}: {problem}") from None
    _knock(address)
    os.environ["RAY_AUTH_MODE"] = "token"
    _silence()
    try:
        ray.init(address, log_to_driver=False, logging_level="error", configure_logging=False)
    except (RayError, ConnectionError, RuntimeError, ValueError) as problem:
        said = " ".join(str(problem).split())
        raise HostError(f"cannot join the cluster at {address}: {said[:600]}") from None


def part() -> None:
    """Leave the cluster; what is left of our slots ends."""
    ray.shutdown()


def _require_token() -> None:
    """Ray's own message is a page long, and its way out ends the process."""
    if os.environ.get(_SETTINGS[0]):
        return
    path = Path(os.environ.get(_SETTINGS[1]) or Path.home() / ".ray" / "auth_token")
    if not (path.is_file() and path.read_text().strip()):
        raise HostError(f"no token for the cluster: neither RAY_AUTH_TOKEN is set nor does {path} hold one. {_HOW}")


def _knock(address: str) -> None:
    """Ask for the cluster's state without a token, which must be refused, and with ours, which must not.

    Processes of their own, since Ray reads its settings once.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    ours = {name: value for name, value in os.environ.items() if name in _SETTINGS}
    environments = ({**own, "RAY_AUTH_MODE": "disabled"}, {**own, **ours, "RAY_AUTH_MODE": "token"})
    with ThreadPoolExecutor(len(environments)) as pool:
        without_token, with_token = pool.map(lambda env: _status(address, env), environments)
    if without_token.returncode == 0:
        raise HostError(
            f"the cluster at {address} lets in anybody, without a token; whoever reaches it could run programs there. "
            f"{_HOW}"
        )
    if "InvalidAuthToken" not in without_token.stdout:
        lines = without_token.stdout.strip().splitlines()
        raise HostError(f"no cluster answers at {address}{f': {lines[-1][:300]}' if lines else ''}")
    if with_token.returncode != 0:
        raise HostError(
            f"the cluster at {address} does not take our token; it must be the one that it was started with"
        )


def _status(address: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`ray status` in this environment."""
    try:
        return subprocess.run(
            [sys.executable, "-c", "from ray.scripts.scripts import main; main()", "status", "--address", address],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PROBE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise HostError(f"no cluster answers at {address} within {PROBE_S:.0f} s") from None


def _silence() -> None:
    """Keep Ray from printing what goes on in the cluster on standard output, where our lines of JSON go.

    No setting does that: `log_to_driver` leaves out what workers print, and not what is said of lost machines.
    """
    ray._private.worker._worker_logs_enabled = False
