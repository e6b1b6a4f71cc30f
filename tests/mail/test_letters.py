"""Letters: what they say, in which words, and that nobody's text but ours becomes a link."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwt_auth_core.errors import SettingsError
from jwt_auth_core.mail.contents import Contents, lasts, link, plain_name, values_of
from jwt_auth_core.mail.letter import KINDS, LANGUAGES
from jwt_auth_core.mail.letters import NAMES, letters
from jwt_auth_core.mail.mailer import Letter
from jwt_auth_core.mail.mint import Lasting, LetterTokens
from jwt_auth_core.mail.template import parse_template
from jwt_auth_core.vocabulary import Secret

LINK = "https://example.com/auth/account/reset#token=a-b_c"
OURS = letters()
ALL = [(name, language) for name in NAMES for language in LANGUAGES]


def contents(name="reset", language="en", **fields):
    """Return what a letter is made of."""
    values = {
        "service": "Shop & Co",
        "at": 1_800_000_000,
        "link": LINK if KINDS[name].purpose else "",
        "link_seconds": 1800,
        "code": "WDJB-MJHT" if KINDS[name].has_code else "",
        "code_seconds": 900,
        "until": 1_802_592_000,
    }
    return Contents(name=name, language=language, **{**values, **fields})


class Links(HTMLParser):
    """Notes where the links of a page lead."""

    def __init__(self, page):
        super().__init__()
        self.found, self.tags = [], set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        """Note one."""
        self.tags.add(tag)
        self.found += [value for name, value in attributes if name in {"href", "src"}]


@pytest.mark.parametrize(("name", "language"), ALL)
def test_every_letter_is_there_in_every_language(name, language):
    """It names the service, has its link and code on lines of their own, and nothing is left open."""
    made = OURS[name, language](contents(name, language))
    lines = made.text.split("\n")
    assert "Shop & Co" in made.subject
    assert (LINK in lines, "WDJB-MJHT" in lines) == (KINDS[name].purpose is not None, KINDS[name].has_code)
    assert "$" not in made.subject + made.text + made.html


@pytest.mark.parametrize(("name", "language"), ALL)
def test_page_says_what_the_text_says(name, language):
    """HTML has the same words, one link at most, no pictures, and the language it is in."""
    made = OURS[name, language](contents(name, language))
    words = html.unescape(re.sub(r"<[^>]*>", " ", made.html.partition("<body")[2].partition(">")[2])).split()
    assert words == made.text.split()
    assert Links(made.html).found == ([LINK] if KINDS[name].purpose else [])
    assert f'<html lang="{language}">' in made.html


@pytest.mark.parametrize(("name", "language"), ALL)
def test_nothing_that_a_user_wrote_stands_in_our_letters(name, language):
    """Whoever registers with somebody else's address has nothing of his own delivered there."""
    plain = OURS[name, language](contents(name, language))
    assert OURS[name, language](contents(name, language, first_name="Ada")) == plain


def test_languages_differ():
    """No letter was left untranslated."""
    texts = [OURS[name, language](contents(name, language)).text for name, language in ALL]
    assert len(set(texts)) == len(texts)


def test_link_is_made_of_the_account_url_alone():
    """The token stands in the fragment, and can end neither that nor the line."""
    tokens = LetterTokens(Lasting(Secret("a/b\n#c"), 60))
    made = link("https://example.com/auth/account/", "email_changed", tokens)
    assert made == "https://example.com/auth/account/email-undo#token=a%2Fb%0A%23c"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (10, ("1 minute", "1 Minute", "1 minuto")),
        (900, ("15 minutes", "15 Minuten", "15 minutos")),
        (3600, ("60 minutes", "60 Minuten", "60 minutos")),
        (86_400, ("24 hours", "24 Stunden", "24 horas")),
        (259_200, ("3 days", "3 Tage", "3 días")),
    ],
)
def test_time_is_told_in_words(seconds, words):
    """Each language has its own, and one is not several."""
    assert tuple(lasts(seconds, language) for language in LANGUAGES) == words


@pytest.mark.parametrize("name", ["Ada", "Anne-Marie O'Neil", "Jürgen", "Владимир", "सीता", "José\u0301", ""])
def test_name_that_is_one_is_shown(name):
    """Letters of any script, with what joins them."""
    shown = values_of(contents(first_name=f" {name} "))
    assert shown["greeting"] == (f"Hello {shown['first_name']}," if name else "Hello,")


@pytest.mark.parametrize(
    "name",
    [
        "evil.com",
        "Ada evil。com",
        "http://evil",
        "ada@evil",
        "<b>Ada</b>",
        "call 0900 123",
        "Ada\nBcc: x",
        "Ada\u202egnp",
        "Ada\u200b",
        "you/won",
        "a" * 41,
    ],
)
def test_name_that_could_be_a_link_is_left_out(name):
    """What programs make links of, telephone numbers too, and what hides something is not shown at all."""
    assert (plain_name(name), values_of(contents(first_name=name))["greeting"]) == ("", "Hello,")


@given(st.text())
def test_no_name_becomes_a_link_or_markup(name):
    """Whatever somebody is called, an operator's template that greets by name has its own link alone."""
    template = parse_template(
        "reset", "Subject: $first_name\n$greeting\n\n$link\n", "<p>$greeting <a href='$link'>x</a>"
    )
    made = template(contents(first_name=name))
    assert Links(made.html).found == [LINK]
    assert Links(made.html).tags == {"p", "a"}
    assert made.subject.isprintable()
    assert re.findall(r"\S*[.@/:0-9]\S*", made.text) == [LINK]


def test_folder_replaces_letters_one_by_one(tmp_path):
    """A text for one language, one for the rest, HTML where there is some; other letters stay ours."""
    (tmp_path / "reset.de.txt").write_text("Subject: Neu\r\n\r\n$link\r\n")
    (tmp_path / "reset.txt").write_text("Subject: New at $service\n\n$greeting\n\nA & B <c>\nd\n\n$link\n")
    (tmp_path / "reset.html").write_text('<h1>$service</h1><a href="$link">$$</a>')
    (tmp_path / "README.md").write_text("not a letter")
    made = letters(str(tmp_path))
    assert made["reset", "de"](contents()).text == f"{LINK}\n"
    assert made["reset", "es"](contents()) == Letter(
        "New at Shop & Co",
        f"Hello,\n\nA & B <c>\nd\n\n{LINK}\n",
        f'<h1>Shop &amp; Co</h1><a href="{LINK}">$</a>',
    )
    assert made["verify", "de"](contents("verify", "de")) == OURS["verify", "de"](contents("verify", "de"))


def test_words_of_a_text_are_no_markup(tmp_path):
    """HTML that is made of a text has that text's characters as they are."""
    (tmp_path / "reset.txt").write_text("Subject: s\n\nA & B <c>\nd\n\n$link\n")
    made = letters(str(tmp_path))["reset", "en"](contents())
    assert "<p>A &amp; B &lt;c&gt;<br>\nd</p>" in made.html


def test_function_replaces_a_letter(tmp_path):
    """A function of one's own writes a letter in all languages, before any file."""
    (tmp_path / "reset.txt").write_text("Subject: s\n\n$link\n")
    made = letters(str(tmp_path), {"reset": lambda given: Letter("mine", given.link, given.language)})
    assert made["reset", "es"](contents(language="es")) == Letter("mine", LINK, "es")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"reset.txt": "Hello\n$link"}, 'reset.txt, which must begin with a line "Subject: ..."'),
        ({"reset.txt": "Subject:\n$link"}, "must begin with"),
        ({"reset.txt": "Subject: a\x0bb\n$link"}, "must begin with"),
        ({"reset.en.txt": "Subject: s\nHello"}, r"reset.en.txt, which must have \$link or \$code"),
        ({"reset.txt": "Subject: s\n$lnk"}, r"has \$lnk, which is nothing; there are: \$at, \$code"),
        ({"reset.txt": "Subject: s\n$link 5 $"}, r"has a \$ before no name"),
        ({"reset.txt": "Subject: s\n$link", "reset.html": "<p>"}, r"must have \$link or \$code"),
        ({"rest.txt": "Subject: s\n$link"}, "rest.txt, which is no letter; there are: verify, reset"),
        ({"reset.fr.txt": "Subject: s\n$link"}, "each for one of en, de, es or for all"),
        ({"reset.html": "$link"}, "reset.html, and no reset.txt beside it"),
    ],
)
def test_wrong_template_is_named(tmp_path, files, problem):
    """At start-up, not when somebody waits for a letter."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=problem):
        letters(str(tmp_path))


def test_folder_that_cannot_be_read_is_said(tmp_path):
    """No folder there, or a text that is not UTF-8."""
    with pytest.raises(SettingsError, match="MAIL_TEMPLATES cannot be read"):
        letters(str(tmp_path / "nowhere"))
    (tmp_path / "reset.txt").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="in UTF-8"):
        letters(str(tmp_path))


def test_function_for_no_letter_is_refused():
    """A name that is misspelt is no letter that never comes."""
    with pytest.raises(SettingsError, match="no letter is named 'rest'"):
        letters(None, {"rest": lambda _: Letter("", "", "")})
