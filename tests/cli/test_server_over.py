"""What the server itself seals goes over to another suite at the command line."""

from click.testing import Result

from tests.cast import PASSPHRASE, Stage
from tests.cli.conftest import Run
from tests.use_cases.inviting import tried

OTHER = {"SAFESHARE_CONTENT_SUITE": "chacha20-poly1305"}


def test_an_operator_can_take_over_what_the_server_seals(run: Run, sqlite_stage: Stage) -> None:
    settings = {
        "SAFESHARE_DEMO": "1",
        "SAFESHARE_DATABASE_URL": sqlite_stage.system.settings.database_url,
        "SAFESHARE_KEYS_FOLDER": str(sqlite_stage.gate.vault.keys.folder),
    }

    def reseal(*words: str, **more: str) -> Result:
        done = run("reseal", *words, **settings, **more)
        assert done.exit_code == 0, done.output
        return done

    values = len(sqlite_stage.enrolled)
    said = "Values that the server seals, of another suite: {}."
    assert said.format(0) in reseal("--count").output
    assert said.format(values) in reseal("--count", **OTHER).output
    assert said.format(values) in reseal("--count", **OTHER).output, "counting changes nothing"
    done = reseal(**OTHER)
    assert f"Sealed anew by the server: {values} values. Could not be opened: 0." in done.output
    after = reseal(**OTHER)
    assert said.format(0) in after.output
    assert "Sealed anew" not in after.output
    assert said.format(values) in reseal("--count").output
    assert tried(sqlite_stage, "leader", PASSPHRASE, sqlite_stage.six_digits("leader"))
