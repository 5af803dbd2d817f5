"""What is decided about surveys: who is asked, what comes next, what the answers add up to, what of it may be shown.

Respondents are rows of columns here, never names; ballots are numbers that mean nothing outside their survey.
"""
