"""Users who come along from another system, and users written out for one."""
