"""The connection to a mail server: encrypted for its own name, signed in, and never plain where it should not be."""

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509

from tests.messages.mailserver import LOOPBACK, Certificate, MailServer, a_certificate, mail_server
from workflow.messages.carriers import SmtpCarrier, Undelivered
from workflow.messages.settings import MailSettings, Security

OURS = x509.IPAddress(ip_address(LOOPBACK))
OTHERS = x509.DNSName("mail.elsewhere.example")


def settings(server: MailServer, security: Security, **more: Any) -> MailSettings:
    return MailSettings(
        sender="阳光 <yangguang@phqzgh.example>",
        base_url="https://yg.phqzgh.example",
        folder=Path("unused"),
        host=LOOPBACK,
        port=server.port,
        security=security,
        timeout=5.0,
        **more,
    )


def send(server: MailServer, security: Security, **more: Any) -> None:
    carrier = SmtpCarrier(settings(server, security, **more), LOOPBACK)
    try:
        carrier.send(b"Subject: test\r\n\r\ntest\r\n", "li@union.example", "test")
    finally:
        carrier.close()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The server's own, of its own name, which this machine trusts."""
    made = a_certificate(tmp_path, OURS)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_through_a_protected_connection(security: Security, trusted: Certificate) -> None:
    with protected(trusted, security) as server:
        send(server, security)

        assert server.to == ["li@union.example"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_certificate_of_another_name_gets_no_mail(
    security: Security, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = a_certificate(tmp_path, OTHERS)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    with protected(made, security) as server:
        with pytest.raises(Undelivered, match="certificate") as failed:
            send(server, security)

        assert (failed.value.cause, failed.value.connection, failed.value.final) == ("certificate", True, False)
        assert server.received == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_certificate_that_nobody_vouches_for_gets_no_mail(security: Security, tmp_path: Path) -> None:
    with protected(a_certificate(tmp_path, OURS), security) as server:
        with pytest.raises(Undelivered, match="certificate"):
            send(server, security)

        assert server.received == []


@pytest.mark.parametrize(("password", "goes"), [("right", True), ("wrong", False)])
def test_service_signs_in_after_the_connection_is_protected(password: str, goes: bool, trusted: Certificate) -> None:
    def authenticate(
        server: object, session: object, envelope: object, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"yangguang", b"right"), handled=False)

    with mail_server(tls_context=trusted.context, require_starttls=True, authenticator=authenticate) as server:
        if goes:
            send(server, "starttls", user="yangguang", password=password)
            assert server.to == ["li@union.example"]
        else:
            with pytest.raises(Undelivered) as failed:
                send(server, "starttls", user="yangguang", password=password)
            assert (failed.value.cause, failed.value.final) == ("sign_in", False)
            assert password not in str(failed.value)


def test_password_does_not_show(server: MailServer) -> None:
    assert "secret" not in repr(settings(server, "none", user="yangguang", password="secret"))


def protected(certificate: Certificate, security: Security):  # type: ignore[no-untyped-def]  # noqa: ANN201 -- a context
    if security == "starttls":
        return mail_server(tls_context=certificate.context, require_starttls=True)
    return mail_server(ssl_context=certificate.context)
