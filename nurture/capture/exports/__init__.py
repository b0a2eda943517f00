"""Exports of Mautic, HubSpot, Mailchimp and listmonk: what their columns mean and which facts each row states.

    parts   = parts_of(path, folder)                      a file, or the files of a zip, the strictest last
    product = recognised(shape.columns)                   from the headers; None for a list of another kind
    mapping = export_mapping(product, shape, rows, ...)   its documented columns, and a guess for the others
    facts_of(row, export)                                 consent, history, stage, suppression, each with its time

One file a product says which columns and words it uses; ``facts`` and all that follows know no product. Only reads.
"""
