"""The drawing of the protocol in docs/refresh.svg is that of the rule."""

import runpy

from jwt_auth_core.sessions.session import Verdict
from tests.house.sources import ROOT

SCRIPT = runpy.run_path(str(ROOT / "docs" / "draw_refresh.py"))
OF_THE_STORE = {Verdict.LIMITED, Verdict.BUSY, Verdict.UNAVAILABLE}  # not of the rule


def test_the_drawing_is_current():
    """docs/refresh.svg is as ``python docs/draw_refresh.py`` writes it: run that when this fails."""
    assert SCRIPT["PICTURE"].read_text("utf-8") == SCRIPT["drawing"]()


def test_the_drawing_has_every_verdict():
    """Each verdict that the rule can give stands in a row."""
    drawn = {SCRIPT["judged"](record, token, now).verdict for _, _, record, token, now in SCRIPT["ROWS"]}
    assert drawn == set(Verdict) - OF_THE_STORE
