"""The servers that the suite starts are real."""

import psycopg2
import pytest
import redis

pytestmark = pytest.mark.servers


def test_postgres_answers(postgres_url):
    """A fresh database answers a query."""
    connection = psycopg2.connect(postgres_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    connection.close()


def test_redis_answers(redis_url):
    """A fresh Redis database answers and is empty."""
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
