"""Every table of the product in one place, for migrations and for the tests that compare them."""

from safeshare.casework import models as casework
from safeshare.concerns import models as concerns
from safeshare.db.base import Base
from safeshare.files import models as files
from safeshare.gate import models as gate
from safeshare.ledger import models as ledger
from safeshare.mailbox import models as mailbox
from safeshare.outbox import models as outbox
from safeshare.oversight import models as oversight
from safeshare.people import models as people
from safeshare.themes import models as themes
from safeshare.updates import models as updates

METADATA = Base.metadata

__all__ = [
    "METADATA",
    "casework",
    "concerns",
    "files",
    "gate",
    "ledger",
    "mailbox",
    "outbox",
    "oversight",
    "people",
    "themes",
    "updates",
]
