"""Passwords: changing one."""
