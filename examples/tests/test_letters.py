"""auth_mail: which letters were sent, and what stands in them."""

ADA = {"email": "ada@example.com", "password": "a long and quiet river"}
NEW = "another quite long phrase"


def test_a_changed_password_is_told(client, auth_mail):
    client.post("/auth/register", json={**ADA, "first_name": "Ada", "last_name": "Byron"})
    token = client.post("/auth/login", json=ADA).json()["access_token"]
    wanted = {"current_password": ADA["password"], "new_password": NEW}
    client.post("/auth/password", json=wanted, headers={"authorization": f"Bearer {token}"})
    assert "password" in auth_mail.last("ada@example.com").subject
