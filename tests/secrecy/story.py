"""One whole story, told through the pages of both apps: what is planted goes in by every field."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO

from flask import Flask

from safeshare.app import create_reporter_app, create_staff_app
from safeshare.kernel.sealed import Compartment
from safeshare.updates.rules import months_after
from tests.cast import Stage
from tests.secrecy.planted import Planted
from tests.use_cases.handlers import holders_of
from tests.use_cases.recovered import newcomer
from tests.web.reporter.browsing import Browser
from tests.web.staff.desk import Desk
from worker.tasks import TASKS

AWAY = 31
"""Minutes after which a session of either app is closed."""


@dataclass
class Story:
    """A reporter and a handler, who signs in as `name`. `words` is the access code, once there is
    one.
    """

    stage: Stage
    planted: Planted = field(default_factory=Planted)
    reference: str = ""
    name: str = ""
    words: list[str] = field(default_factory=list, repr=False)

    @cached_property
    def reporter_app(self) -> Flask:
        """The public app."""
        return create_reporter_app(self.stage.system)

    @cached_property
    def handler(self) -> Desk:
        """The browser of somebody who holds the case."""
        return self._new_desk()

    def _new_desk(self) -> Desk:
        return Desk(create_staff_app(self.stage.system).test_client(), self.stage)

    def tell(self) -> Browser:
        """A confidential concern with everything that can be told, up to the proof of the code."""
        say, word = self.planted.sentence, self.planted.word
        reporter = Browser(self.reporter_app).open("/form/safety")
        reporter.answer(("safety", {"danger": "yes"}), ("want", {"want": "share"}))
        reporter.answer(("about", {"stake": "me"}), ("known", {"mode": "confidential"}))
        details = {"name": word("name"), "phone": word("phone"), "reach": word("reach")}
        reporter.answer(("name", details))
        reporter.answer(("what", {"concern": say("concern"), "wishes": say("wishes")}))
        where = {
            "place": str(self.stage.places["north"]),
            "where": say("where"),
            "when": say("when"),
        }
        reporter.answer(("more", {"further": "yes"}), ("place", where))
        reporter.answer(("people", {"who": say("who")}), ("risk", {"risk": say("risk")}))
        reporter.answer(("team", {"handle_by": "hr"}), ("readers", {}))
        attached = (BytesIO(say("file").encode()), f"{word('file name')}.txt")
        reporter.answer(("files", {"files": [attached]}))
        reporter.answer(("reach", {"address": self.planted.address}), ("check", {}))
        assert reporter.path == "/form/code", reporter.text
        self.words = reporter.words
        self.planted.plant_code(self.words)
        reporter.prove()
        assert reporter.path == "/form/done"
        self.reference = reporter.text.partition("Your reference is ")[2][:12]
        return reporter

    def begin_and_stop(self) -> None:
        """A draft that is left alone, and one that was typed into a page from long ago."""
        say = self.planted.sentence
        Browser(self.reporter_app).open("/form/what").send(concern=say("abandoned draft"))
        late = Browser(self.reporter_app).open("/form/what")
        self.stage.time.advance(hours=2, minutes=1)
        assert late.send(concern=say("late draft")).page.status_code == 400

    def come_back(self, name: str) -> None:
        """Read the mailbox, write, and write once more when it has closed."""
        say = self.planted.sentence
        mailbox = Browser(self.reporter_app).open("/messages/enter")
        mailbox.send(code=say("wrong access code"))
        mailbox.enter([*self.words[:-1], "zebra"])
        assert mailbox.enter(self.words).path == "/messages"
        attached = (BytesIO(say(f"file of {name}").encode()), f"{self._word(name)}.txt")
        message = say(f"{name} from the reporter")
        mailbox.send("/messages", message=message, go="files")
        mailbox.send("/messages/files/add", files=[attached])
        mailbox.send("/messages", message=message)
        assert self.planted.texts[f"{name} from the reporter"].split()[0] in mailbox.text

    def _word(self, name: str) -> str:
        return self.planted.word(f"name of the file of {name}")

    def answer_the_question(self) -> None:
        """Look at who did what, and agree to what was asked."""
        mailbox = Browser(self.reporter_app).enter(self.words).open("/messages/history")
        mailbox.open("/messages/question")
        asked = mailbox.page.text.split('name="asked"')[1].split('value="')[1].split('"')[0]
        assert mailbox.send(asked=asked, answer="yes").path == "/messages"

    def turn_away(self) -> None:
        """Take the case from whoever has it, and ask the overseer to look."""
        mailbox = Browser(self.reporter_app).enter(self.words)
        assert mailbox.open("/messages/else").send(earlier="lose").path == "/messages"
        assert mailbox.open("/messages/overseer").send().path == "/messages"

    def write_too_late(self) -> None:
        """Write a message into a mailbox that has closed."""
        mailbox = Browser(self.reporter_app).enter(self.words)
        self.stage.time.advance(minutes=AWAY)
        said = self.planted.sentence("message that came too late")
        assert mailbox.send("/messages", message=said).page.status_code == 400
        mailbox.send("/messages/enter", code=" ".join(self.words), unsent=said)

    def sign_in(self) -> None:
        """Sign in as a holder who keeps the name, at first with a wrong passphrase."""
        keepers = holders_of(self.stage, self.reference, Compartment.IDENTITY)
        self.name = name = self.name if self.name in keepers else keepers[0]
        self.handler.sign_in(name, passphrase=self.planted.sentence("wrong passphrase"))
        self.stage.time.advance(seconds=30)
        assert self.handler.sign_in(name).status_code == 303

    def read_and_answer(self) -> None:
        """Open the case, acknowledge it, ask."""
        case = f"/cases/{self.reference}"
        self.sign_in()
        self.handler.get(f"{case}/conflict")
        assert self.handler.send(f"{case}/conflict", tie="no").status_code == 303
        self.handler.get(case)
        assert self.planted.texts["concern"].split()[0] in self.handler.page
        self.handler.get(f"{case}/take")
        assert self.handler.send(f"{case}/take").status_code == 303
        self._write("acknowledge", "thanks")
        self._write("message", "question")

    def ask_for_the_name(self) -> None:
        """Put a question to the reporter that only they decide."""
        self._decide("name/ask", "question about the name")

    def decide_with_others(self) -> None:
        """Everything for which a reason or a question is written down: the risk, a decision, the
        name, an original, a copy of the case, a colleague who is added, another team that it is
        passed on to.
        """
        colleague = newcomer(self.stage)
        staff_id = str(self.stage.enrolled[colleague].staff_id)
        judged = {"harm": "4", "likelihood": "2", "category": "", "overrides": "life"}
        self._decide("risk", "risk reason", **judged, steps="emergency_called")
        self._decide("decision", "why a decision was proposed", what="no_case")
        until = months_after(self.stage.gate.clock.today(), 4).isoformat()
        self._decide("later-date", "why it takes longer", until=until)
        self._hand_the_name_over()
        self._ask_and_take_back()
        self._decide("name/necessary", "why the name is needed", purpose="life")
        self._decide("add-holder", "why somebody was added", "reason", staff_id=staff_id)
        self._open_the_original()
        self._save_the_case()
        self._decide("pass-on", "why it was passed on", queue="safeguarding", keeps="yes")
        assert colleague in holders_of(self.stage, self.reference)

    def _decide(self, page: str, secret: str, name: str = "text", **fields: str) -> None:
        path = f"/cases/{self.reference}/{page}"
        self.handler.get(path)
        said = {**fields, name: self.planted.sentence(secret)}
        assert self.handler.send(path, **said).status_code == 303, (page, self.handler.page)

    def _hand_the_name_over(self) -> None:
        """Let a holder who does not keep the name take the case, and give them its key."""
        keepers = holders_of(self.stage, self.reference, Compartment.IDENTITY)
        others = [n for n in holders_of(self.stage, self.reference) if n not in keepers]
        case, other = f"/cases/{self.reference}", self._new_desk()
        assert other.sign_in(others[0]).status_code == 303
        for page, fields in (("conflict", {"tie": "no"}), ("take", {})):
            other.get(f"{case}/{page}")
            assert other.send(f"{case}/{page}", **fields).status_code == 303, other.page
        to, gives_up = (self.stage.enrolled[one].staff_id for one in (others[0], keepers[1]))
        self._decide("name/hand-over", "why the name changed hands", change=f"{to} {gives_up}")
        assert others[0] in holders_of(self.stage, self.reference, Compartment.IDENTITY)

    def _ask_and_take_back(self) -> None:
        """Ask the reporter about the name, and withdraw the question."""
        self.ask_for_the_name()
        page = f"/cases/{self.reference}/name"
        self.handler.get(page)
        request = self.handler.page.split(f"{page}/")[1:]
        (found,) = {one.split('"')[0] for one in request if one[8:9] == "-"}
        self.handler.get(f"{page}/{found}")
        assert self.handler.send(f"{page}/{found}", decision="withdraw").status_code == 303

    def _save_the_case(self) -> None:
        """A copy of the case goes to the handler's own machine, and stays nowhere else."""
        path = f"/cases/{self.reference}/export"
        self.handler.get(path)
        reason = self.planted.sentence("why the case was saved")
        self.handler.send(path, purpose="court", text=reason)
        assert self.planted.texts["concern"].split()[0] in self.handler.page
        self.handler.get(path)
        assert reason.split()[0] in self.handler.page

    def _open_the_original(self) -> None:
        case = f"/cases/{self.reference}"
        self.handler.get(case)
        file = self.handler.page.split(f"{case}/files/")[1].split('"')[0]
        self.handler.get(f"{case}/files/{file}")
        reason = self.planted.sentence("why the original is needed")
        self.handler.send(f"{case}/files/{file}/original", reason=reason)
        assert self.planted.texts["file"].split()[0] in self.handler.page
        self.handler.get(f"{case}/files/{file}")
        assert reason.split()[0] in self.handler.page

    def park_and_close(self) -> None:
        """Write while the session has ended, and close the case after all."""
        case, say = f"/cases/{self.reference}", self.planted.sentence
        self.handler.get(f"{case}/message")
        self.stage.time.advance(minutes=AWAY)
        self.handler.send(f"{case}/message", text=say("unsent message"))
        self.sign_in()
        self.handler.get("/unsent")
        assert self.planted.texts["unsent message"].split()[0] in self.handler.page
        self.handler.get(f"{case}/status")
        self.handler.send(f"{case}/status", status="informal")
        self.handler.get(f"{case}/close")
        assert (
            self.handler.send(
                f"{case}/close", outcome="resolved", text=say("last words")
            ).status_code
            == 303
        ), self.handler.page

    def work(self) -> None:
        """Let the worker do everything that it ever does, once."""
        for task in TASKS:
            task.run(self.stage.system)

    def _write(self, page: str, name: str) -> None:
        self.handler.get(f"/cases/{self.reference}/{page}")
        sent = self.handler.send(
            f"/cases/{self.reference}/{page}", text=self.planted.sentence(name)
        )
        assert sent.status_code == 303, self.handler.page


def everything(story: Story) -> None:
    """The whole story."""
    story.begin_and_stop()
    story.tell()
    story.work()
    story.read_and_answer()
    story.decide_with_others()
    story.work()
    story.come_back("first message")
    story.write_too_late()
    story.park_and_close()
    story.come_back("last message")
    story.stage.time.advance(days=1)
    story.work()


def with_settings(stage: Stage, **settings: object) -> Stage:
    """The same stage under other settings."""
    changed = replace(stage.system.settings, **settings)  # type: ignore[arg-type]
    return replace(stage, system=replace(stage.system, settings=changed))
