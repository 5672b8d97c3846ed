"""The model a second time: plain Python objects, written from docs/model.md alone.

Reading order: `draws` (chance), `state` (who there is), `world` (market and customers), `items`
(requests on their way), `service` (a day's work), `people` (seats), `money`, `workload`, the five
mechanisms of section 11 (`disputes`, `measurement`, `entitlement`, `incidents`, `engagement`; with
`lessons`, who learns) and `firm`, which says what comes when.
Numbers such as 7.6 point to the sections of docs/model.md.
"""
