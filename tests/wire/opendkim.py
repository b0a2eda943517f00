"""OpenDKIM's own library, asked for a verdict; keys come from a file instead of DNS, as its own tests do it.

The program ``opendkim-testmsg`` of the same package knows DNS only, so what it is made of is called (libopendkim, dkim.h).
"""

import ctypes
import ctypes.util
from collections.abc import Mapping
from pathlib import Path

PACKAGE = "opendkim-tools"
OK, SETOPT = 0, 1
OPT_QUERYMETHOD, OPT_QUERYINFO = 6, 7
QUERY_FILE = 1
PASSED = 0x04
BODY_MATCHES = 0


class MissingError(Exception):
    """OpenDKIM is not on this machine."""


class OpenDkim:
    """Verifies against *records*, by name."""

    def __init__(self, records: Mapping[str, str], folder: Path) -> None:
        name = ctypes.util.find_library("opendkim")
        if name is None:
            raise MissingError(f"OpenDKIM is not installed; on Debian: apt-get install {PACKAGE}")
        self._lib = lib = ctypes.CDLL(name)
        pointer, number = ctypes.c_void_p, ctypes.c_int
        lib.dkim_init.restype = lib.dkim_verify.restype = pointer
        lib.dkim_init.argtypes = [pointer, pointer]
        lib.dkim_options.argtypes = [pointer, number, number, pointer, ctypes.c_size_t]
        lib.dkim_verify.argtypes = [pointer, ctypes.c_char_p, pointer, ctypes.POINTER(number)]
        lib.dkim_chunk.argtypes = [pointer, ctypes.c_char_p, ctypes.c_size_t]
        lib.dkim_eom.argtypes = [pointer, ctypes.POINTER(ctypes.c_bool)]
        lib.dkim_getsiglist.argtypes = [
            pointer,
            ctypes.POINTER(ctypes.POINTER(pointer)),
            ctypes.POINTER(number),
        ]
        lib.dkim_sig_process.argtypes = [pointer, pointer]
        for each in (lib.dkim_sig_getflags, lib.dkim_sig_getbh, lib.dkim_sig_geterror, lib.dkim_free):
            each.argtypes = [pointer]
        lib.dkim_sig_getselector.argtypes = [pointer]
        lib.dkim_sig_getselector.restype = ctypes.c_char_p
        lib.dkim_sig_geterrorstr.argtypes = [number]
        lib.dkim_sig_geterrorstr.restype = ctypes.c_char_p
        self._handle = lib.dkim_init(None, None)
        keys = folder / "keys"
        keys.write_text("".join(f"{name} {record}\n" for name, record in records.items()))
        method, info = number(QUERY_FILE), ctypes.create_string_buffer(str(keys).encode())
        self._set(OPT_QUERYMETHOD, ctypes.byref(method), ctypes.sizeof(method))
        self._set(OPT_QUERYINFO, info, len(str(keys)))

    def _set(self, option: int, value: object, size: int) -> None:
        status = self._lib.dkim_options(self._handle, SETOPT, option, value, size)
        assert status == OK, f"option {option}: {status}"

    def verdicts(self, message: bytes) -> dict[str, str]:
        """By selector: "pass", or what is wrong."""
        status = ctypes.c_int()
        dkim = self._lib.dkim_verify(self._handle, b"wire", None, ctypes.byref(status))
        assert status.value == OK
        try:
            self._lib.dkim_chunk(dkim, message, len(message))
            self._lib.dkim_chunk(dkim, None, 0)
            tested = ctypes.c_bool()
            self._lib.dkim_eom(dkim, ctypes.byref(tested))
            signatures, count = ctypes.POINTER(ctypes.c_void_p)(), ctypes.c_int()
            self._lib.dkim_getsiglist(dkim, ctypes.byref(signatures), ctypes.byref(count))
            return dict(self._verdict(dkim, signatures[index]) for index in range(count.value))
        finally:
            self._lib.dkim_free(dkim)

    def _verdict(self, dkim: int, signature: int | None) -> tuple[str, str]:
        self._lib.dkim_sig_process(dkim, signature)
        selector = self._lib.dkim_sig_getselector(signature).decode()
        passed = self._lib.dkim_sig_getflags(signature) & PASSED
        if passed and self._lib.dkim_sig_getbh(signature) == BODY_MATCHES:
            return selector, "pass"
        error = self._lib.dkim_sig_geterror(signature)
        return selector, self._lib.dkim_sig_geterrorstr(error).decode()
