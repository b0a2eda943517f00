"""The languages that we speak to people of ours, and what we say in them: for pages and for the mails that we send ourselves.

catalogues  which languages there are, and the words of each
told        a sentence that knows its kind and its values
said        a word or sentence that Python made, in one of them
values      names, figures and days among such words
fields      what the fields of a lead are called
moments     how each language writes a moment
"""
