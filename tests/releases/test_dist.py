"""A release: the same bytes whoever builds it, with the licences of all that is in it."""

import runpy
import zipfile

import pytest

from tests.house.sources import ROOT

pytestmark = pytest.mark.slow

SCRIPT = runpy.run_path(str(ROOT / ".ci" / "dist.py"))


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """Return the folder of a release; making it compares two builds."""
    folder = tmp_path_factory.mktemp("dist")
    SCRIPT["main"](sbom=False, dist=folder)
    return folder


def test_two_builds_are_the_same_bytes(dist):
    """Wheel and sdist, from copies with other names, times and rights; their digests stand beside them."""
    # SUP-2
    lines = (dist / "SHA256SUMS").read_text("utf-8").splitlines()
    assert {name: text for text, name in (line.split("  ") for line in lines)} == {
        path.name: SCRIPT["digest"](path) for path in dist.iterdir() if path.name != "SHA256SUMS"
    }
    assert len(lines) == 2


def test_a_difference_is_an_error(tmp_path, monkeypatch):
    """A build that writes down when it ran is no release."""
    names = SCRIPT["main"].__globals__

    def unsteady(folder, *, umask, when):
        folder.mkdir(parents=True)
        (folder / "a.whl").write_text(str(when + umask))
        return {"a.whl": folder / "a.whl"}

    monkeypatch.setitem(names, "built", unsteady)
    with pytest.raises(SystemExit, match=r"not reproducible: a\.whl"):
        SCRIPT["main"](sbom=False, dist=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_licences_of_what_is_vendored_are_in_the_metadata(dist):
    """Ours, and that of the lists of common passwords: each notice in the packages is a licence file."""
    (wheel,) = [zipfile.ZipFile(path) for path in dist.glob("*.whl")]
    held = {name.partition(".dist-info/licenses/")[2] for name in wheel.namelist() if "/licenses/" in name}
    notices = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("jwt_auth_*/**/*NOTICE*")}
    assert notices
    assert held == {"LICENSE", *notices}
