"""Surveys: what can be asked and how, their life from draft to thanks, and what came out."""
