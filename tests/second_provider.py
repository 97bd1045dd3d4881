"""The login of the server with a second identity provider, `oidc-provider` of npm, another program than that of the tests.

    python -m tests.second_provider

Installs it with npm into a temporary folder (wants Node 20), starts it on this computer alone with a client like that of the
README, and comes in, is refused and leaves as a browser would. Says what passed; ends with 1 when something did not.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from dashboard.serving import audit
from tests.dashboard.serving.identity import SAMPLE, SETTINGS, Shared, answer, provided, shared
from tests.dashboard.serving.server import free_port
from tests.visitor import connected

PACKAGE = "oidc-provider@9.13.3"
PROGRAM = Path(__file__).parent / "dashboard" / "serving" / "second_provider.js"
FORM = re.compile(r'action="([^"]+)"')
XSRF = re.compile(r'name="xsrf" value="([^"]+)"')
LEVEL = SETTINGS.replace('client_id = "tableau"', 'client_id = "tableau"\nrequired_acr = "eidas1"')


class _Stay(HTTPRedirectHandler):
    """Redirects are followed by the caller, as far as the provider goes."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass
class Browser:
    """What somebody's browser holds of the provider; `asked`: how often it wanted to know who he is."""

    provider: str
    asked: int = 0
    cookies: CookieJar = field(default_factory=CookieJar)

    def fetch(self, address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Where it sends, empty for a page; and the page. Raises HTTPError."""
        sent = urlencode(form).encode() if form is not None else None
        try:
            with build_opener(_Stay, HTTPCookieProcessor(self.cookies)).open(
                Request(address, sent), timeout=60
            ) as found:
                return "", found.read().decode()
        except HTTPError as found:
            if found.code not in (302, 303):
                raise
            return urljoin(address, found.headers["location"]), ""

    def identify(self, address: str, name: str, level: str = "eidas1") -> str:
        """From the server's request to the address the provider sends back to."""
        page = ""
        while address.startswith(self.provider):
            address, page = self.fetch(address)
            if not address:
                [action] = FORM.findall(page)
                self.asked += 1
                address, page = self.fetch(urljoin(self.provider, action), {"name": name, "level": level})
        return address

    def leave(self, address: str) -> str:
        """The page that asks for a confirmation, then where it sends."""
        _, page = self.fetch(address)
        [action], [xsrf] = FORM.findall(page), XSRF.findall(page)
        address, _ = self.fetch(action, {"xsrf": xsrf, "logout": "yes"})
        return address


@dataclass(frozen=True)
class Attempt:
    """A login that has begun: the server's cookie, and its request to the provider."""

    cookie: str
    request: str

    def told(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.request).query).items()}

    def changed(self, **told: str) -> str:
        return f"{self.request.partition('?')[0]}?{urlencode(self.told() | told)}"


def begun(server: Shared, towards: str = "/") -> Attempt:
    _, headers, cookies, _ = answer(server.address, f"/connexion?{urlencode({'vers': towards})}")
    [cookie] = [f"{name}={value}" for name, value in cookies.items()]
    return Attempt(cookie, headers["location"])


def back(server: Shared, attempt: Attempt, address: str) -> tuple[int, str, str]:
    """Status, where it leads and the session's cookie, empty when nobody came in."""
    there = urlsplit(address)
    status, headers, cookies, _ = answer(server.address, f"{there.path}?{there.query}", [attempt.cookie])
    held = cookies.get("tableau_mt_session", "")
    return status, headers.get("location", ""), f"tableau_mt_session={held}" if held else ""


def came_in(server: Shared, name: str, towards: str = "/", browser: Browser | None = None) -> tuple[int, str, str]:
    attempt = begun(server, towards)
    return back(server, attempt, (browser or Browser(server.provider)).identify(attempt.request, name))


def request_is_bound(server: Shared) -> None:
    told, other = begun(server).told(), begun(server).told()
    assert (told["response_type"], told["code_challenge_method"], told["acr_values"]) == ("code", "S256", "eidas1")
    for name in ("state", "nonce", "code_challenge"):
        assert len(told[name]) >= 20
        assert told[name] != other[name]


def comes_in(server: Shared) -> None:
    status, towards, cookie = came_in(server, "ana", "/prevention?medecin=M04")
    assert (status, towards) == (303, "/prevention?medecin=M04")
    with connected(server, server.address, cookie) as visitor:
        shown = visitor.open("prevention", "medecin=M04")
        [doctor] = [one for one in shown.all("selectbox") if one.label == "Médecin"]
        assert [one.partition(" ")[0] for one in doctor.options] == ["M03"]
    assert last_traced(server)["who"] == "ana"


def nobody_s_doctor(server: Shared) -> None:
    refused(server, came_in(server, "inconnu"), "aucun médecin")


def state_of_another(server: Shared) -> None:
    attempt = begun(server)
    address = Browser(server.provider).identify(attempt.changed(state="autre"), "ana")
    refused(server, back(server, attempt, address), "MismatchingStateError")


def nonce_of_another(server: Shared) -> None:
    attempt = begun(server)
    address = Browser(server.provider).identify(attempt.changed(nonce="autre"), "ana")
    refused(server, back(server, attempt, address), "InvalidClaimError")


def challenge_of_another(server: Shared) -> None:
    attempt = begun(server)
    address = Browser(server.provider).identify(
        attempt.changed(code_challenge=begun(server).told()["code_challenge"]), "ana"
    )
    refused(server, back(server, attempt, address), "OAuthError")


def code_of_another(server: Shared) -> None:
    mine, theirs = begun(server), begun(server)
    found = parse_qs(urlsplit(Browser(server.provider).identify(theirs.request, "bob")).query)
    told = urlencode({"code": found["code"][0], "state": mine.told()["state"]})
    refused(server, back(server, mine, f"/oauth2callback?{told}"), "OAuthError")


def code_twice(server: Shared) -> None:
    attempt = begun(server)
    address = Browser(server.provider).identify(attempt.request, "ana")
    assert back(server, attempt, address)[2]
    assert back(server, attempt, address)[::2] == (403, "")


def declined(server: Shared) -> None:
    attempt = begun(server)
    told = urlencode({"error": "access_denied", "state": attempt.told()["state"]})
    refused(server, back(server, attempt, f"/oauth2callback?{told}"), "OAuthError")


def leaves(server: Shared) -> None:
    """Here, then at the provider, which until then knew him without asking again."""
    browser = Browser(server.provider)
    assert came_in(server, "ana", browser=browser)[2]
    _, _, cookie = came_in(server, "ana", browser=browser)
    assert (browser.asked, bool(cookie)) == (1, True)
    _, headers, cookies, _ = answer(server.address, "/deconnexion", [cookie])
    assert cookies["tableau_mt_session"] == ""
    assert answer(server.address, "/prevention", [cookie], Accept="text/html")[0] == 403
    assert browser.leave(headers["location"]) == f"{server.address}/"
    assert came_in(server, "ana", browser=browser)[2]
    assert browser.asked == 2


def level_is_asserted(server: Shared) -> None:
    assert came_in(server, "ana")[2]
    attempt = begun(server)
    address = Browser(server.provider).identify(attempt.request, "ana", level="")
    refused(server, back(server, attempt, address), "level of authentication")


def wrong_secret(server: Shared) -> None:
    refused(server, came_in(server, "ana"), "OAuthError")


def refused(server: Shared, found: tuple[int, str, str], why: str) -> None:
    """No session; the trace says why."""
    assert found == (403, "", ""), found
    traced = last_traced(server)
    assert (traced["action"], traced["result"], traced["what"]) == ("refus", "refusé", why), traced


def last_traced(server: Shared) -> dict[str, str]:
    found: dict[str, str] = json.loads(audit.files(server.audit)[-1].read_text("utf-8").splitlines()[-1])
    return found


Check = Callable[[Shared], None]
PLAIN: dict[str, Check] = {
    "the request has a state, a nonce and a challenge (S256), new each time": request_is_bound,
    "coming in, on the page asked for, as one's own doctor, whom userinfo alone names": comes_in,
    "nobody's doctor is refused": nobody_s_doctor,
    "another state is refused": state_of_another,
    "another nonce is refused": nonce_of_another,
    "another challenge (PKCE) is refused": challenge_of_another,
    "the code of another's login is refused": code_of_another,
    "a code is good once": code_twice,
    "a login that was declined is refused": declined,
    "logout, here and at the provider": leaves,
}


@contextmanager
def running(installed: Path, port: int, signed: bool) -> Iterator[str]:
    """The provider, for a server on that port."""
    mine = free_port()
    asked = {"port": mine, "back": f"http://127.0.0.1:{port}", "secret": "secret", "signed": signed}
    with provided(["node", PROGRAM.name, json.dumps(asked)], mine, installed) as address:
        yield address


def tried(
    installed: Path, checks: dict[str, Check], settings: str = SETTINGS, secret: str = "secret", signed: bool = False
) -> int:
    """How many did not pass, on a server of their own."""
    port, wrong = free_port(), 0
    with (
        tempfile.TemporaryDirectory() as here,
        running(installed, port, signed) as provider,
        shared(SAMPLE, provider, Path(here), settings=settings, port=port, secret=secret) as server,
    ):
        for says, check in checks.items():
            try:
                check(server)
                print(f"passed: {says}", flush=True)
            except Exception as fault:  # whatever it is, the others are tried too
                wrong += 1
                print(f"NOT PASSED: {says}: {type(fault).__name__} {fault}", flush=True)
    return wrong


def main() -> int:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        print("Node 20 and npm are wanted.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as place:
        installed = Path(place)
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--silent")
        subprocess.run([npm, "install", "--prefix", place, *quiet, PACKAGE], cwd=place, check=True)
        shutil.copy(PROGRAM, installed)
        (installed / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        wrong = tried(installed, PLAIN)
        wrong += tried(installed, {"a client with a wrong secret is refused": wrong_secret}, secret="autre")
        level = {"with userinfo as a signed token, the level of authentication is wanted": level_is_asserted}
        wrong += tried(installed, level, LEVEL, signed=True)
    print(f"{PACKAGE}: {wrong} not passed")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
