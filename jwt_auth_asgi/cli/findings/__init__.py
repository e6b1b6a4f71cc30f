"""What the doctor finds, one file a kind of place to look at; each number has a section in docs/doctor.md."""
