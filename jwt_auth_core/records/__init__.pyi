from dataclasses import dataclass as dataclass

__all__ = ["dataclass"]
