"""How often somebody may try, for allauth's counts in the cache. No Django here: the settings import it."""

A_MINUTE = 60  # seconds
LOCKED_FOR = 300  # seconds, after too many wrong passwords for one address

RATES = {  # tries / span / counted by: the caller's address, the e-mail address tried, or who is signed in
    "login": "30/m/ip",
    "login_failed": f"20/m/ip,5/{LOCKED_FOR}s/key",  # only wrong ones stay counted
    "reset_password": "10/m/ip,3/5m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "join": "30/m/ip",
}
