"""One small application for each framework, guarded by `require` alone.

``/open`` is open, ``/me`` needs a token, ``/reports`` (asynchronous) and ``/sync`` (in a thread, where the
framework has threads) need reports:read, ``/class`` is class-based, ``/ws`` a websocket; both need it too.
``/who`` and ``/ws-who``, which stays open, say who calls. ``/limited``,
``/limited-sync`` and ``/ws-limited`` may be asked for twice a minute each.
"""
