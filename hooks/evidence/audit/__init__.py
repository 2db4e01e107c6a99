"""After the build: does the site carry what its sources say, and does it agree with itself?

The gate looks at sources before anything is written. This looks at what was written, with nothing but the sources beside it, so
it also notices a host that ran without our hooks, a plugin that ate a citation, and a page that somebody edited by hand.
"""
