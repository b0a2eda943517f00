"""MJML with Jinja in it, made into HTML with the same Jinja in it.

``spans`` finds the Jinja by Jinja's own lexer -> ``markup`` reads the tags around it -> ``protect`` puts a placeholder in
each span's place -> ``quirks`` writes what the compiler would misread another way, and mends what it got wrong ->
``compiler`` runs it within limits. ``schema`` and ``lint`` know MJML itself, and tell authors before the compiler does.
"""
