"""An identity provider as the standard has it, answering in this process: one key, one code at a time, and faults by name."""

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey

ISSUER = "https://login.tarewell.example"
CLIENT, SECRET = "nurture", "a secret between the two of us, long"
KEY = RSAKey.generate_key(2048, {"kid": "1"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1"})


class IdentityProvider:
    """*fault*: what it does wrong, see ``_signed`` and ``__call__``; empty for nothing."""

    def __init__(self, clock):
        self.clock = clock
        self.fault = ""
        self.email = ""
        self.claims = {}
        self.asked = {}

    def network(self):
        return httpx.MockTransport(self)

    def agrees(self, location):
        """The browser arrives, and whoever sits there agrees: where it is sent back to."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ISSUER}/authorize"
        self.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert self.asked["response_type"] == "code"
        assert self.asked["client_id"] == CLIENT
        assert self.asked["scope"] == "openid email"
        back = urlsplit(self.asked["redirect_uri"])
        return f"{back.path}?code=one-code&state={self.asked['state']}"

    def __call__(self, request):
        if self.fault == "away":
            raise httpx.ConnectError("nobody answers")
        if self.fault == "broken":
            return httpx.Response(500)
        answer = {
            "/.well-known/openid-configuration": self._itself,
            "/keys": lambda _: {"keys": [KEY.as_dict(private=False)]},
            "/token": self._token,
        }[request.url.path](request)
        return httpx.Response(200, json=answer)

    def _itself(self, _):
        scheme = "http" if self.fault == "in clear" else "https"
        return {
            "issuer": "https://other.example" if self.fault == "another name" else ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token".replace("https", scheme),
            "jwks_uri": f"{ISSUER}/keys",
            **(
                {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
                if self.fault == "post"
                else {}
            ),
        }

    def _token(self, request):
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        basic = request.headers.get("Authorization", "").removeprefix("Basic ")
        told = base64.b64decode(basic).decode() if basic else f"{form['client_id']}:{form['client_secret']}"
        assert told == f"{CLIENT}:{SECRET}"
        assert form["redirect_uri"] == self.asked["redirect_uri"]
        assert form["code"] == "one-code"
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.asked["code_challenge"]
        return {"access_token": "t", "token_type": "Bearer", "id_token": self._signed()}

    def _signed(self):
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "sub": "7",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            "email": self.email,
            "email_verified": True,
            **self.claims,
        }
        if self.fault == "unsigned":
            header, body = ({"alg": "none"}, claims)
            return (
                ".".join(
                    base64.urlsafe_b64encode(json.dumps(e).encode()).decode().rstrip("=")
                    for e in (header, body)
                )
                + "."
            )
        if self.fault == "shared secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        if self.fault == "public key as secret":
            key = OctKey.import_key(KEY.as_pem(private=False))
            return jws.serialize_compact({"alg": "HS256", "kid": "1"}, json.dumps(claims), key)
        return jwt.encode(
            {"alg": "RS256", "kid": "1"}, claims, OTHER_KEY if self.fault == "another key" else KEY
        )
