"""Cairn as a program that runs: supervised, measured, logged, looked after."""
