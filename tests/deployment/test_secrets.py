"""Secrets as docs/deployment.md makes them: by its commands; Docker is stood in for."""

from __future__ import annotations

import os
import re
import subprocess

from jwt_auth_core import Settings
from tests.blocks import block
from tests.deployment.files import FOLDER

PAGE = "docs/deployment.md"
DOCKER = '#!/bin/sh\necho "docker $*"\n'


def shell(text, place):
    """Return what a block of the page prints where a program called `docker` only says how it was called."""
    (place / "docker").write_text(DOCKER)
    (place / "docker").chmod(0o755)
    env = {**os.environ, "PATH": f"{place}:{os.environ['PATH']}"}
    command = ["bash", "-euc", text]
    return subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=True).stdout


def test_two_secrets_are_made(tmp_path):
    """Each is good for what stands behind its command."""
    text = block(PAGE, "shell", "# JWT_KEY")
    names = re.findall(r"# ([A-Z_]+):", text)
    values = dict(zip(names, shell(text, tmp_path).split(), strict=True))
    read = Settings.from_env(values)
    assert read.jwt_key.reveal() == values["JWT_KEY"] != values["ENCRYPTION_KEYS"]
    assert read.encryption_keys


def test_compose_finds_all_that_it_asks_for(tmp_path):
    """In the file beside it, each of which would stop it; then it is started."""
    (tmp_path / "examples" / "deploy").mkdir(parents=True)
    said = shell(block(PAGE, "shell", "docker compose"), tmp_path)
    lines = (tmp_path / "examples" / "deploy" / ".env").read_text("utf-8").splitlines()
    assert (tmp_path / "examples" / "deploy" / ".env").stat().st_mode & 0o777 == 0o600
    asked = re.findall(r"\$\{(\w+):\?", (FOLDER / "compose.yaml").read_text("utf-8"))
    assert {line.partition("=")[0] for line in lines} == set(asked)
    assert said == "docker compose -f examples/deploy/compose.yaml up --build\n"
