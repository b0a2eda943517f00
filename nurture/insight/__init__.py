"""Read models: what pages and commands show, asked of the store in a few queries and given as frozen values.

leads      the list: filters, three orders, a page after another by key
timeline   one lead: who, and everything that happened, newest first
mails      touches with every decision about them: why a mail was, or was not, sent
inbox      hand-offs that sales has, each with its clock and its reason
today      the counts of the day, and what is wrong, the worst first
campaigns  how far leads got in each step
consent    what a lead has agreed to, as the pages of a mail's footer show it
sentences  an event in plain words

Nothing here writes. Each function takes a Connection, so that a page is one snapshot.
"""
