"""All rows of the comparison, group by group."""

import collection_rows
import memory_rows
import operating_rows
import persistence_rows
import pubsub_rows
import script_rows
import stream_rows
import string_rows
import transaction_rows

_GROUPS = {
    "strings": string_rows,
    "collections": collection_rows,
    "streams": stream_rows,
    "transactions": transaction_rows,
    "scripts": script_rows,
    "pub/sub": pubsub_rows,
    "memory": memory_rows,
    "persistence": persistence_rows,
    "operating": operating_rows,
}


def chosen(matches):
    """{group: [experiment …]} of those whose "group: name" `matches`; no empty groups."""
    found = {
        group: [e for e in rows.experiments() if matches(f"{group}: {e.name}")]
        for group, rows in _GROUPS.items()
    }
    return {group: rows for group, rows in found.items() if rows}
