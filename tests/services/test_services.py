"""The private servers do what the other tests rely on."""

import errno
import smtplib
import socket
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
import redis

from tests.services.mail import HANG_UP, MailSink
from tests.services.postgres import Postgres
from tests.services.processes import MissingServiceError, find_program, free_port
from tests.services.redis_server import RedisServer
from tests.services.sockets import OutsideSocketError


def _send(sink: MailSink, message_id: str) -> None:
    message = EmailMessage()
    message["From"] = "post@safeshare.example"
    message["To"] = "somebody@home.example"
    message["Message-ID"] = message_id
    message.set_content("You have a message.")
    with smtplib.SMTP(sink.host, sink.port, local_hostname="tests.example", timeout=60) as client:
        client.send_message(message)


def test_a_test_can_copy_a_prepared_database(postgres: Postgres) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        name = url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(postgres.dsn(name)) as connection:
            connection.execute("CREATE TABLE kept (number integer)")

    copies = [postgres.new_database(postgres.template("copying", prepare)) for _ in range(2)]
    for copy in copies:
        with psycopg.connect(postgres.dsn(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        postgres.drop(copy)
    assert len(prepared) == 1


def test_postgres_cannot_be_reached_over_the_network(postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_postgres_cannot_outlive_its_folder() -> None:
    cluster = Postgres()
    folder = cluster.folder
    cluster.stop()
    assert not folder.exists()


def test_root_cannot_own_the_running_database(postgres: Postgres) -> None:
    assert postgres.data.stat().st_uid != 0


def test_redis_can_be_stopped_and_started_at_the_same_address(redis_server: RedisServer) -> None:
    address = redis_server.url
    redis_server.stop()
    with redis.Redis.from_url(address) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    redis_server.start()
    with redis.Redis.from_url(address) as client:
        assert client.ping()


def test_redis_cannot_write_to_disk(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("key", "value")
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("appendonly") == {"appendonly": "no"}


def test_the_mail_sink_can_keep_what_it_got(smtp_sink: MailSink) -> None:
    _send(smtp_sink, "<one@safeshare.example>")
    (delivery,) = smtp_sink.deliveries
    assert delivery.recipients == ("somebody@home.example",)
    assert delivery.message.get_content().strip() == "You have a message."
    assert smtp_sink.message_ids() == ["<one@safeshare.example>"]


def test_the_mail_sink_can_refuse_a_message(smtp_sink: MailSink) -> None:
    smtp_sink.answer_next("451 Try again later")
    with pytest.raises(smtplib.SMTPDataError):
        _send(smtp_sink, "<one@safeshare.example>")
    assert smtp_sink.deliveries == ()


def test_the_mail_sink_can_hang_up_after_taking_a_message(smtp_sink: MailSink) -> None:
    smtp_sink.answer_next(HANG_UP)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(smtp_sink, "<one@safeshare.example>")
    assert smtp_sink.message_ids() == ["<one@safeshare.example>"]


def test_the_mail_sink_can_be_dead(smtp_sink: MailSink) -> None:
    smtp_sink.stop()
    with pytest.raises(ConnectionRefusedError):
        _send(smtp_sink, "<one@safeshare.example>")


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_a_test_cannot_reach_another_machine(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(OutsideSocketError):
        outward.connect(address)


def test_a_test_cannot_ask_for_another_machines_address() -> None:
    with pytest.raises(OutsideSocketError):
        socket.getaddrinfo("example.com", 443)


def test_a_test_can_reach_this_machine(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(server.getsockname()).close()


def test_a_port_that_waits_for_its_server_cannot_be_given_to_anybody_else() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use") as refused:
        other.bind(("127.0.0.1", port))
    assert refused.value.errno == errno.EADDRINUSE
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)):
        socket.create_connection(("127.0.0.1", port)).close()


def test_a_missing_service_cannot_pass_silently() -> None:
    with pytest.raises(MissingServiceError, match="sudo apt-get install nothing-at-all"):
        find_program("no-such-program", "nothing-at-all")
