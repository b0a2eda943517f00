"""A small internet on this machine: a DNS server with a few records, a relay, and a certificate that both show."""

import asyncio
import datetime as dt
import socket
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socketserver import BaseRequestHandler, ThreadingUDPServer

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOCAL = "127.0.0.1"


class DnsServer:
    """Answers with the *zone*: (name, kind) to values; for names in *silent* it never answers, in *broken* with SERVFAIL."""

    def __init__(self, zone, *, silent=(), broken=()):
        self.asked = []
        outer = self

        class Handler(BaseRequestHandler):
            def handle(self):
                data, reply_to = self.request
                question = dns.message.from_wire(data)
                name, kind = outer.noted(question.question[0])
                if name in silent:
                    return
                answer = dns.message.make_response(question)
                answer.flags |= dns.flags.RA
                if name in broken:
                    answer.set_rcode(dns.rcode.SERVFAIL)
                elif (name, kind) in zone:
                    answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *zone[name, kind]))
                elif name not in {known for known, _ in zone}:
                    answer.set_rcode(dns.rcode.NXDOMAIN)
                reply_to.sendto(answer.to_wire(), self.client_address)

        self._server = ThreadingUDPServer((LOCAL, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def noted(self, question):
        name, kind = str(question.name).rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        return name, kind

    @property
    def resolver(self):
        """What asks this server and nobody else."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [LOCAL], self._server.server_address[1]
        return resolver

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Authority:
    """A certificate for this machine, and who believes it."""

    def __init__(self, folder, *, until):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, LOCAL)])
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
            .not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOCAL))]), critical=False)
            .sign(key, hashes.SHA256())
        )
        file, key_file = folder / "certificate.pem", folder / "key.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.trusting = ssl.create_default_context(cafile=str(file))
        self.serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.serving.load_cert_chain(file, key_file)


@contextmanager
def relay(authority=None):
    """A relay for the user 'acme' with the password 'secret', behind STARTTLS where it has a certificate. Gives its port."""

    def log_in(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"acme", b"secret"), handled=False)

    controller = Controller(
        None,
        hostname=LOCAL,
        port=free_port(),
        server_hostname="relay.acme.com",
        tls_context=authority.serving if authority else None,
        authenticator=log_in,
        auth_require_tls=True,
        enable_SMTPUTF8=True,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        asyncio.run_coroutine_threadsafe(sessions_end(), controller.loop).result()
        controller.stop()


@contextmanager
def website(authority, status):
    """A site behind TLS that answers every GET with *status*. Gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            """Say nothing."""

    server = ThreadingHTTPServer((LOCAL, 0), Handler)
    server.socket = authority.serving.wrap_socket(server.socket, server_side=True)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


async def sessions_end():
    """Wait until the server has noticed that its clients are gone: aiosmtpd itself would leave their sockets open."""
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others)
    await asyncio.sleep(0)


def free_port():
    with socket.create_server((LOCAL, 0)) as listening:
        return listening.getsockname()[1]
