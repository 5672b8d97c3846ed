"""The model a second time: plain Python objects, written from docs/model.md alone.

Reading order: `draws` (chance), `state` (who there is), `world` (market and customers), `items`
(requests on their way), `service` (a day's work), `people` (seats), `money`, `workload`, `firm`.
Numbers such as 7.6 point to the sections of docs/model.md.
"""
