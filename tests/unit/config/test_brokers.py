"""How to sign in to a broker: secrets come from a file or the environment and are never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitalwatch.config import BadConfig, Broker, broker_key, load
from vitalwatch.config.load import examine
from vitalwatch.config.sign_in import MAX_SECRET_BYTES
from vitalwatch.link_url import parse_link

CLINIC = '[[chair]]\nid = "1"\n[[broker]]\nname = "ward"\n'
SECRET = "open-sesame"


def write(folder: Path, *lines: str) -> Path:
    path = folder / "clinic.toml"
    path.write_text(CLINIC + "\n".join(lines) + "\n", "utf-8")
    return path


def broker(path: Path) -> Broker:
    (found,) = load(path).brokers.values()
    return found


def test_a_broker_with_everything(tmp_path: Path) -> None:
    for name in ("ca.crt", "our.crt", "our.key"):
        (tmp_path / name).touch()
    (tmp_path / "secret").write_text(f"{SECRET}\n", "utf-8")
    path = write(
        tmp_path,
        'url = "mqtts://Broker.Ward:8884"',
        *('user = "vw"', 'password_file = "secret"', 'version = "5"'),
        *('ca_file = "ca.crt"', 'cert_file = "our.crt"', 'key_file = "our.key"'),
    )
    assert broker(path) == Broker(
        host="broker.ward",
        port=8884,
        user="vw",
        password=SECRET,
        ca_file=tmp_path / "ca.crt",
        cert_file=tmp_path / "our.crt",
        key_file=tmp_path / "our.key",
        version="5",
        tls=True,
    )
    assert load(path).brokers.keys() == {"broker.ward:8884"}


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("mqtt://ward", "ward", 1883, False),
        ("mqtts://ward/", "ward", 8883, True),
        ("mqtt://10.0.0.7:1", "10.0.0.7", 1, False),
        ("mqtt://[FE80::1]", "fe80::1", 1883, False),
    ],
)
def test_address_of_a_broker(tmp_path: Path, url: str, host: str, port: int, tls: bool) -> None:
    found = broker(write(tmp_path, f'url = "{url}"'))
    assert (found.host, found.port, found.tls) == (host, port, tls)


@pytest.mark.parametrize(
    "url",
    ["", "ward", "http://ward", "mqtt://", "mqtt://ward:0", "mqtt://ward:65536", "mqtt://ward/topic", "mqtt://a b"],
)
def test_what_is_no_broker_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadConfig) as caught:
        load(write(tmp_path, f'url = "{url}"'))
    assert (caught.value.line, caught.value.column, caught.value.key) == (5, 7, "broker.0.url")


def test_a_link_finds_its_broker_whatever_the_case_of_the_host(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, 'url = "mqtt://Ward"'))
    assert loaded.broker_of(parse_link("mqtt://wARD:1883/a")) is loaded.brokers[broker_key("WARD", 1883)]
    assert loaded.broker_of(parse_link("mqtt://ward:1884/a")) is None


def test_a_password_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARD_PASSWORD", SECRET)
    found = broker(write(tmp_path, 'url = "mqtt://ward"', 'user = "vw"', 'password_env = "WARD_PASSWORD"'))
    assert found.password == SECRET


def test_a_password_is_in_no_text_that_is_made_of_a_broker(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    path = write(tmp_path, 'url = "mqtt://ward"', 'user = "vw"', 'password_file = "secret"')
    found = broker(path)
    assert found.password == SECRET
    for text in (repr(found), str(found), found.model_dump_json(), repr(load(path))):
        assert SECRET not in text


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"a\nb", b"x" * (MAX_SECRET_BYTES + 1)])
def test_what_is_no_password_file_is_refused_without_showing_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    path = write(tmp_path, 'url = "mqtt://ward"', 'user = "vw"', 'password_file = "secret"')
    with pytest.raises(BadConfig) as caught:
        load(path)
    assert caught.value.key == "broker.0.password_file"
    assert "xx" not in str(caught.value)


@pytest.mark.parametrize("content", [b"p w", b"p\r\n", b" p", "pä".encode()])
def test_blanks_belong_to_a_password_and_line_ends_do_not(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    path = write(tmp_path, 'url = "mqtt://ward"', 'user = "vw"', 'password_file = "secret"')
    assert broker(path).password == content.decode().rstrip("\r\n")


def test_secrets_are_meant_from_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "ward").mkdir()
    (tmp_path / "ward" / "secret").write_text(SECRET, "utf-8")
    write(tmp_path / "ward", 'url = "mqtt://ward"', 'user = "vw"', 'password_file = "secret"')
    outer = tmp_path / "outer.toml"
    outer.write_text('include = ["ward/clinic.toml"]\n', "utf-8")
    assert broker(outer).password == SECRET


def test_a_secret_that_only_the_service_can_read_is_no_mistake_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'url = "mqtt://ward"', 'user = "vw"', 'password_file = "not-here"')
    examined = examine(path)
    assert examined.mistakes == ()
    assert [absent.key for absent in examined.absent] == ["broker.0.password_file"]
    assert examined.config is not None


@pytest.mark.parametrize(
    ("link", "url"), [("mqtts://ward/a", "mqtt://ward:8883"), ("mqtt://ward/a", "mqtts://ward:1883")]
)
def test_link_and_broker_agree_on_tls(tmp_path: Path, link: str, url: str) -> None:
    device = ("[[device]]", 'id = "d"', 'chair = "1"', 'driver = "mqtt-json"', f'link = "{link}"')
    with pytest.raises(BadConfig) as caught:
        load(write(tmp_path, f'url = "{url}"', *device))
    assert caught.value.key == "device.0.link"
