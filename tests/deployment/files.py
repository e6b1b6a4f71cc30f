"""The files of ``examples/deploy/``, as the tests read them."""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "examples" / "deploy"
SERVE = ("jwt-auth", "serve", "--host")
MIGRATE = ("jwt-auth", "migrate")


class Template(yaml.SafeLoader):
    """Reads CloudFormation's YAML, whose tags stand for values that are known when it is deployed."""


Template.add_multi_constructor("!", lambda _loader, tag, _node: tag)


def manifests() -> list[Any]:
    """Return the objects for Kubernetes."""
    text = (FOLDER / "kubernetes" / "jwt-auth.yaml").read_text()
    return list(yaml.safe_load_all(text))


def dockerfile(instruction: str) -> list[str]:
    """Return the words of the last instruction of a kind, all of which are lists: no shell reads them."""
    lines = (FOLDER / "Dockerfile").read_text().splitlines()
    (*_, line) = (line for line in lines if line.startswith(f"{instruction} "))
    words: list[str] = json.loads(line[line.index("[") :])
    return words


def commands() -> dict[str, tuple[Sequence[str], Sequence[str]]]:
    """Return how each place migrates and serves."""
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
    fly = tomllib.loads((FOLDER / "fly.toml").read_text())
    railway = json.loads((FOLDER / "railway.json").read_text())["deploy"]
    template = yaml.load((FOLDER / "cloudformation.yaml").read_text(), Template)  # noqa: S506 - a safe one
    migrate, serve = template["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
    (pods,) = (one["spec"]["template"]["spec"] for one in manifests() if one["kind"] == "Deployment")
    unit = dict(line.split("=", 1) for line in _lines("jwt-auth.service") if "=" in line)
    image = dockerfile("CMD")
    (before,) = railway["preDeployCommand"]
    return {
        "compose": (compose["migrate"]["command"], image),
        "fly": (shlex.split(fly["deploy"]["release_command"]), image),
        "railway": (shlex.split(before), shlex.split(railway["startCommand"])),
        "aws": (migrate["Command"], serve["Command"]),
        "kubernetes": (pods["initContainers"][0]["command"], pods["containers"][0]["command"]),
        "systemd": (_bare(unit["ExecStartPre"]), _bare(unit["ExecStart"])),
    }


def probes() -> set[str]:
    """Return the paths that health checks ask for."""
    texts = [path.read_text() for path in FOLDER.rglob("*") if path.is_file()]
    words = (word.strip("\"',}") for text in texts for word in text.replace("'", " ").split())
    return {word[word.index("/auth/") :] for word in words if "/auth/health/" in word}


def _lines(name: str) -> list[str]:
    return (FOLDER / name).read_text().splitlines()


def _bare(command: str) -> list[str]:
    """Return a command without the folder of its program."""
    program, *words = shlex.split(command)
    return [Path(program).name, *words]
