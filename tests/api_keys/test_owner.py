"""The owner of a key, where another application changes what owns it."""

from contextlib import closing

from jwt_auth_core.api_keys.sql import SqlApiKeys
from jwt_auth_core.database.schema import migrate
from jwt_auth_core.database.sqlite import SqliteDatabase
from jwt_auth_core.users.adoption.adopter import Adopter
from jwt_auth_core.users.sql import SqlUsers
from jwt_auth_core.users.user import new_user_id
from tests.contracts.people import new
from tests.contracts.test_api_keys import key_of


def test_keys_follow_an_id_that_changes():
    """In SQLite, where a user's id may: the account follows, and its keys with it."""
    with closing(SqliteDatabase(":memory:")) as database:
        migrate(database)
        Adopter(database).run()
        ada, moved = SqlUsers(database).add(new("ada@example.com")).user_id, new_user_id()
        store = SqlApiKeys(database)
        store.add(key_of(ada), "d1", most=5)
        database.query("UPDATE users SET user_id = %s WHERE user_id = %s", (moved, ada))
        assert store.find(["d1"])["d1"].user_id == moved
