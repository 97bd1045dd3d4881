"""A server of many doctors, with an identity provider of its own, both on this computer alone."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from dashboard import shipped
from tests.dashboard.serving.server import ROOT, Server, free_port, wait_until_healthy

PEOPLE = {"ana": "M03", "bob": "M04"}
"""Two doctors; `sec` has the list of one of them, `fin` his figures, `cpts` sees the group alone."""
SETTINGS = """
[server]
folder = "{folder}"
address = "http://127.0.0.1:{port}"
port = {port}

[auth]
metadata = "{provider}/.well-known/openid-configuration"
client_id = "tableau"
parameters = {{ acr_values = "eidas1" }}
session_minutes = {minutes}

[doctors.map]
ana = "M03"
bob = "M04"
away = "M99"

[[delegation]]
person = "sec"
doctor = "M03"
rights = ["liste"]
from = 2026-01-01
to = 2026-12-31

[[delegation]]
person = "fin"
doctor = "M03"
rights = ["chiffres"]
from = 2026-01-01
to = 2026-12-31

[[delegation]]
person = "old"
doctor = "M03"
rights = ["liste", "chiffres"]
from = 2025-01-01
to = 2025-12-31

[[group]]
name = "Maison de santé"
doctors = ["M01", "M02", "M03", "M04", "M05"]
members = ["cpts"]

[audit]
folder = "{audit}"
"""


@dataclass(frozen=True)
class Shared(Server):
    """Whoever comes in has a cookie of his own; `audit` is where accesses are written down."""

    audit: Path = Path()
    provider: str = ""


@contextmanager
def provider() -> Iterator[str]:
    """`oidc-provider-mock`: whoever gives a name is believed."""
    port = free_port()
    with provided([sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)], port) as address:
        yield address


@contextmanager
def provided(command: list[str], port: int, cwd: Path | None = None) -> Iterator[str]:
    """The address of a provider on that port, once it says who it is; ended afterwards."""
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                answer(f"http://127.0.0.1:{port}", "/.well-known/openid-configuration")
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def shared(
    folder: Path, provided: str, start_in: Path, minutes: float = 60, before: str = "", settings: str = SETTINGS,
    port: int = 0, secret: str = "secret", ahead: bool = True,
) -> Iterator[Shared]:  # fmt: skip
    """`tableau-mt serve --config`; `before`: Python that is run first, to break the program on purpose; `port`: one that
    the provider was told, else any; `ahead`: does it compute before it is asked (`calm.py`)?"""
    port = port or free_port()
    audit, errors, file = start_in / "acces", start_in / "erreurs", start_in / "server.toml"
    told = settings.format(folder=folder, port=port, provider=provided, minutes=minutes, audit=audit)
    file.write_text(told, encoding="utf-8")
    if not ahead:
        before += "\nfrom tests.dashboard.serving import calm\ncalm.prepare()"
    code = f"{before}\nfrom dashboard.command import main\nraise SystemExit(main(['serve', '--config', {str(file)!r}]))"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TABLEAU_MT_CLIENT_SECRET": secret}
    with errors.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=start_in, env=environment, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            wait_until_healthy(process, port)
            yield Shared("", port, "", errors, process.pid, audit, provided)
        finally:
            process.terminate()
            process.wait(60)


def answer(
    address: str, path: str, cookies: Sequence[str] = (), form: dict[str, str] | None = None, **headers: str
) -> tuple[int, dict[str, str], dict[str, str], bytes]:
    """Status, headers, cookies and content of one request."""
    asked = {"Cookie": "; ".join(cookies), **{name.replace("_", "-"): value for name, value in headers.items()}}
    body = None
    if form is not None:
        body, asked["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET" if form is None else "POST", path, body, asked)
    found = connection.getresponse()
    content = b"" if found.status == 101 else found.read()
    given: SimpleCookie = SimpleCookie()
    for line in found.headers.get_all("Set-Cookie") or []:
        given.load(line)
    connection.close()
    named = {name.lower(): value for name, value in found.getheaders()}
    return found.status, named, {name: one.value for name, one in given.items()}, content


def sign_in(server: Shared, who: str, towards: str = "/") -> tuple[int, dict[str, str], str, bytes]:
    """Through the provider and back: status, headers, cookie (empty when refused) and content of the last answer."""
    _, headers, cookies, _ = answer(server.address, f"/connexion?{urlencode({'vers': towards})}")
    [attempt] = [f"{name}={value}" for name, value in cookies.items()]
    there = urlsplit(headers["location"])
    _, headers, _, _ = answer(server.provider, f"{there.path}?{there.query}", form={"sub": who})
    back = urlsplit(headers["location"])
    status, headers, cookies, content = answer(server.address, f"{back.path}?{back.query}", [attempt])
    held = cookies.get("tableau_mt_session", "")
    return status, headers, f"tableau_mt_session={held}" if held else "", content


SAMPLE = shipped.PRACTICES
