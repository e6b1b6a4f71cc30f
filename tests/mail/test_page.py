"""docs/mail.md says what is so: variables, letters, names in templates, times, and code that runs."""

import re

import pytest

from jwt_auth_core.mail.contents import LONGEST_NAME, Contents, values_of
from jwt_auth_core.mail.letter import KINDS
from jwt_auth_core.mail.letters import letters
from jwt_auth_core.mail.mail_url import parse_mail_url
from jwt_auth_core.mail.mailer import Undelivered
from jwt_auth_core.mail.smtplib import SECONDS
from jwt_auth_core.mail.template import parse_template
from tests.house.sources import ROOT
from tests.mail.letters import mail

PAGE = (ROOT / "docs" / "mail.md").read_text("utf-8")
SAMPLE = Contents(name="reset", language="en", service="Shop", at=0, link="https://x.example/#token=t")


def test_every_mailer_of_the_page_is_one():
    """And every one is on the page."""
    urls = re.findall(r"^\| `([a-z]+:[^`]*)` \|", PAGE, re.MULTILINE)
    assert [parse_mail_url(url).scheme for url in urls] == ["smtp", "smtps", "console", "file", "memory"]


def test_every_letter_is_on_the_page():
    """With what it carries."""
    rows = dict(re.findall(r"^\| `([a-z_]+)` \|.*\|([^|]*)\|$", PAGE, re.MULTILINE))
    carried = {name: ("link" in what, "code" in what) for name, what in rows.items()}
    assert carried == {name: (kind.purpose is not None, kind.has_code) for name, kind in KINDS.items()}
    pages = re.search(r"\{ACCOUNT_URL\}/\{(.*)\}#token", PAGE)[1].split("|")
    assert set(pages) == {kind.page for kind in KINDS.values() if kind.page}


def test_every_name_in_templates_is_on_the_page():
    """And no other."""
    (line,) = re.findall(r"^There are (.*); `\$\$`", PAGE, re.MULTILINE)
    assert set(re.findall(r"`\$(\w+)`", line)) == set(values_of(SAMPLE))
    assert f"at most\n{LONGEST_NAME}." in PAGE


def test_the_template_of_the_page_is_good():
    """As it stands there."""
    (text,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert parse_template("reset", text)(SAMPLE).subject == "A new password for Shop"


def test_the_python_of_the_page_runs():
    """A mailer and a letter of one's own."""
    names = {"post_somewhere": lambda *_: 503}
    for text in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(text, "docs/mail.md", "exec", dont_inherit=True), names)  # noqa: S102 - our own page
    assert names["ApiMailer"]().send(mail()) == Undelivered("http_503", is_down=True)
    made = letters(None, {"reset": names["my_reset"]})["reset", "de"](SAMPLE)
    assert SAMPLE.link in made.text


@pytest.mark.parametrize("said", [f"within {'ten' if SECONDS == 10 else SECONDS} seconds"])
def test_the_time_of_an_exchange_is_that_of_the_page(said):
    """However slow a server is."""
    assert said in PAGE
