"""Which addresses a webhook goes to, and what is shown of its URL."""

from __future__ import annotations

import pytest

from jwt_auth_core.webhooks.target import Target, is_public, target


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "2606:4700::1", "2a00:1450:4001::1", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_an_address_of_the_internet_is_public(address):
    """Of either family, and where IPv6 stands for IPv4."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.0.0.1", "127.0.0.1", "127.8.9.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *("169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16"),
        *("198.18.0.1", "192.0.2.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1"),
        *("2001:db8::1", "2002:0a00:0001::1", "2001:0:102:304::1", "100::1", "::2"),
        *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:127.0.0.1", "::127.0.0.1"),
        *("64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::101:101"),
        *("", "localhost", "1.1.1", "1.1.1.1 "),
    ],
)
def test_any_other_is_refused(address):
    """Private, shared, local, of a metadata service, for documents, for many; however it is written."""
    assert not is_public(address)


def test_a_url_in_its_parts():
    """What is shown of it has neither path nor query."""
    assert target("https://Example.com:8443/a/b?c=d") == Target(
        is_https=True, host="example.com", port=8443, path="/a/b?c=d", origin="https://example.com:8443"
    )
    assert target("http://[::1]") == Target(
        is_https=False, host="::1", port=80, path="/", origin="http://[::1]"
    )
