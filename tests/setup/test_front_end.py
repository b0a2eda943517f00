"""The islands of the pages: built with a Node that came as a wheel, from packages named by hash, and tested with it."""

import json
import os
import subprocess
import sys
import zipfile

from tools import front_end
from webapp.assets import BUILT, files_of, read_manifest


def run(*words, **changed):
    bare = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    kept = {name: os.environ[name] for name in front_end.AUTHORITIES if name in os.environ}
    return subprocess.run(
        [sys.executable, *words], cwd=front_end.ROOT, env={**bare, **kept, **changed},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_test_of_the_islands_passes():
    done = run("tools/front_end.py", "test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout
    assert "# pass 0" not in done.stdout


def test_the_lock_names_every_package_by_hash_and_no_place():
    lock = json.loads((front_end.SOURCES / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert len(packages) > 20
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert [name for name, each in packages.items() if "resolved" in each] == []
    sponsors = {
        key for each in packages.values() for key, value in each.items() if "://" in json.dumps(value)
    }
    assert sponsors <= {"funding"}


def test_node_trusts_the_authority_that_pip_trusts():
    assert front_end.environment({"PIP_CERT": "/etc/ca.pem"})["NODE_EXTRA_CA_CERTS"] == "/etc/ca.pem"
    both = {"SSL_CERT_FILE": "/etc/ca.pem", "NODE_EXTRA_CA_CERTS": "/etc/own.pem"}
    assert front_end.environment(both)["NODE_EXTRA_CA_CERTS"] == "/etc/own.pem"
    assert "NODE_EXTRA_CA_CERTS" not in front_end.environment({})


def test_our_node_comes_before_any_other():
    first = front_end.environment({"PATH": "/usr/bin"})["PATH"].split(os.pathsep)[0]
    assert (front_end.Path(first) / ("node.exe" if os.name == "nt" else "node")).is_file()


def test_what_is_made_is_made_once_for_each_state(tmp_path, monkeypatch):
    monkeypatch.setattr(front_end, "SOURCES", tmp_path)
    made = []

    def make():
        (tmp_path / "out").mkdir(exist_ok=True)
        made.append(len(made))

    for state in ("one", "one", "two", "two"):
        front_end._made(tmp_path / "out", state, make)
    assert made == [0, 1]


def test_the_wheel_brings_what_is_built_and_no_source_of_it(tmp_path):
    done = run("-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    chunks = read_manifest(front_end.BUILT / "manifest.json")
    for entry in ("src/look.css",):
        assert files_of(chunks, entry)
        assert all(f"webapp/static/{file}" in names for file in files_of(chunks, entry))
    assert [name for name in names if name.startswith("webapp/frontend/") or "node_modules" in name] == []


def test_where_nothing_is_built_pages_ask_for_nothing(tmp_path):
    assert files_of(read_manifest(tmp_path / "manifest.json"), "src/look.css") == ()


def test_an_entry_comes_with_the_styles_of_what_it_loads_at_once(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(
        '{"a": {"file": "a.js", "css": ["a.css"], "imports": ["b"], "dynamicImports": ["c"]},'
        ' "b": {"file": "b.js", "css": ["b.css", "a.css"], "imports": ["a"]}, "c": {"file": "c.js"}}'
    )
    assert files_of(read_manifest(path), "a") == (f"{BUILT}/a.js", f"{BUILT}/a.css", f"{BUILT}/b.css")
