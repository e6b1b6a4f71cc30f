"""Makes a release in ``dist/``, and holds that it is reproducible: ``python .ci/dist.py [--no-sbom]``.

Each distribution is built twice, in folders of different names, from copies that differ in times and rights.
What differs by a byte is an error. Beside them: their SHA-256, and what all extras bring (CycloneDX).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (
    "jwt_auth_core",
    "jwt_auth_asgi",
    "jwt_auth_fastapi",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
)


def epoch() -> str:
    """Return the time that files in the archives have: that of the last commit, unless it is given."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    words = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return given or subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def built(folder: Path, *, umask: int, when: int) -> dict[str, Path]:
    """Build both distributions from a copy of the sources; return them by name."""
    copy = folder / "sources"
    copy.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    for path in copy.rglob("*"):
        os.utime(path, (when, when))
        path.chmod((0o777 if path.is_dir() else 0o666) & ~umask)
    words = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(copy)]
    env = {**os.environ, "SOURCE_DATE_EPOCH": epoch()}
    done = subprocess.run(words, env=env, umask=umask, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return {path.name: path for path in sorted((folder / "dist").iterdir())}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bill(wheel: Path, target: Path) -> None:
    """Write what a new environment has when it has the wheel with all extras, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        python = str(Path(folder, "bin", "python"))
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", f"{wheel}[all]"]
        subprocess.run(pip, check=True)
        tool = [str(Path(sys.executable).with_name("cyclonedx-py")), "environment", "--output-reproducible"]
        tool += ["--mc-type", "library", "--pyproject", str(ROOT / "pyproject.toml")]
        env = {**os.environ, "SOURCE_DATE_EPOCH": epoch()}
        subprocess.run([*tool, "--output-file", str(target), python], env=env, check=True)


def main(*, sbom: bool, dist: Path = ROOT / "dist") -> None:
    """Build twice, compare, keep the first."""
    with tempfile.TemporaryDirectory() as folder:
        first = built(Path(folder, "one"), umask=0o022, when=1_500_000_000)
        second = built(Path(folder, "the-other"), umask=0o077, when=1_600_000_000)
        sums = {name: digest(path) for name, path in first.items()}
        if differing := [name for name, path in second.items() if sums.get(name) != digest(path)]:
            sys.exit(f"not reproducible: {', '.join(differing)}")
        dist.mkdir(exist_ok=True)
        for name, path in first.items():
            shutil.copy(path, dist / name)
    lines = [f"{text}  {name}\n" for name, text in sums.items()]
    (dist / "SHA256SUMS").write_text("".join(lines), "utf-8")
    sys.stdout.write("".join(lines))
    if sbom:
        (wheel,) = [dist / name for name in sums if name.endswith(".whl")]
        bill(wheel, dist / "sbom.cdx.json")


if __name__ == "__main__":
    main(sbom="--no-sbom" not in sys.argv)
