"""Mailers that send nothing: the console's, a folder's, and one in memory."""

import io
import os
from email import message_from_bytes
from email.policy import SMTP

import pytest

from jwt_auth_core.mail.address import Mailbox
from jwt_auth_core.mail.console import ConsoleMailer
from jwt_auth_core.mail.folder import FolderMailer
from jwt_auth_core.mail.mailer import Undelivered
from jwt_auth_core.mail.memory import MemoryMailer
from tests.mail.letters import TEXT, mail


def test_console_shows_headers_and_text():
    """A developer reads the link as it is, not encoded."""
    stream = io.StringIO()
    assert ConsoleMailer(stream).send(mail(sender=Mailbox("a@example.com", "Jürgen"))) is None
    head, _, text = stream.getvalue().partition("\n\n")
    assert "From: Jürgen <a@example.com>\nTo: ada@example.com\nSubject: Ihr Passwort" in head
    assert text == TEXT + "\n"


def test_console_is_the_error_stream_of_the_moment(capsys):
    """Standard output stays free for what a program prints."""
    ConsoleMailer().send(mail())
    shown = capsys.readouterr()
    assert (shown.out, "Ihr Passwort" in shown.err) == ("", True)


def test_folder_has_one_private_file_a_letter(tmp_path):
    """The folder is made, and only its owner reads what is in it."""
    folder = tmp_path / "a" / "letters"
    assert FolderMailer(str(folder)).send(mail(message_id="msg_1/../x@example.com")) is None
    (file,) = folder.iterdir()
    assert (file.name, file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (
        "msg_1____x.eml",
        0o600,
        0o700,
    )
    assert message_from_bytes(file.read_bytes(), policy=SMTP)["Subject"] == "Ihr Passwort"


def test_letter_that_comes_again_replaces_its_file(tmp_path):
    """A repetition is the same letter, and no half of it is ever seen under its name."""
    mailer = FolderMailer(str(tmp_path))
    mailer.send(mail())
    mailer.send(mail(subject="again"))
    (file,) = tmp_path.iterdir()
    assert b"Subject: again" in file.read_bytes()


def test_folder_that_cannot_be_written_lets_letters_wait(tmp_path):
    """A file in the place of the folder, or a disk that is full, is no end of the letter."""
    (tmp_path / "file").touch()
    assert FolderMailer(str(tmp_path / "file")).send(mail()) == Undelivered("folder_unwritable", is_down=True)


def test_half_a_file_is_taken_away(tmp_path, monkeypatch):
    """What could not be written whole leaves nothing behind."""

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert FolderMailer(str(tmp_path)).send(mail()) == Undelivered("folder_unwritable", is_down=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "make", [lambda _: ConsoleMailer(io.StringIO()), lambda path: FolderMailer(str(path))]
)
def test_line_break_in_a_header_is_refused_by_all(make, tmp_path):
    """A letter that no server would get is not shown, either."""
    with pytest.raises(ValueError, match="Subject"):
        make(tmp_path).send(mail(subject="a\nBcc: eve@example.com"))


def test_memory_keeps_each_letter_once():
    """As in a mailbox, a repetition takes the place of the one before."""
    mailer = MemoryMailer()
    for message_id, subject in (("1@a", "first"), ("2@a", "second"), ("1@a", "again")):
        assert mailer.send(mail(message_id=message_id, subject=subject)) is None
    assert [one.letter.subject for one in mailer.sent] == ["second", "again"]
