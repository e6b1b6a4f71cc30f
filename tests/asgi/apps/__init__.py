"""One small application for each framework; all show who they were told is calling.

``/whoami`` and the websocket ``/ws`` answer with identity and scopes, ``/topics`` needs the
scope topics:read and refuses with a 403 of the application's own, ``/open`` is like whoami.
"""
