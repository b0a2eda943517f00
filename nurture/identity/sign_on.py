"""Who somebody is, by the word of the company's own identity provider: OpenID Connect Core 1.0 §3.1, with PKCE (RFC 7636).

The provider's word counts for an address that it says it has verified, and for nothing else: what anybody may type into a profile
there would let them in here as somebody else.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import msgspec

from nurture.config import is_local
from nurture.errors import NurtureError

SCOPE = "openid email"
SIGNED_BY = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
"""By a key that only the provider has; never by none, nor by the secret that we share."""
SECONDS = 10
LEEWAY_SECONDS = 120
BYTES_MAX = 1_000_000
WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class SignOnError(NurtureError):
    """Why the provider's word does not let anybody in; the text can be shown to whoever came back from there."""


class Begun(msgspec.Struct, frozen=True):
    """What the browser that is sent away must bring back, and what goes to the provider behind its back."""

    state: str
    nonce: str
    verifier: str


class SignOn:
    """One provider, at which we are known.

    issuer   its address, as its documents say it (OpenID Connect Discovery 1.0 §4).
    name     what its button says after "Log in with".
    network  the way there; None for the network.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        name: str,
        network: httpx.BaseTransport | None = None,
    ) -> None:
        self.name = name
        self._issuer = issuer
        self._id = client_id
        self._secret = client_secret
        self._network = network

    def begin(self, back: str) -> tuple[str, Begun]:
        """Where to send the browser, and what is to be kept for its return to *back*. Raises SignOnError."""
        # Reading these takes as long as all else of a command; most installations have no provider.
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

        begun = Begun(*(secrets.token_urlsafe(32) for _ in range(3)))
        with self._client() as client:
            place = self._provider(client)["authorization_endpoint"]
        challenge = create_s256_code_challenge(begun.verifier)
        asked = {"nonce": begun.nonce, "code_challenge": challenge, "code_challenge_method": "S256"}
        return str(prepare_grant_uri(place, self._id, "code", back, SCOPE, begun.state, **asked)), begun

    def finish(self, query: Mapping[str, str], begun: Begun, back: str, now: datetime) -> str:
        """The verified address of whoever came back to *back*. *query*: what they brought along. Raises SignOnError."""
        if not secrets.compare_digest(query.get("state", "").encode(), begun.state.encode()):
            raise SignOnError(
                "You came back to another login than the one that was begun here. Log in again."
            )
        if "error" in query:
            raise SignOnError(f"{self.name} did not let you in: {query['error'][:80]}.")
        if query.get("iss", self._issuer) != self._issuer:  # RFC 9207
            raise SignOnError(f"The answer was not from {self.name}. Log in again.")
        if "code" not in query:
            raise SignOnError(f"{self.name} sent no answer. Log in again.")
        with self._client() as client:
            provider = self._provider(client)
            token = self._token(client, provider, code=query["code"], verifier=begun.verifier, back=back)
            keys = self._asked(client, "GET", provider["jwks_uri"])
        claims = self._claims(token, keys, begun.nonce, now)
        if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
            raise SignOnError(
                f"{self.name} does not say that it has verified your address, so it cannot stand for you here. "
                "Log in by password, or ask its admin for the claim email_verified."
            )
        return str(claims["email"])

    def _provider(self, client: httpx.Client) -> Mapping[str, Any]:
        """What it says of itself. Raises SignOnError where that is not what §4.3 of Discovery asks for."""
        said = self._asked(client, "GET", self._issuer.rstrip("/") + WELL_KNOWN)
        unsafe = [name for name in ENDPOINTS if not is_safe(said.get(name))]
        wrong = f"its {unsafe[0]} is no https address" if unsafe else ""
        if said.get("issuer") != self._issuer:
            wrong = "it calls itself by another name"
        if wrong:
            raise SignOnError(f"{self.name} is not set up as it should be: {wrong}. Ask an admin.")
        return said

    def _token(
        self, client: httpx.Client, provider: Mapping[str, Any], *, code: str, verifier: str, back: str
    ) -> Mapping[str, Any]:
        ways = provider.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        auth = None
        if "client_secret_basic" in ways:
            auth = httpx.BasicAuth(self._id, self._secret)
        else:
            form |= {"client_id": self._id, "client_secret": self._secret}
        return self._asked(client, "POST", provider["token_endpoint"], data=form, auth=auth)

    def _claims(
        self, token: Mapping[str, Any], keys: Mapping[str, Any], nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 see above
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415
        from joserfc.jws import JWSRegistry  # noqa: PLC0415

        try:
            signed = jwt.decode(
                token["id_token"],
                KeySet.import_key_set(dict(keys)),  # type: ignore[arg-type]  # what came is looked at there
                registry=JWSRegistry(algorithms=list(SIGNED_BY), strict_check_header=False),
            )
            options = {
                "iss": {"essential": True, "values": [self._issuer]},
                "aud": {"essential": True, "value": self._id},
            }
            asked = {"nonce": nonce, "client_id": self._id, "access_token": token.get("access_token")}
            claims = CodeIDToken(signed.claims, signed.header, options, asked)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, KeyError, ValueError, TypeError) as error:
            why = getattr(error, "description", "") or type(error).__name__
            raise SignOnError(
                f"What {self.name} sent does not prove who you are ({why}). Log in again."
            ) from error
        return dict(claims)

    def _asked(self, client: httpx.Client, method: str, url: str, **given: Any) -> Mapping[str, Any]:
        """A JSON object that was asked for. Raises SignOnError."""
        try:
            with client.stream(method, url, headers={"Accept": "application/json"}, **given) as answer:
                body = read(answer)
                answer.raise_for_status()
            return msgspec.json.decode(body, type=dict[str, Any])
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, ValueError) as error:
            why = (
                type(error).__name__
                if isinstance(error, httpx.TransportError)
                else str(error).partition("\n")[0]
            )
            raise SignOnError(
                f"{self.name} cannot be asked now: {why}. Log in by password, or try again."
            ) from error

    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=SECONDS, trust_env=False, transport=self._network)


def read(answer: httpx.Response) -> bytes:
    """The whole body. Raises ValueError for one that nobody needs so long."""
    body = b""
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > BYTES_MAX:
            raise ValueError("its answer is too long")
    return body


def is_safe(url: object) -> bool:
    """Whether what is sent there is read by nobody on the way; on this machine nobody is on the way."""
    return isinstance(url, str) and (url.startswith("https://") or is_local(url))
