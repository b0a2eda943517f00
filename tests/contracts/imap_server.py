"""A mailbox behind IMAP (RFC 3501), as far as a reader of unseen messages sees it: in memory, on a real socket."""

import re
import socketserver
import ssl
import threading


class ImapServer:
    """One mailbox INBOX for the user 'acme' with the password 'secret'.

    tls  the server's context; with *implicit* it holds from the first byte, else STARTTLS begins it.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, implicit: bool = False) -> None:
        self.messages: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.breaks_at: str | None = None
        self._tls = tls
        self._implicit = implicit
        box = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                if box._implicit:
                    self.begin_tls()
                box.talk(self)

            def begin_tls(self) -> None:
                self.request = box._tls.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)

            def finish(self) -> None:
                self.rfile.close()
                self.wfile.close()
                self.request.close()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, request, client_address) -> None:
                """A client that goes away, or trusts us not, is its own affair."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def talk(self, handler) -> None:
        handler.wfile.write(b"* OK ready\r\n")
        while line := handler.rfile.readline():
            tag, _, command = line.decode().strip().partition(" ")
            if self.breaks_at is not None and command.startswith(self.breaks_at):
                return
            handler.wfile.write(self.answer(tag, command))
            if command == "STARTTLS":
                handler.begin_tls()
            if command == "LOGOUT":
                return

    def answer(self, tag: str, command: str) -> bytes:
        untagged = b""
        match command.split():
            case ["CAPABILITY"]:
                offers = b" STARTTLS" if self._tls and not self._implicit else b""
                untagged = b"* CAPABILITY IMAP4rev1" + offers + b"\r\n"
            case ["LOGIN", user, password] if (user, password.strip('"')) != ("acme", "secret"):
                return f"{tag} NO [AUTHENTICATIONFAILED] wrong\r\n".encode()
            case ["SELECT", folder]:
                if folder.strip('"') != "INBOX":
                    return f"{tag} NO no such folder\r\n".encode()
                untagged = f"* {len(self.messages)} EXISTS\r\n".encode()
            case ["UID", "SEARCH", "UNSEEN"]:
                unseen = " ".join(str(uid) for uid in self.messages if uid not in self.seen)
                untagged = f"* SEARCH {unseen}\r\n".encode()
            case ["UID", "FETCH", uid, body] if int(uid) in self.messages:
                assert re.fullmatch(r"\(BODY\.PEEK\[]<0\.\d+>\)", body)
                raw = self.messages[int(uid)]
                untagged = f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
            case ["UID", "STORE", uid, *_]:
                self.seen.add(int(uid))
        return untagged + f"{tag} OK done\r\n".encode()
