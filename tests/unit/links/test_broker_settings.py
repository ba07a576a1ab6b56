"""Settings of a broker, and the files they name."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from vitalwatch.errors import LinkError
from vitalwatch.link_url import parse_link
from vitalwatch.links import BrokerSettings
from vitalwatch.links.broker_settings import tls_context

URL = parse_link("mqtts://broker/ward/1")


def refused(**files: Path) -> LinkError:
    with pytest.raises(LinkError) as caught:
        tls_context(BrokerSettings(**files), URL)
    assert not caught.value.transient
    return caught.value


def test_the_password_is_part_of_no_text() -> None:
    settings = BrokerSettings(user="watch", password="secret")
    assert "watch" in repr(settings)
    assert "secret" not in f"{settings!r} {settings}"


def test_without_files_the_computers_own_authorities_are_trusted() -> None:
    context = tls_context(BrokerSettings(), URL)
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "ca.pem") in refused(ca_file=tmp_path / "ca.pem").reason
    assert str(tmp_path / "our.pem") in refused(cert_file=tmp_path / "our.pem").reason


def test_a_missing_key_is_named_and_not_its_certificate(tmp_path: Path) -> None:
    (tmp_path / "our.pem").write_text("certificate")
    reason = refused(cert_file=tmp_path / "our.pem", key_file=tmp_path / "our.key").reason
    assert str(tmp_path / "our.key") in reason
    assert str(tmp_path / "our.pem") not in reason


def test_a_file_without_a_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    assert "ca_file" in refused(ca_file=tmp_path / "ca.pem").reason
    assert "PEM" in refused(cert_file=tmp_path / "ca.pem").reason


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    assert str(tmp_path) in refused(ca_file=tmp_path).reason
