"""The model a second time: plain Python objects, written from docs/model.md alone.

Reading order: `draws` (chance), `state` (who there is), `world` (market and customers), `items`
(requests on their way, from their `birth` to their `closing`), `service` (a day's work), `people`
(seats), `money`, `workload`, then the mechanisms of section 11: inside the firm `disputes`,
`measurement`, `entitlement`, `incidents`, `engagement` (with `lessons`, who learns), `relearning`;
towards the market (`market`, `prices`) `listening`, `agility`, `distributors`, `shadow_it`,
`office`; `events` with `merger`; and last `firm`, which says what comes when.
Numbers such as 7.6 point to the sections of docs/model.md.
"""
