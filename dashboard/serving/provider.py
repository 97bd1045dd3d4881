"""The identity provider, over OpenID Connect (authorisation code, PKCE, state, nonce): Authlib does the protocol.

Claims are those of the identity token, completed by those of `userinfo` (Pro Santé Connect tells there who the carer is):
asked once, at the moment of the login.
"""

import warnings
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboard.serving.settings import Auth

NAME = "identite"


class NotIdentifiedError(Exception):
    """The provider did not identify anybody; the message says why, for the log alone."""


class Provider:
    """One provider. `callback`: address it sends people back to."""

    def __init__(self, auth: Auth, callback: str) -> None:
        with warnings.catch_warnings():
            import authlib.deprecate  # noqa: F401 it has its deprecations always told

            warnings.simplefilter("ignore")  # among its own modules
            from authlib.integrations.starlette_client import OAuth
        self.auth, self.callback = auth, callback
        clients = OAuth()
        self._client: Any = clients.register(
            NAME, client_id=auth.client_id, client_secret=auth.client_secret, server_metadata_url=auth.metadata,
            client_kwargs={"scope": auth.scope, "code_challenge_method": "S256"}, authorize_params=auth.parameters,
        )  # fmt: skip

    async def send_there(self, request: Request) -> Response:
        """To the provider; what must be found again is in `request.session`."""
        found: Response = await self._client.authorize_redirect(request, self.callback, **self.auth.parameters)
        return found

    async def come_back(self, request: Request) -> tuple[Mapping[str, Any], str]:
        """Claims of who comes back, and his identity token. Raises NotIdentifiedError."""
        try:
            token = await self._client.authorize_access_token(request)
            claims = dict(token.get("userinfo") or {})
            if not claims:
                raise NotIdentifiedError("no identity token")
            if self.auth.required_acr and claims.get("acr") != self.auth.required_acr:
                raise NotIdentifiedError("level of authentication")
            return {**await self._userinfo(token, str(claims["sub"])), **claims}, str(token.get("id_token", ""))
        except NotIdentifiedError:
            raise
        except Exception as fault:  # of the protocol, of the network, of a provider that answers something else
            raise NotIdentifiedError(type(fault).__name__) from fault

    async def _userinfo(self, token: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the provider tells besides, of the same person; nothing when it has no such service."""
        metadata = await self._client.load_server_metadata()
        if not metadata.get("userinfo_endpoint"):
            return {}
        answer = await self._client.get(metadata["userinfo_endpoint"], token=token)
        answer.raise_for_status()
        told = await self._read(answer)
        if told.get("sub") != subject:
            raise NotIdentifiedError("userinfo of somebody else")
        return told

    async def _read(self, answer: Any) -> Mapping[str, Any]:
        """JSON, or a signed token with the keys of the provider."""
        if not answer.headers.get("content-type", "").startswith("application/jwt"):
            plain: Mapping[str, Any] = answer.json()
            return plain
        from joserfc import jwt
        from joserfc.jwk import KeySet

        keys = KeySet.import_key_set(await self._client.fetch_jwk_set())
        signed: Mapping[str, Any] = jwt.decode(answer.text, keys).claims
        return signed

    async def goodbye(self, id_token: str, back: str) -> str:
        """Where to log out of the provider too; empty when it does not say."""
        try:
            metadata = await self._client.load_server_metadata()
        except Exception:  # it is down: logging out here does not depend on it
            return ""
        end = metadata.get("end_session_endpoint")
        if not end:
            return ""
        from urllib.parse import urlencode

        told = {"post_logout_redirect_uri": back, "client_id": self.auth.client_id}
        return f"{end}?{urlencode(told | ({'id_token_hint': id_token} if id_token else {}))}"
