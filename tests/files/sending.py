"""What people do with files, for the tests of them."""

from collections.abc import Sequence
from contextlib import closing
from uuid import UUID, uuid4

from sqlalchemy import select

from safeshare.concerns.service.submit import SubmitConcern, Submitted, submit_concern
from safeshare.files.models import FileChunk, FilePart, StoredFile
from safeshare.files.service.keeping import TakeFile, TakenFile, take_file
from safeshare.files.service.spool import SealedSpool
from safeshare.gate import Gate
from safeshare.kernel.actors import Actor, Reporter, Stranger
from safeshare.kernel.identifiers import new_id
from safeshare.kernel.sealed import AccessCode
from safeshare.mailbox.service.entering import EnterMailbox, enter_mailbox
from safeshare.mailbox.service.writing import WriteAsReporter, write_as_reporter
from tests.cast import Stage


def spooled(gate: Gate, content: bytes) -> SealedSpool:
    """A file that has come, as the web hands it over."""
    spool = SealedSpool(gate.vault, new_id(), FilePart.ORIGINAL)
    for at in range(0, len(content), 65_536):
        spool.write(content[at : at + 65_536])
    return spool


def taken(
    stage: Stage, content: bytes, name: str = "mine.txt", actor: Actor | None = None
) -> TakenFile:
    """A file that was taken and waits to be sent."""
    with closing(spooled(stage.gate, content)) as spool:
        return stage.gate.run(take_file, actor or Stranger(), TakeFile(spool, name))


def sent_with(stage: Stage, *files: TakenFile) -> tuple[Submitted, AccessCode]:
    """A concern that is sent with files."""
    code = stage.gate.vault.new_access_code()
    answers = {"concern": "Something is wrong.", "handle_by": "hr"}
    command = SubmitConcern(answers, {}, "", (), code, files=files)
    return stage.gate.run(submit_concern, Stranger(), command), code


def reporter_with(stage: Stage, code: AccessCode) -> Reporter:
    """Whoever has this code, at their mailbox."""
    opened = stage.gate.run(enter_mailbox, Stranger(), EnterMailbox(" ".join(code.words)))
    return Reporter(opened.case_id, opened.party_id, opened.private_key)


def write_with(
    stage: Stage, reporter: Reporter, *files: TakenFile, text: str = "Here it is."
) -> UUID:
    """A message of the reporter's with files. Returns its id."""
    message_id = uuid4()
    stage.gate.run(write_as_reporter, reporter, WriteAsReporter(text, message_id, files))
    return message_id


def chunks_of(stage: Stage, file_id: UUID) -> Sequence[FileChunk]:
    """The stored chunks of a file."""
    with stage.system.database.reading() as session:
        rows = select(FileChunk).where(FileChunk.file_id == file_id)
        return session.scalars(rows.order_by(FileChunk.part, FileChunk.position)).all()


def stored(stage: Stage) -> dict[UUID, int | None]:
    """Every stored file, with the turns that it has left."""
    with stage.system.database.reading() as session:
        return {row.id: row.turns_left for row in session.scalars(select(StoredFile))}
