"""What the pages say of files: what kind, how large, and how to mend what is not taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from safeshare.cleaning.kinds import FileKind
from safeshare.concerns.service.attaching import FileShown
from safeshare.files.rules import given_name
from safeshare.web.shared.i18n import gettext
from safeshare.web.shared.i18n import lazy_gettext as _

_MEGABYTE = 1024 * 1024

ACCEPTED = (
    ".jpg,.jpeg,.png,.heic,.pdf,.docx,.xlsx,.pptx,.txt,.mp4,.m4a,.mp3,"
    "image/jpeg,image/png,image/heic,application/pdf,text/plain,video/mp4,audio/mp4,audio/mpeg"
)
"""What a browser offers to choose from. Only a help: what a file is, its content says."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file on a page: what it is, and where it can be opened."""

    title: str
    about: str
    href: str
    id: UUID


def file_title(position: int) -> str:
    """The name by which both sides speak of a file."""
    return str(gettext("File %(number)s", number=position))


def about_file(kind: FileKind, size: int) -> str:
    """Its kind and size, such as: picture, 3.2 MB."""
    return str(gettext("%(kind)s, %(size)s", kind=_KINDS[kind], size=size_words(size)))


def size_words(size: int) -> str:
    """A size in megabytes to one place, small ones in kilobytes."""
    if size < _MEGABYTE / 10:
        return str(gettext("%(number)s KB", number=max(1, round(size / 1024))))
    return str(gettext("%(number)s MB", number=f"{size / _MEGABYTE:.1f}"))


def refusal_words(code: str, name: str | None) -> str:
    """Why a file was not taken and what to do, with the sender's own name for it."""
    words = str(_REFUSALS.get(code, _REFUSALS["damaged"]))
    called = given_name(name)
    return str(gettext("%(name)s: %(words)s", name=called, words=words)) if called else words


def lines_of(
    files: Sequence[FileShown], whose: Mapping[UUID | None, str], href: Mapping[UUID, str]
) -> list[FileLine]:
    """The files of a conversation as a page lists them. `whose` says by message who sent it when;
    under None stands what came with the concern.
    """
    return [
        FileLine(
            title=file_title(one.position),
            about=f"{about_file(one.kind, one.size)}. {whose.get(one.message_id, '')}",
            href=href[one.id],
            id=one.id,
        )
        for one in files
    ]


_PICTURE = _("picture")
_KINDS: Mapping[FileKind, object] = {
    FileKind.JPEG: _PICTURE,
    FileKind.PNG: _PICTURE,
    FileKind.HEIC: _PICTURE,
    FileKind.PDF: _("PDF document"),
    FileKind.DOCX: _("Word document"),
    FileKind.XLSX: _("Excel spreadsheet"),
    FileKind.PPTX: _("PowerPoint slides"),
    FileKind.TXT: _("plain text"),
    FileKind.MP4: _("video"),
    FileKind.M4A: _("sound recording"),
    FileKind.MP3: _("sound recording"),
}

_REFUSALS: Mapping[str, object] = {
    "empty": _("there is nothing in it. Choose the file again, or another one."),
    "too_large": _(
        "it is larger than 25 MB. Send a shorter part of it, or save it in a smaller size."
    ),
    "unknown": _(
        "we cannot take this kind of file. Save it as a PDF, or take a screenshot of it and add "
        "that."
    ),
    "several_kinds": _(
        "it looks like two kinds of file in one, so we did not take it. Open it, save it as a new "
        "file and add that; or take a screenshot."
    ),
    "damaged": _(
        "it is damaged or was cut off, so we could not clean it. Open it, save it as a new file "
        "and add that; or take a screenshot."
    ),
    "too_complex": _(
        "it is too big or too complicated inside for us to clean. Send only the pages or the "
        "part that matters, or take a screenshot."
    ),
    "locked": _("it is locked with a password. Save a copy without the password and add that."),
    "macros": _(
        "it has macros, which are small programs. Save it as an ordinary document (.docx, .xlsx or "
        ".pptx), or as a PDF, and add that."
    ),
    "no_heic": _(
        "we cannot take HEIC pictures here. Take a screenshot of it and add that, or set your "
        "phone's camera to JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)."
    ),
    "old_office": _(
        "it is in an older format. Open it, choose Save as, and save it as .docx, .xlsx, .pptx or "
        "PDF."
    ),
    "other_picture": _(
        "we take pictures as JPEG, PNG or HEIC. Take a screenshot of it and add that."
    ),
    "other_film": _(
        "we take video as MP4, and sound as MP3 or M4A. Save or share it as one of these. If you "
        "cannot, tell us in your words that you have it, and we look for another way together."
    ),
    "archive": _("it is an archive of several files. Add the files in it one by one."),
    "web_page": _("it is a web page or a program's file. Print it to PDF, or take a screenshot."),
    "program": _("it is a program. Tell us about it in words instead."),
    "virus": _("our virus check found something in it, so we did not take it."),
    "unchecked": _(
        "we could not check it for viruses just now, so we did not take it. You can send what you "
        "wrote now, and add the file later with a message."
    ),
    "no_room": _(
        "there is no room for it: together the files may have 100 MB. Remove one, or send this one "
        "later as a smaller part."
    ),
    "too_many_files": _("there are too many files. Remove one before you add another."),
    "gone": _(
        "Files are deleted when they are not sent for 2 hours, to keep you safe. Some of yours are "
        "gone: add them again, then send."
    ),
    "too_many_at_once": _("You can add at most 6 files at a time. Add the others next."),
}
