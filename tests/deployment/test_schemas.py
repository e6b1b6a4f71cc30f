"""What is written for a vendor's machines is held by the vendor's schema, or by the linter made of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig

import kubernetes_validate
import pytest

from tests.deployment.files import FOLDER, manifests

KUBERNETES = ("1.30", "1.34")


def checked(*command: str) -> None:
    """Run a linter, and show what it found."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_compose_file_is_one():
    """By the Compose Specification's schema."""
    schema = ("--builtin-schema", "vendor.compose-spec")
    checked(sys.executable, "-m", "check_jsonschema", *schema, str(FOLDER / "compose.yaml"))


@pytest.mark.slow
def test_the_template_is_one():
    """By the resource schemas of CloudFormation; a warning fails as well."""
    checked(f"{sysconfig.get_path('scripts')}/cfn-lint", "--", str(FOLDER / "cloudformation.yaml"))


@pytest.mark.parametrize("version", KUBERNETES)
def test_the_manifests_are_some(version):
    """By the schemas of an old and a new Kubernetes, with no field that these do not know."""
    for manifest in manifests():
        kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_the_unit_is_hardened():
    """By systemd's own judgement: an exposure of less than 2 of 10."""
    unit = str(FOLDER / "jwt-auth.service")
    checked("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", unit)
