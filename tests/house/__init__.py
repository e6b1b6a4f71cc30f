"""The tests of the house itself: its floors, words, lists and papers."""
