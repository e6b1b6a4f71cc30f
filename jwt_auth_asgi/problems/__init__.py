"""What is wrong with a request, as HTTP says it: problem documents (RFC 9457) and challenges (RFC 6750)."""

from jwt_auth_asgi.problems.problem import STATUS, Problem, problem_of, status_of
from jwt_auth_asgi.problems.titles import TITLES

__all__ = ["STATUS", "TITLES", "Problem", "problem_of", "status_of"]
