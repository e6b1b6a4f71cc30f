"""A tiny file in the format MMDB, as those are that MaxMind and DB-IP give out."""

from __future__ import annotations

from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

BERLIN = {
    "city": {"names": {"en": "Berlin", "es": "Berlín"}},
    "country": {"iso_code": "DE", "names": {"de": "Deutschland", "en": "Germany", "es": "Alemania"}},
}
RECORDS: dict[str, object] = {
    "127.0.0.0/8": {"country": {"names": {"en": "Loopback"}}},
    "203.0.113.0/24": BERLIN,
    "198.51.100.0/25": {"registered_country": {"names": {"en": "Ireland"}}},
    "198.51.100.128/25": {
        "city": {"names": {"en": "a" * 101}},
        "country": {"names": {"en": "\u202enia\x00pS"}},
    },
    "2001:db8::/32": BERLIN,
    "192.0.2.0/24": {"city": "Berlin", "country": {"names": ["Germany"]}},
}


def write(path: Path) -> Path:
    """Write it; return its path."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-City")
    for network, record in RECORDS.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path
