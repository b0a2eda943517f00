"""What people and machines do with mails and pages, from the request to the event.

request -> app (answers) -> hits -> spool (on the disk before the answer)
        ... replay (from the ingester's position) -> humanity (who was it?) -> ingest (events)
"""
