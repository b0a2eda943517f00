"""Work on what authors write, in a process that may be killed: the MJML compiler can take its process down (SEC2).

caller ─► pool: idle servers ─► server: forks for each job ─► limits, then the job ─► an answer, or how it ended

pool      the servers of this process, started when they are first needed, and asked
server    one of them: forks, waits, kills
limits    what a job may use
jobs      what can be asked: to look a mail over, to prove it, to show it, to lay it out
hostile   the values that a mail is proved with
"""
