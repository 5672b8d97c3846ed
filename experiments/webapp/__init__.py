"""The web app: explore, play and learn about twin firms in a browser, without a network.

Needs the extra `raison[web]`; nothing else in the project imports this package at the top.
"""
