"""Whether the two distributions in a folder can be published: `check_dist.py FOLDER VERSION`.

Their metadata is read strictly, every frozen document must be in both as the manifest says, and the wheel is
installed in an environment of its own, where all documents of the version are loaded.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from packaging.metadata import Metadata
from packaging.utils import parse_sdist_filename, parse_wheel_filename

NAME = "cartsnitch-common"
DOCUMENTS = "cartsnitch_contracts/documents/"
FROZEN = re.compile(r"/\d+\.\d+\.\d+\.json$")
LOAD = """\
import sys, cartsnitch_contracts
from cartsnitch_contracts.library import snapshot
assert cartsnitch_contracts.__file__.startswith(sys.prefix), cartsnitch_contracts.__file__
state = snapshot(sys.argv[1])
kinds = (state.events, state.asyncapis, state.rest, state.databases)
print(sum(len(list(kind.values())) for kind in kinds))
"""


class UnfitError(Exception):
    """Why they cannot be published."""


def main() -> int:
    """0 when they can be published, else 1 and what is wrong."""
    folder, version = Path(sys.argv[1]), sys.argv[2]
    try:
        wheel, sdist = only(folder, "*.whl"), only(folder, "*.tar.gz")
        check_wheel(wheel, version)
        check_sdist(sdist, version)
        loaded = load(wheel, version)
    except (UnfitError, ExceptionGroup, subprocess.CalledProcessError) as error:
        reasons = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
        sys.stderr.writelines(f"{reason}\n" for reason in reasons)
        return 1
    sys.stdout.write(
        f"checked {wheel.name} and {sdist.name}; installed, {loaded} documents of {version} load\n"
    )
    return 0


def expect(holds: object, otherwise: str) -> None:
    """Raise what is said otherwise, unless it holds."""
    if not holds:
        raise UnfitError(otherwise)


def only(folder: Path, pattern: str) -> Path:
    """The one file of this kind."""
    found = list(folder.glob(pattern))
    expect(len(found) == 1, f"{folder} holds {len(found)} files {pattern}, and must hold one")
    return found[0]


def check_wheel(file: Path, version: str) -> None:
    """The wheel's name, metadata and documents."""
    name, number, _, tags = parse_wheel_filename(file.name)
    good = (name, str(number), [*map(str, tags)]) == (NAME, version, ["py3-none-any"])
    expect(good, f"{file.name} is not named as the wheel of {NAME} {version} for every Python 3")
    with zipfile.ZipFile(file) as archive:
        check_metadata(archive.read(f"cartsnitch_common-{version}.dist-info/METADATA"), version)
        check_documents(archive.read, archive.namelist(), DOCUMENTS, version)


def check_sdist(file: Path, version: str) -> None:
    """The sdist's name, metadata and documents, and that it comes with its line in the changelog."""
    name, number = parse_sdist_filename(file.name)
    expect(
        (name, str(number)) == (NAME, version), f"{file.name} is not named as the sdist of {NAME} {version}"
    )
    with tarfile.open(file) as archive:
        root = f"cartsnitch_common-{version}/"

        def read(path: str) -> bytes:
            member = archive.extractfile(path)
            expect(member, f"{path} in {file.name} is no file")
            return member.read() if member else b""

        check_metadata(read(f"{root}PKG-INFO"), version)
        dated = re.search(
            rf"^## \[{re.escape(version)}\] - \d", read(f"{root}CHANGELOG.md").decode(), re.MULTILINE
        )
        expect(dated, f"the changelog has no dated section of {version}")
        check_documents(read, archive.getnames(), f"{root}contracts/{DOCUMENTS}", version)


def check_metadata(text: bytes, version: str) -> None:
    """What an index shows of it; each field is parsed, and one that is unknown or wrong raises."""
    metadata = Metadata.from_email(text, validate=True)
    expect(
        (metadata.name, str(metadata.version)) == (NAME, version), "the metadata has another name or version"
    )
    for field in ("summary", "license_expression", "license_files", "requires_python", "requires_dist",
                  "project_urls", "description"):  # fmt: skip
        expect(getattr(metadata, field), f"the metadata has no {field}")
    expect(metadata.description_content_type == "text/markdown", "the description is not Markdown")


def check_documents(read: Callable[[str], bytes], names: list[str], folder: str, version: str) -> None:
    """Every file that the manifest names, and no other frozen one, is in, with its digest."""
    releases = json.loads(read(f"{folder}manifest.json"))["releases"]
    expect(version in releases, f"the manifest has no release {version}")
    digests = {path: digest for release in releases.values() for path, digest in release["files"].items()}
    inside = {name.removeprefix(folder) for name in names if name.startswith(folder)}
    frozen = {path for path in inside if FROZEN.search(path)}
    expect(digests, "nothing is frozen")
    expect(
        frozen == digests.keys(), f"in the manifest or in {folder}, not in both: {frozen ^ digests.keys()}"
    )
    for path, digest in digests.items():
        expect(hashlib.sha256(read(folder + path)).hexdigest() == digest, f"{folder}{path} was edited")


def load(wheel: Path, version: str) -> str:
    """Install the wheel alone, beside this interpreter's libraries; gives how many documents it loads."""
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        python = str(Path(folder) / "bin" / "python")
        run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python,
            "install", "--no-deps", "--no-index", str(wheel))  # fmt: skip
        # As a path and not as a site, so that the editable install there is not followed.
        libraries = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}
        return run(python, "-c", LOAD, version, folder=folder, environment=libraries).strip()


def run(*command: str, folder: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """What a command prints; its complaints are shown."""
    return subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, cwd=folder, env=environment
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
